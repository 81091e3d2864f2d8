"""What an export left at home, counted and said: on its page, on the terminal, in the run."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.backends.utils import CursorWrapper

from hearth.hmis.exchange.households import REASONS
from hearth.hmis.ui.formats import counted
from hearth.reporting.sources.dates import DELETED, DELETED_AT_SOME_TIME

_DELETED = f".{DELETED}"
#: So many households are listed; all are counted.
LISTED = 200
#: How rows of a file are called in a sentence; of the others: records.


@dataclass(frozen=True)
class Unplaced:
    """Households that are in no CoC's export, by reason, and our ids of one enrollment of each."""

    counts: dict[str, int]
    enrollments: list[tuple[int, str]]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def find_unplaced(cursor: CursorWrapper) -> Unplaced:
    """Of the households of `export_candidate`, those with a reason why no CoC's export holds them."""
    of = "FROM export_candidate JOIN household_coc USING (project_id, household) WHERE reason IS NOT NULL"
    households = f"SELECT reason, project_id, household, min(id) AS id {of} GROUP BY 1, 2, 3"
    cursor.execute(f"SELECT reason, count(*) FROM ({households}) AS h GROUP BY 1 ORDER BY 1")
    counts = dict(cursor.fetchall())
    cursor.execute(f"SELECT id, reason FROM ({households}) AS h ORDER BY id LIMIT {LISTED}")
    return Unplaced(counts, [(int(pk), str(reason)) for pk, reason in cursor.fetchall()])


@dataclass(frozen=True)
class Omitted:
    """`households`: how many by reason; `enrollments`: our ids of one enrollment of each listed household,
    with the reason; `future`: rows by file, and blank elements by "file.date", that lie behind the end of
    the period; `placeholders`: SSNs that say nothing; `unread`: cells by "File.Column" that could not be read
    when they came; `withheld`: rows by "File.Column" that the role of the user does not show; `neutral`:
    projects under a neutral name."""

    households: dict[str, int] = field(default_factory=dict)
    enrollments: list[list[Any]] = field(default_factory=list)
    future: dict[str, int] = field(default_factory=dict)
    placeholders: int = 0
    unread: dict[str, int] = field(default_factory=dict)
    withheld: dict[str, int] = field(default_factory=dict)
    neutral: int = 0

    @classmethod
    def of(
        cls,
        households: Unplaced,
        future: dict[str, int],
        placeholders: int,
        unread: dict[str, int],
        withheld: dict[str, int],
        neutral: int = 0,
    ) -> "Omitted":
        """From what those who leave something out say."""
        listed = [list(one) for one in households.enrollments]
        return cls(households.counts, listed, future, placeholders, unread, withheld, neutral)

    @classmethod
    def from_json(cls, values: dict[str, Any] | None) -> "Omitted":
        """From `ExportRun.parameters`; of runs before this was counted: nothing."""
        return cls(**(values or {}))

    def as_json(self) -> dict[str, Any]:
        """For `ExportRun.parameters`."""
        return asdict(self)

    def sentences(self) -> list[str]:
        """One sentence for each kind."""
        said = [
            f"{counted(count, 'household is,households are')} in no CoC's export: {REASONS[reason]}."
            for reason, count in self.households.items()
        ]
        rows = {what: count for what, count in self.future.items() if "." not in what}
        if rows:
            exits = rows.pop("Exit", 0)
            parts = [counted(exits, "exit")] if exits else []
            others = sum(rows.values())
            parts += [counted(others, "record")] if others else []
            said.append(f"Dated after the end of the period and left out: {' and '.join(parts)}.")
        blanks = sum(count for what, count in self.future.items() if "." in what)
        if blanks:
            said.append(
                f"{counted(blanks, 'answer is,answers are')} blank for the same reason (engagement,"
                " move-in, PATH or RHY status, aftercare, result of an event)."
            )
        if self.placeholders:
            said.append(
                f"{counted(self.placeholders, 'Social Security number')} that say"
                " nothing (zeros alone) went out blank."
            )
        if self.withheld:
            cells = ", ".join(f"{c} in {counted(count, 'row')}" for c, count in self.withheld.items())
            said.append(
                "The role of who asked does not show these columns, which are blank, or 99 (data not"
                f" collected) where HUD has that code, whatever is recorded: {cells}. SSNs shown in part"
                " have their last four."
            )
        if self.neutral:
            said.append(
                f"{counted(self.neutral, 'project')} went out under a neutral name, without organization,"
                " grant and writers: only people who work there know the name."
            )
        blank = {column: count for column, count in self.unread.items() if not column.endswith(_DELETED)}
        if blank:
            cells = ", ".join(f"{counted(count, 'cell')} of {c}" for c, count in blank.items())
            said.append(
                f"Could not be read when they came, and went out blank: {cells}. What came is on the pages of"
                " the records."
            )
        if deleted := sum(self.unread.values()) - sum(blank.values()):
            said.append(
                f"{counted(deleted, 'deleted record')} went out with"
                f" {DELETED_AT_SOME_TIME} as the time of deletion, because what came could not be read."
            )
        return said
