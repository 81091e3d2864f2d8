"""Addresses for the tests that ask every one of the site, made from its routes.

A number in a route is any id that there is; of two, both are the same, or the first is a stay and the second
a record of it. A word is one that the view knows: with another it is 404 for everybody, and nothing is seen.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from datetime import date

from hearth.hmis.ui.record_list import KINDS

_NUMBER = re.compile(r"<int:\w+>")
_WORD = re.compile(r"<(?:str|slug):(\w+)>")
#: Beginning of a route → name of a word in it → what stands there. The longest beginning counts.
_WORDS: dict[str, dict[str, list[str]]] = {
    "": {"kind": list(KINDS), "code": ["MN-500"], "file": ["LSAPerson"]},
    "audit/": {}, "exchange/": {}, "regions/": {},
    "clients/found/": {"kept": ["nothing-kept"]},
    "consent/documents/": {"kind": ["release"], "language": ["es"]},
    "enrollments/<int:pk>/answers/": {"stage": ["update", "start", "exit"]},
    "enrollments/<int:pk>/correct/": {"what": ["person", "remove", "undo"]},
    "enrollments/<int:pk>/happened/": {"slug": ["contact", "event"]},
    "enrollments/<int:pk>/history/": {"file": ["Enrollment", "Disabilities"]},
    "enrollments/<int:pk>/household/": {"stage": ["update", "exit"]},
    "enrollments/<int:pk>/local/": {"stage": ["start"]},
    "help/": {"topic": ["roles"]},
    "lists/": {"name": ["people"]},
    "people/": {"kind": ["privacy_training"], "what": ["unlock"]},
    "projects/<int:pk>/history/": {"file": ["Project", "Funder"]},
    "reports/": {"key": ["people"], "cause": ["others"], "slug": ["lsa-systemwide"]},
    "reports/local/": {"field": ["CountyOfStay"]},
    "requirements/": {"kind": ["user_agreement"]},
}  # fmt: skip


def words_of(route: str, name: str, days: Iterable[date] = ()) -> list[str]:
    """What stands in a route for a word of this name. KeyError with what to do where none is known."""
    if name == "day":
        return [one.isoformat() for one in days] or ["2026-01-31"]
    for beginning in sorted(_WORDS, key=len, reverse=True):
        if route.startswith(beginning) and name in _WORDS[beginning]:
            return _WORDS[beginning][name]
    raise KeyError(f"Say in addresses.py what may stand for {name} in {route}")


def addresses_of(
    route: str, ids: Iterable[int], *, stays: Iterable[int] = (), days: Iterable[date] = ()
) -> Iterator[str]:
    """The addresses of a route. `stays`: ids that stand for the first number where there are two; `days`:
    of what was recorded."""
    names = _WORD.findall(route)
    numbers: Iterable[list[int]] = [[]]
    if count := len(_NUMBER.findall(route)):
        known = list(ids)
        numbers = [[one] * count for one in known]
        if count > 1:
            numbers += [[stay, *[one] * (count - 1)] for stay in stays for one in known if stay != one]
    for words in itertools.product(*(words_of(route, name, days) for name in names)):
        for values in numbers:
            yield "/" + _filled(_WORD, _filled(_NUMBER, route, values), words)


def _filled(part: re.Pattern[str], route: str, values: Iterable[object]) -> str:
    given = iter(values)
    return part.sub(lambda _: str(next(given)), route)
