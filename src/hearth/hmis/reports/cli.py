"""`hearth report … db`: the application's database as an input of the reports' command.

Django is loaded when `db` is asked for, and not before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hearth.reporting import cli
from hearth.reporting.runtime.parameters import Parameters, ReportRefused
from hearth.reporting.runtime.report import Report

app = cli.app


@contextmanager
def _database(acting: str | None, report: Report, parameters: Parameters, say: cli.Say) -> Iterator[Path]:
    """All records as they are now, for a system administrator; said in the access log."""
    from hearth.hmis.access import command_line

    command_line.prepare()
    from hearth.hmis.access.context import acting as rights_of
    from hearth.hmis.audit.actions import record_access
    from hearth.hmis.audit.models.access_log import Access
    from hearth.hmis.reports.snapshot import refreshed
    from hearth.reporting.sources.snapshot import SnapshotError

    user = command_line.acting_administrator(acting)
    with rights_of(user):
        record_access(
            by=user.pk,
            action=Access.REPORTED,
            subject=f"report:{report.name}",
            coc=parameters.coc,
            scope=parameters.scope_name.upper(),
        )
    try:
        yield refreshed(progress=lambda share, file: say(f"Reading the database: {share:.0%} {file}"))
    except SnapshotError as error:
        raise ReportRefused(str(error)) from error


cli.NAMED["db"] = _database
