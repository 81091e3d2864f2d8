"""Where a person is now: the lines of the status strip, from the stays that the viewer sees. Pure.

The first line is the one that says most; the others follow. Nights are counted for beds, days for the rest.
It never says that somebody is not homeless or has no enrollments: only what the viewer can see.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from hearth.hmis.ui import formats
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

_TYPES = {name: int(code) for name, code in load(MODEL_YEAR).list("2.02.6").names.items()}
_HOUSING = {_TYPES[name] for name in ("PSH", "OPH", "OPH_SERVICES", "RRH")}
_BEDS = {
    _TYPES["ES_EE"]: "In shelter", _TYPES["SH"]: "In a Safe Haven", _TYPES["TH"]: "In transitional housing",
}  # fmt: skip
NIGHT_BY_NIGHT, OUTREACH = _TYPES["ES_NBN"], _TYPES["SO"]
DECEASED = int(load(MODEL_YEAR).list("3.12.1").names["DECEASED"])
#: Project types whose stays are counted in nights.
BED_TYPES = frozenset({*_BEDS, NIGHT_BY_NIGHT})
#: Codes of living situations that are homeless (3.12.1): 100 to 199.
_HOMELESS = range(100, 200)
NONE_VISIBLE = "No enrollments that you can see"
_SHAPES = {"success": "●", "info": "●", "warning": "◐", "neutral": "○"}


@dataclass(frozen=True, slots=True)
class StayNow:
    """What the strip needs of one visible stay. `move_in` is the household's head's; `last_night` and
    `nights` of bed nights; `contact` and `situation` of the newest current living situation; `destination`
    the exit's, with its words."""

    pk: int
    project: str
    project_type: int | None
    entry: date | None
    exit: date | None = None
    destination: int | None = None
    destination_words: str = ""
    move_in: date | None = None
    last_night: date | None = None
    nights: int = 0
    contact: date | None = None
    situation: int | None = None


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One line: its words, since when and how long, where. `tone` never speaks alone: `shape` and words do.
    `stay`: the enrollment it is of, or None."""

    words: str
    tone: str
    detail: str = ""
    project: str = ""
    stay: int | None = None

    @property
    def shape(self) -> str:
        return _SHAPES[self.tone]


def status(stays: Iterable[StayNow], today: date) -> list[StatusLine]:
    """The lines, the one that says most first; there is always one."""
    known = list(stays)
    open_now = [one for one in known if (one.exit is None or one.exit > today) and _has_begun(one, today)]
    found: list[tuple[int, date, StatusLine]] = []
    ended = [one for one in known if one.exit is not None and one.exit <= today]
    for one in ended:
        if one.destination == DECEASED and one.exit:
            found.append((0, one.exit, StatusLine("Deceased", "neutral", formats.day(one.exit), stay=one.pk)))
            break
    for one in open_now:
        rank, line = _line(one, today)
        found.append((rank, one.entry or date.min, line))
    if not found:
        return [_without(ended)]
    found.sort(key=lambda each: (each[0], -each[1].toordinal()))
    lines = [line for _, _, line in found]
    beds = [one for one in open_now if one.project_type in BED_TYPES]
    if len(beds) > 1:
        lines.append(StatusLine(f"{_count(len(beds))} shelter stays overlap – check", "warning"))
    return lines


def _has_begun(one: StayNow, today: date) -> bool:
    return one.entry is None or one.entry <= today


def _line(one: StayNow, today: date) -> tuple[int, StatusLine]:
    since = f"since {formats.day(one.entry)}" if one.entry else "since a day that is not recorded"
    days = (today - one.entry).days if one.entry else 0
    if one.project_type in _HOUSING:
        if one.move_in is not None and one.move_in <= today:
            return 1, _of(one, "Housed", "success", f"since {formats.day(one.move_in)}")
        return 4, _of(one, "Looking for housing", "info", f"{since} ({formats.counted(days, 'day')})")
    if one.project_type in _BEDS:
        return 2, _of(one, _BEDS[one.project_type], "info", f"{since} ({formats.counted(days, 'night')})")
    if one.project_type == NIGHT_BY_NIGHT:
        if one.last_night is not None and one.last_night >= today - timedelta(days=1):
            return 2, _of(one, "In shelter", "info", f"{since} ({formats.counted(one.nights, 'night')})")
        if one.last_night is None:
            return 3, _of(one, "No bed night", "warning", f"enrolled {since}")
        ago = formats.counted((today - one.last_night).days, "night")
        return 3, _of(one, "Last bed night", "warning", f"{formats.day(one.last_night)} ({ago} ago)")
    if one.project_type == OUTREACH and one.contact is not None and one.situation in _HOMELESS:
        return 5, _of(one, "On the street", "warning", f"last contact {formats.day(one.contact)}")
    return 6, _of(one, "Enrolled", "neutral", since)


def _of(one: StayNow, words: str, tone: str, detail: str) -> StatusLine:
    return StatusLine(words, tone, detail, one.project, one.pk)


def _without(ended: list[StayNow]) -> StatusLine:
    if not ended:
        return StatusLine(NONE_VISIBLE, "neutral")
    last = max(ended, key=lambda one: (one.exit or date.min, one.pk))
    where = f", to {last.destination_words}" if last.destination_words else ", destination not recorded"
    return StatusLine(
        "Not enrolled", "neutral", f"last exit {formats.day(last.exit)}{where}", last.project, last.pk
    )


def _count(number: int) -> str:
    return {2: "Two", 3: "Three", 4: "Four"}.get(number, str(number))
