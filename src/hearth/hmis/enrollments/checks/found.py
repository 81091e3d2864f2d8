"""What the checks of the registry find in a form, said at its fields.

A check of severity `error` about one row stops: the record would be impossible. The others, and what is said
of a household, are unlikely, and can be answered: "yes, this is right". What is missing is neither: it stays
due (`hud.questions.Answered.due`), so that nobody is kept from saving what they know.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.crypto import salted_hmac

from hearth.hmis.enrollments.checks.looked_at import Entered, Row, World, world
from hearth.reporting.sources.record_checks import Broken, record_checks
from hearth.standards import load, predicates
from hearth.standards.load import MODEL_YEAR
from hearth.standards.model import Check

_ERROR, _ROW, _HOUSEHOLD = "error", "row", "household"
#: Files with one row of each person, in their order.
_OF_EACH = frozenset({"Client", "Enrollment"})
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
    """What checks find in what one person enters. `on_form`: the questions of the form, where it is said."""
    return look_at([entered], [on_form], is_whole=False)[0]


def look_at(
    together: Sequence[Entered], on_forms: Sequence[Iterable[str]], *, is_whole: bool
) -> list[list[Found]]:
    """What checks find in what people of one project enter together, of each of them. `is_whole`: they are a
    whole household; otherwise nothing is said of the household."""
    seen, asked = world(together), [set(names) for names in on_forms]
    found: list[list[Found]] = [[] for _ in together]
    entered = dict.fromkeys(file for one in together for file in one.files)
    for one in record_checks(load(MODEL_YEAR)).look(seen.rows, entered):
        is_of_household = one.check.level == _HOUSEHOLD or bool(one.check.per)
        if one.check.says_missing or (is_of_household and not is_whole):
            continue
        number, name = seen.whose[one.file][one.place]
        row = seen.rows[one.file][one.place]
        found[number].append(
            Found(one.check, _column(one, name, asked[number]), _values(one, row, number, seen))
        )
    return found


def _column(broken: Broken, record: str, asked: set[str]) -> str:
    file, _, row = record.partition("[")
    for column in broken.check.columns:
        name = f"{file}.{column}" + (f"[{row}" if row else "")
        if name in asked:
            return name
    return ""


def _values(broken: Broken, row: Row, number: int, seen: World) -> str:
    """The values that the predicate looks at, hashed with the installation's secret: where one of them
    changes, what was answered to it ends."""
    files = {join.alias: join.file for join in broken.check.joins}
    sql = f"{broken.check.where or ''} {broken.check.violates or ''}"
    looked_at: dict[str, Any] = {}
    for named in predicates.columns(sql):
        if named.table in (None, "this"):
            looked_at[named.column] = row.get(named.column)
        elif (file := files.get(named.table or "")) and seen.rows.get(file):
            own = number if file in _OF_EACH else 0
            looked_at[f"{named.table}.{named.column}"] = seen.rows[file][own].get(named.column)
    said = "|".join(f"{name}={value}" for name, value in sorted(looked_at.items()))
    return salted_hmac(_SALT, f"{broken.check.id}|{said}").hexdigest()[:32]
