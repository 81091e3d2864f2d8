"""`django worker`, as `hearth worker` starts it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from hearth.hmis.jobs import worker


class Command(BaseCommand):
    """Run queued jobs until a signal; ends with code 1 when it cannot go on."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=1)
        parser.add_argument("--patience", type=float, default=worker.PATIENCE, help="Seconds")

    def handle(self, *args: Any, **options: Any) -> None:
        code = worker.run(options["concurrency"], options["patience"])
        if code:
            raise SystemExit(code)
