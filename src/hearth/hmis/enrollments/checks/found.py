"""What the checks of the registry find in a form, said at its fields.

A check of severity `error` about one row stops: the record would be impossible. The others, and what is said
of a household, are unlikely, and can be answered: "yes, this is right". What is missing is neither: it stays
due (`hud.questions.Answered.due`), so that nobody is kept from saving what they know.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.crypto import salted_hmac

from hearth.hmis.enrollments.checks.looked_at import Entered, Row
from hearth.reporting.sources.record_checks import Broken, record_checks
from hearth.standards import load, predicates
from hearth.standards.load import MODEL_YEAR
from hearth.standards.model import Check

_ERROR, _ROW, _HOUSEHOLD = "error", "row", "household"
_SALT = "hearth.hmis.enrollments.checks"


@dataclass(frozen=True, slots=True)
class Found:
    """What a check says of an answer. `column`: the question it stands at (`File.Column`, of Disabilities
    with the type), as far as the form has one of its columns. `values` tells the values that it looked at
    apart from others, without saying them."""

    check: Check
    column: str
    values: str

    @property
    def stops(self) -> bool:
        """Whether the record would be impossible."""
        return self.check.severity == _ERROR and self.check.level == _ROW

    @property
    def mark(self) -> str:
        """Names this finding on a page."""
        return f"{self.check.id}-{self.values}"


def look(entered: Entered, on_form: Iterable[str]) -> list[Found]:
    """What checks find in what is entered. `on_form`: the questions of the form, at which they are said."""
    rows, asked = entered.rows(), set(on_form)
    found: list[Found] = []
    for one in record_checks(load(MODEL_YEAR)).look(rows, entered.files):
        is_household = one.check.level == _HOUSEHOLD or one.check.per
        if one.check.says_missing or (is_household and entered.household is None):
            continue
        if one.file == "Enrollment" and one.place > 0 and not is_household:
            continue  # another member's row: it is said on that member's own form
        row = rows[one.file][one.place]
        name = entered.names(one.file)[0 if one.file == "Enrollment" else one.place]
        found.append(Found(one.check, _column(one, name, asked), _values(one, row, rows)))
    return found


def _column(broken: Broken, record: str, asked: set[str]) -> str:
    file, _, row = record.partition("[")
    for column in broken.check.columns:
        name = f"{file}.{column}" + (f"[{row}" if row else "")
        if name in asked:
            return name
    return ""


def _values(broken: Broken, row: Row, rows: Mapping[str, list[Row]]) -> str:
    """The values that the predicate looks at, hashed with the installation's secret: where one of them
    changes, what was answered to it ends."""
    files = {join.alias: join.file for join in broken.check.joins}
    sql = f"{broken.check.where or ''} {broken.check.violates or ''}"
    looked_at: dict[str, Any] = {}
    for named in predicates.columns(sql):
        if named.table in (None, "this"):
            looked_at[named.column] = row.get(named.column)
        elif (file := files.get(named.table or "")) and rows.get(file):
            looked_at[f"{named.table}.{named.column}"] = rows[file][0].get(named.column)
    said = "|".join(f"{name}={value}" for name, value in sorted(looked_at.items()))
    return salted_hmac(_SALT, f"{broken.check.id}|{said}").hexdigest()[:32]
