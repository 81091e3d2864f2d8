"""A list of records: what an address asks of it (filters, order, page), and what its frame shows.

    asked = Asked(request.GET, columns=COLUMNS, filters=filters)
    chosen = arranged(records, asked, codes={"project": ...}, keys={"client": ...})
    shown = RecordList(asked, page=…, caption="People", unit="people", path=request.path)

    {% record_list shown %}{% for one in shown.page %}<tr>…</tr>{% endfor %}{% endrecord_list %}

Addresses hold ids and codes only: what somebody searches for by name is sent by POST, kept on the server, and
stands in the address as a random id (`found`). What an address asks that the list does not have asks nothing.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator

#: How many records a page may have; the first unless another is asked for.
SIZES = (25, 50, 100)
#: A choice with more values than these is typed ahead.
FEW_CHOICES = 15
#: A second order decides between records that are equal in the first.
_ORDERS = 2
_KEPT = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: As what a list is taken along: by kind, in words. The CSV stands in a zip beside what it is (`sheets`).
KINDS = {"xlsx": "Excel", "csv": "CSV (zip)"}

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key in addresses, its head. `sorts`: clicking the head sorts by it; `starts`: shown
    where nobody chose."""

    key: str
    label: str
    sorts: bool = True
    number: bool = False
    starts: bool = True


