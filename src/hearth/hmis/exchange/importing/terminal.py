"""An import in the terminal: its progress, and its questions."""

from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

if TYPE_CHECKING:
    from hearth.hmis.exchange.models import ImportRun


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


def given(remove_missing: bool | None, take_back: bool | None) -> dict[str, str]:
    """The answers that the options give (see `importing.settling`)."""
    answers = {}
    if remove_missing is not None:
        answers["missing"] = "remove" if remove_missing else "keep"
    if take_back is not None:
        answers["newer"] = "take_back" if take_back else "keep"
    return answers


def asked_at_terminal(console: Console, run: "ImportRun") -> dict[str, str]:
    """Ask what an import may not decide by itself. Ctrl-C calls it off; nothing was written."""
    from hearth.hmis.exchange.importing.settling import Question

    question = Question.from_json(run.parameters["question"])
    for sentence in question.sentences():
        console.print(sentence)
    answers = {"answered": question.mark}
    if question.missed:
        wanted = typer.confirm("Mark the records that it lacks as deleted?", default=False)
        answers |= given(wanted, None)
    if question.kept:
        wanted = typer.confirm("Overwrite the records that are newer or were changed here?", default=False)
        answers |= given(None, wanted)
    return answers
