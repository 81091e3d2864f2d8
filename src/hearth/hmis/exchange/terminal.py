"""The progress of an import in the terminal."""

from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn


class ProgressBar:
    """The progress bar: what is done, rows a second, time left."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.bar = Progress(
            TextColumn("{task.description:<44}"),
            BarColumn(bar_width=30),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[speed]:>16}"),
            TextColumn("{task.fields[left]}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self.task = self.bar.add_task("Opening the file", total=1, speed="", left="")

    def __enter__(self) -> "ProgressBar":
        self.bar.start()
        return self

    def __exit__(self, *gone: object) -> None:
        self.bar.stop()

    def hide(self) -> None:
        self.bar.stop()

    def show(self) -> None:
        self.bar.start()

    def progress(self, now: dict[str, Any]) -> None:
        """Show how far the import is; called about once a second."""
        from hearth.hmis.exchange.models import RunState

        label = RunState(now["stage"]).label + (f": {now['file']}" if now["file"] else "")
        left = now["seconds_left"]
        self.bar.update(
            self.task,
            description=label,
            completed=now["share"],
            speed=f"{now['rows_per_second']:,} rows/s" if now["rows_per_second"] else "",
            left=f"{left // 60}:{left % 60:02d} left" if left is not None else "",
        )