@dataclass(frozen=True, slots=True)
class Filter:
    """One thing to filter by: its key in addresses, its label, its choices (code, text)."""

    key: str
    label: str
    choices: tuple[tuple[str, str], ...]

    @property
    def is_typed_ahead(self) -> bool:
        """Whether there are too many choices to look through."""
        return len(self.choices) > FEW_CHOICES

    @property
    def said(self) -> list[tuple[str, str]]:
        """The choices; equal texts are told apart by their codes."""
        texts = [text for _, text in self.choices]
        return [(code, f"{text} ({code})" if texts.count(text) > 1 else text) for code, text in self.choices]


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column. `sorted`: ascending, descending, or empty; `address` sorts by it."""

    column: Column
    sorted: str
    address: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is chosen; `address` takes it away."""

    label: str
    text: str
    address: str


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view that the user kept: what it is called, its address in the list, and where it is removed."""

    name: str
    address: str
    remove_at: str


@dataclass(frozen=True, slots=True)
class Keeping:
    """What the user keeps of a list (`hearth.hmis.lists`): the columns it is shown with, as an address has
    them; the views; and where both are sent to."""

    columns: str
    views: tuple[SavedView, ...]
    columns_at: str
    views_at: str


class Query(Mapping[str, Any]):
    """What an address asks, with what the user keeps of the list."""

    def __init__(self, asked: Mapping[str, Any], keeping: Keeping) -> None:
        self.asked, self.keeping = asked, keeping

    def __getitem__(self, key: str) -> Any:
        return self.asked[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.asked)

    def __len__(self) -> int:
        return len(self.asked)


class Asked:
    """What an address asks of a list. `start`: its order where none is asked for.

    `shows`: the keys of the columns to show, of which the first always is; by choice, which the address has
    or the user keeps. A choice of columns that this list does not have is none.
    """

    def __init__(
        self,
        query: Mapping[str, Any],
        *,
        columns: Sequence[Column],
        filters: Sequence[Filter] = (),
        start: Sequence[tuple[str, bool]] = (),
    ) -> None:
        self.columns, self.filters = tuple(columns), tuple(filters)
        self.chosen = {
            one.key: value
            for one in filters
            if (value := str(query.get(one.key, ""))) in {code for code, _ in one.choices} and value
        }
        self.asked_order = self._order(str(query.get("sort", "")))
        self.order = self.asked_order or tuple(start)
        size = str(query.get("size", ""))
        self.size = next((one for one in SIZES if str(one) == size), SIZES[0])
        page = str(query.get("page", ""))
        self.page = max(int(page), 1) if page.isascii() and page.isdigit() and len(page) < 9 else 1
        found = str(query.get("found", ""))
        self.found = found if _KEPT.fullmatch(found) else ""
        download = str(query.get("download", ""))
        self.download = download if download in KINDS else ""
        self.left_out = [one.label for one in filters if one.key not in self.chosen and query.get(one.key)]
        self.keeping = query.keeping if isinstance(query, Query) else None
        self.columns_asked = ".".join(self._known(str(query.get("columns", ""))))
        kept = self._known(self.keeping.columns) if self.keeping else []
        by_choice = self.columns_asked.split(".") if self.columns_asked else kept
        self.is_chosen = bool(by_choice)
        self.shows = {
            one.key
            for number, one in enumerate(self.columns)
            if not number or (one.key in by_choice if by_choice else one.starts)
        }

    def _known(self, text: str) -> list[str]:
        asked = set(text[:4000].split("."))
        return [one.key for one in self.columns if one.key in asked]

    def _order(self, text: str) -> tuple[tuple[str, bool], ...]:
        keys = {one.key for one in self.columns if one.sorts}
        found: dict[str, bool] = {}
        for part in text[:200].split(".")[:_ORDERS]:
            key = part.removeprefix("-")
            if key in keys:
                found.setdefault(key, part.startswith("-"))
        return tuple(found.items())

    @property
    def sort(self) -> str:
        """The order as an address has it."""
        return _sort(self.asked_order)

    @property
    def offset(self) -> int:
        """How many records stand before the page."""
        return (self.page - 1) * self.size

    def address(self, **changed: str) -> str:
        """The same list with something changed, on its first page; an empty value takes a part away."""
        size = "" if self.size == SIZES[0] else str(self.size)
        parts = {
            **self.chosen, "sort": self.sort, "size": size, "columns": self.columns_asked,
            "found": self.found,
        } | changed  # fmt: skip
        return "?" + urlencode({key: value for key, value in parts.items() if value})

    @property
    def as_view(self) -> str:
        """What a view of the list keeps: its filters, order, size and columns; nothing that was searched."""
        columns = ".".join(one.key for one in self.columns if one.key in self.shows) if self.is_chosen else ""
        return self.address(found="", columns=columns)

    @property
    def unshown(self) -> list[Column]:
        """The columns that were chosen away, of those that the list begins with."""
        return [one for one in self.columns if one.starts and one.key not in self.shows]

    def taken(
        self, headings: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]]
    ) -> tuple[list[str], Iterable[Sequence[Any]]]:
        """What goes along of a download: (key of its column, heading) and rows. All of it where nobody chose
        columns, else those that are shown."""
        if not self.is_chosen:
            return [said for _, said in headings], rows
        places = [place for place, (key, _) in enumerate(headings) if key in self.shows]
        return [headings[place][1] for place in places], ([row[place] for place in places] for row in rows)

    def sorted_by(self, column: Column) -> Head:
        """The head of a column: another click turns the order round; the order before becomes the second."""
        first = self.order[0] if self.order else ("", False)
        here = first[0] == column.key
        falls = not first[1] if here else False
        rest = tuple(one for one in self.order if one[0] != column.key)
        wanted = ((column.key, falls), *rest)[:_ORDERS]
        way = ("descending" if first[1] else "ascending") if here else ""
        return Head(column, way, self.address(sort=_sort(wanted)))

    def chips(self, words: str = "") -> list[Chip]:
        """The chosen filters in words, and the words that were searched for."""
        found = []
        for one in self.filters:
            if one.key in self.chosen:
                text = dict(one.said)[self.chosen[one.key]]
                found.append(Chip(one.label, text, self.address(**{one.key: ""})))
        if words:
            found.append(Chip("Search", words, self.address(found="")))
        return found


def _sort(order: Iterable[tuple[str, bool]]) -> str:
    return ".".join(f"-{key}" if falls else key for key, falls in order)


def plain(text: str) -> str:
    """A text as it is compared: without accents, in small letters."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(one for one in apart if not unicodedata.combining(one)).casefold()


def fits(words: str, text: str) -> bool:
    """Whether each of the words stands somewhere in a text."""
    within = plain(text)
    return all(word in within for word in plain(words).split())


def arranged(
    records: Iterable[Record],
    asked: Asked,
    *,
    codes: Mapping[str, Callable[[Record], Iterable[str]]],
    keys: Mapping[str, Callable[[Record], Any]],
) -> list[Record]:
    """The records that fulfil the filters, in the order asked for; those without a value come last. `codes`:
    the values of a record by filter; `keys`: what to sort by, by column."""
    found = [
        record
        for record in records
        if all(value in set(codes[key](record)) for key, value in asked.chosen.items())
    ]
    for key, falls in reversed(asked.order):
        of = keys[key]
        with_value = [one for one in found if of(one) not in (None, "")]
        without = [one for one in found if of(one) in (None, "")]
        with_value.sort(key=lambda one, of=of: _comparable(of(one)), reverse=falls)
        found = with_value + without
    return found


def _comparable(value: Any) -> Any:
    return plain(value) if isinstance(value, str) else value


def page_of(found: Sequence[Any], number: int, size: int, total: int) -> Page:
    """A page of what was read already: the records of that page, of so many."""
    paginator = Paginator(range(total), size)
    return Page(found, min(max(number, 1), paginator.num_pages), paginator)


@dataclass(frozen=True)
class RecordList:
    """What the frame of a list shows. `unit`: what one record is (see `formats.units`); `of`: how many there
    are without filters; `hidden`: how many more the viewer may not see, in `hidden_why`'s words. `words`:
    what was searched for; `lost`: it is not kept any more. `totals`: of the whole list, by column.
    `search_label` and `can_download`: what is offered; `download_at`: where, by kind, if not at the list's
    own address. `own_order`: in words, where none is asked for. `empty`: title and sentence of a list
    without records."""

    asked: Asked
    page: Page
    caption: str
    unit: str
    path: str
    of: int
    hidden: int = 0
    hidden_why: str = "their records belong to other organizations"
    words: str = ""
    lost: bool = False
    search_label: str = ""
    can_download: bool = False
    totals: Mapping[str, str] = field(default_factory=dict)
    download_at: Mapping[str, str] = field(default_factory=dict)
    own_order: str = "as in the report"
    empty: tuple[str, str] = ("Nobody", "This number counts nobody.")
    id: str = "list"

    @property
    def total(self) -> int:
        """How many fulfil the filters."""
        return self.page.paginator.count

    @property
    def heads(self) -> list[Head]:
        """The heads of the columns."""
        return [self.asked.sorted_by(one) for one in self.asked.columns if one.key in self.asked.shows]

    @property
    def shows(self) -> set[str]:
        """The keys of the columns that are shown."""
        return self.asked.shows

    @property
    def choices(self) -> list[tuple[Column, bool]]:
        """The columns to choose from, all but the first, each with whether it is shown."""
        return [(one, one.key in self.asked.shows) for one in self.asked.columns[1:]]

    @property
    def chips(self) -> list[Chip]:
        """What is chosen."""
        return self.asked.chips(self.words)

    @property
    def filters(self) -> list[tuple[Filter, str]]:
        """The filters with more than one choice, or with one that is chosen, each with what is chosen."""
        return [
            (one, self.asked.chosen.get(one.key, ""))
            for one in self.asked.filters
            if len(one.choices) > 1 or one.key in self.asked.chosen
        ]

    @property
    def downloads(self) -> list[tuple[str, str]]:
        """(Excel or CSV, address) of what is filtered, in its order."""
        if not (self.can_download and self.total):
            return []
        return [
            (text, self.download_at.get(kind, self.path) + self.asked.address(download=kind))
            for kind, text in KINDS.items()
        ]

    @property
    def sizes(self) -> list[tuple[int, str]]:
        """(records a page, address or empty for what is shown); none for a list that fits a page."""
        if self.total <= SIZES[0]:
            return []
        return [(one, "" if one == self.asked.size else self.asked.address(size=str(one))) for one in SIZES]

    @property
    def foot(self) -> list[tuple[Column, str]]:
        """The totals under their columns; none where nothing is added up."""
        if not self.totals:
            return []
        return [(one, self.totals.get(one.key, "")) for one in self.asked.columns if one.key in self.shows]

    @property
    def every(self) -> str:
        """The list without filters and search."""
        return self.asked.address(**dict.fromkeys(self.asked.chosen, ""), found="")

    @property
    def this(self) -> str:
        """The list as it is asked for; its columns are those that the user keeps."""
        return self.path + self.asked.address(columns="")

    @property
    def here(self) -> str:
        """Where a search is sent to: the filters stay."""
        return self.path + self.asked.address(found="")
