"""Reads the registry and resolves it for one HUD fiscal year.

A definition carries `since` and `until`; where only some of its facts were different before, it says
so under `earlier: [{until: 2022, …}]`, newest first or not. `load(year)` takes the standards in force
in that year: HUD publishes for every second year, so 2025 reads the standards of 2024.

Files are read once, lists, elements and checks only when somebody asks for them.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Generic, TypeVar

from hearth.standards.document import Block, StandardsError, read
from hearth.standards.model import Among, Column, File, List, ListBy, Option, Place, element_numbers

FOLDER = Path(__file__).parent
YEARS = (2022, 2024, 2026)
LATEST = YEARS[-1]

_FILE_KEYS = (
    "file", "order", "section", "row_is", "key", "parents", "rows", "exported", "elements", "needed_by",
    "since", "until", "note", "reference", "columns",
)  # fmt: skip
_COLUMN_KEYS = (
    "name", "type", "key", "required", "references", "among", "list", "list_by", "element", "pattern",
    "format", "hashed_as", "privacy", "rule", "note", "other_spellings", "since", "until", "earlier",
    "shared",
)  # fmt: skip
_LIST_KEYS = ("list", "name", "used_in", "since", "until", "note", "reference", "options")
_OPTION_KEYS = (
    "label", "category", "used_for", "exit_outcome", "status", "status_since", "since", "until", "note",
    "earlier",
)  # fmt: skip
STATUSES = ("current", "retired", "legacy", "test", "not in CSV")
PRIVACY = ("name", "ssn", "dob", "contact", "staff", "sensitive", "free text")
# Groups of projects that HUD's exit destination tables distinguish.
EXIT_FROM = ("SO", "ES-EE", "ES-NbN", "TH", "HP and PH", "SH", "SSO")

T = TypeVar("T")


class Lazy(Mapping[str, T], Generic[T]):
    """A mapping whose values are made when first asked for; its keys are known from the start."""

    def __init__(self, makers: Mapping[str, Callable[[], T | None]]) -> None:
        self._makers = dict(makers)
        self._made: dict[str, T] = {}

    def __getitem__(self, key: str) -> T:
        if key not in self._made:
            value = self._makers[key]()
            if value is None:  # not in force in this year
                del self._makers[key]
                raise KeyError(key)
            self._made[key] = value
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        for key in list(self._makers):
            if key in self:
                yield key

    def __contains__(self, key: object) -> bool:
        try:
            self[str(key)]
        except KeyError:
            return False
        return True

    def __len__(self) -> int:
        return sum(1 for _ in self)


def in_force(since: int | None, until: int | None, year: int) -> bool:
    """Whether a definition with these bounds holds in a year."""
    return (since is None or since <= year) and (until is None or year <= until)


def as_of(block: Block, year: int) -> Block:
    """The block with what its `earlier` entries say for that year laid over it."""
    earlier = block.blocks("earlier")
    if not earlier:
        return block
    result = Block(block.path, block.line)
    result.update(block)
    result.lines.update(block.lines)
    # The entry that reaches furthest into the present first, so that older ones lie on top of it.
    for entry in sorted(earlier, key=lambda e: e.year("until") or 0, reverse=True):
        until = entry.year("until")
        if until is None:
            raise StandardsError(
                entry.at(),
                "An 'earlier' entry has no 'until'.",
                "Say until which HUD year it was so: 'until: 2024'.",
            )
        if year <= until:
            for key, value in entry.items():
                if key != "until":
                    result[key] = value
                    result.lines[key] = entry.lines[key]
    return result


def standard_year(year: int) -> int:
    """The newest year of HUD's standards not later than `year`. ValueError before the first one."""
    known = [candidate for candidate in YEARS if candidate <= year]
    if not known:
        raise ValueError(f"No HMIS standards for FY{year} here; the earliest are FY{YEARS[0]}.")
    return known[-1]


class Registry:
    """Everything HUD says for one fiscal year. Read only; made by `load`."""

    def __init__(self, year: int, folder: Path = FOLDER) -> None:
        self.year = year
        self.folder = folder

    def __repr__(self) -> str:
        return f"Registry({self.year})"

    @cached_property
    def files(self) -> Mapping[str, File]:
        """HMIS CSV files in HUD's order."""
        files = []
        for path in _paths(self.folder, "files"):
            if file := _file(self.folder, path, self.year):
                files.append(file)
        return MappingProxyType({file.name: file for file in sorted(files, key=lambda f: f.order)})

    @cached_property
    def lists(self) -> Mapping[str, List]:
        """Pick lists by HUD's number."""
        return Lazy({list_id(path): _later(_list, self, path) for path in _paths(self.folder, "lists")})

    def file(self, name: str) -> File:
        """`file("Exit")`. KeyError says which year has no such file."""
        return _find(self.files, name, "file", self.year)

    def column(self, dotted: str) -> Column:
        """`column("HealthAndDV.WhenOccurred")`."""
        file, _, name = dotted.partition(".")
        return self.file(file).column(name)

    def columns(self) -> Iterator[Column]:
        """Every column of every file, in order."""
        for file in self.files.values():
            yield from file.columns

    def list(self, number: str) -> List:
        """`list("4.11.A")`."""
        return _find(self.lists, number, "list", self.year)


@cache
def load(year: int = LATEST, folder: Path = FOLDER) -> Registry:
    """The standards in force in a HUD fiscal year."""
    return Registry(standard_year(year), folder)


def _find(where: Mapping[str, T], name: str, kind: str, year: int) -> T:
    try:
        return where[name]
    except KeyError:
        raise KeyError(f"FY{year} has no {kind} {name}") from None


def _later(
    make: Callable[[Path, str, int], T | None], registry: Registry, path: str
) -> Callable[[], T | None]:
    return lambda: make(registry.folder, path, registry.year)


def _paths(folder: Path, kind: str) -> list[str]:
    return sorted(
        f"{kind}/{path.name}" for path in (folder / kind).glob("*.yaml") if not path.name.startswith("_")
    )


def list_id(path: str) -> str:
    """`lists/4.11.A_WhenDVOccurred.yaml` → `4.11.A`."""
    return path.split("/")[-1].partition("_")[0]


def _file(folder: Path, path: str, year: int) -> File | None:
    block = read(folder, path)
    block.allow(_FILE_KEYS)
    since, until = block.year("since"), block.year("until")
    if not in_force(since, until, year):
        return None
    name = block.text("file")
    columns: list[Column] = []
    for written, entry in block.block("columns").items():
        at = block.block("columns").at(written)
        column = _column(folder, name, written, entry, at, len(columns) + 1, year)
        if column:
            columns.append(column)
    order = block.text("order")
    if not order.isdigit():
        raise StandardsError(
            block.at("order"), f"'order: {order}' is not a number.", "Write HUD's file order."
        )
    return File(
        name=name,
        order=int(order),
        section=block.text("section"),
        row_is=block.text("row_is"),
        key=block.text("key"),
        columns=tuple(columns),
        parents=block.texts("parents"),
        elements=element_numbers(block.optional("elements") or ""),
        rows=block.optional("rows") or "",
        exported=block.optional("exported") or "",
        needed_by=block.texts("needed_by"),
        note=block.optional("note") or "",
        reference=block.optional("reference") or "",
        since=since,
        until=until,
        at=block.at("file"),
    )


def _column(
    folder: Path, file: str, written: str, entry: object, at: Place, position: int, year: int
) -> Column | None:
    block = _with_shared(folder, written, entry, at)
    block.allow(_COLUMN_KEYS)
    since, until = block.year("since"), block.year("until")
    if not in_force(since, until, year):
        return None
    now = as_of(block, year)
    kind, length, signed = _type(now)
    is_key = now.flag("key")
    earlier_names = {e.year("until") or 0: e.text("name") for e in block.blocks("earlier") if "name" in e}
    return Column(
        file=file,
        name=now.optional("name") or written,
        position=position,
        type=kind,
        max_length=length,
        signed=signed,
        nullable=not (is_key or now.flag("required")),
        is_key=is_key,
        references=now.optional("references"),
        among=_among(now),
        list=now.optional("list"),
        list_by=_list_by(now),
        element=now.optional("element"),
        pattern=now.optional("pattern"),
        format=now.optional("format"),
        hashed_as=now.optional("hashed_as"),
        privacy=now.optional("privacy") or "",
        rule=now.optional("rule") or "",
        note=now.optional("note") or "",
        other_spellings=tuple(now.block("other_spellings")),
        earlier_names=MappingProxyType(earlier_names),
        since=since,
        until=until,
        at=at,
    )


def _with_shared(folder: Path, written: str, entry: object, at: Place) -> Block:
    if isinstance(entry, Block) and entry.get("shared") != "yes":
        return entry
    if not isinstance(entry, Block) and entry != "shared":
        raise StandardsError(at, f"Column {written} has no definition.", "Write '{type: I, …}' or 'shared'.")
    shared = read(folder, "files/_shared.yaml").block("columns")
    if written not in shared:
        raise StandardsError(
            at,
            f"{written} is not among the shared columns.",
            "Define it here, or add it to files/_shared.yaml.",
        )
    if not isinstance(entry, Block):
        return shared.block(written)
    merged = Block(entry.path, entry.line)
    merged.update(shared.block(written))
    merged.update(entry)
    merged.lines.update(entry.lines)
    return merged


def _type(block: Block) -> tuple[str, int | None, bool]:
    text = block.text("type")
    if text.startswith("S") and text[1:].isdigit():
        return "S", int(text[1:]), False
    if text in ("I", "D", "T", "M", "M+"):
        return text[0], None, text == "M"
    raise StandardsError(
        block.at("type"),
        f"'type: {text}' is not a HUD type.",
        "Use S and the length (S50), I, D, T, M+ (money, never negative) or M.",
    )


def _among(block: Block) -> Among | None:
    text = block.optional("among")
    if text is None:
        return None
    file, bracket, columns = text.partition("(")
    if not bracket or not columns.endswith(")"):
        raise StandardsError(
            block.at("among"), f"'among: {text}' cannot be read.", "Write 'File(Column, Column)'."
        )
    return Among(file.strip(), tuple(part.strip() for part in columns[:-1].split(",")))


def _list_by(block: Block) -> ListBy | None:
    chosen = block.block("list_by")
    if not chosen:
        return None
    if len(chosen) != 1:
        raise StandardsError(
            block.at("list_by"), "'list_by' must name one column.", "Write 'list_by:', below it the column."
        )
    (column,) = chosen
    cases = dict(chosen.block(column))
    otherwise = cases.pop("otherwise", None)
    return ListBy(column, MappingProxyType(cases), otherwise)


def _list(folder: Path, path: str, year: int) -> List | None:
    block = read(folder, path)
    block.allow(_LIST_KEYS)
    since, until = block.year("since"), block.year("until")
    if not in_force(since, until, year):
        return None
    options = []
    written = block.block("options")
    for code, entry in written.items():
        if isinstance(entry, str):
            options.append(Option(code=code, label=entry, at=written.at(code)))
        elif option := _option(code, written.block(code), written.at(code), year):
            options.append(option)
    return List(
        id=block.text("list"),
        name=block.text("name"),
        options=tuple(options),
        used_in=block.optional("used_in") or "",
        note=block.optional("note") or "",
        reference=block.optional("reference") or "",
        since=since,
        until=until,
        at=block.at("list"),
    )


def _option(code: str, block: Block, at: Place, year: int) -> Option | None:
    block.allow(_OPTION_KEYS)
    since, until = block.year("since"), block.year("until")
    if not in_force(since, until, year):
        return None
    now = as_of(block, year)
    status, status_since = now.optional("status") or "current", now.year("status_since")
    if status not in STATUSES:
        raise StandardsError(
            now.at("status"), f"'status: {status}' is not known.", f"Use one of: {', '.join(STATUSES)}."
        )
    return Option(
        code=code,
        label=now.text("label"),
        category=now.optional("category") or "",
        status=status if status_since is None or status_since <= year else "current",
        status_since=status_since,
        used_for=now.texts("used_for"),
        exit_outcome=_exit_outcome(now),
        note=now.optional("note") or "",
        since=since,
        until=until,
        at=at,
    )


def _exit_outcome(block: Block) -> Mapping[str, str]:
    written = block.block("exit_outcome")
    outcome: dict[str, str] = {}
    for kind in written:
        groups = EXIT_FROM if written[kind] == "all" else written.texts(kind)
        for group in groups:
            if kind not in ("positive", "excluded") or group not in EXIT_FROM:
                raise StandardsError(
                    written.at(kind),
                    f"'{kind}: {group}' is not an exit outcome.",
                    f"Write positive or excluded, and 'all' or some of {', '.join(EXIT_FROM)}.",
                )
            outcome[group] = kind
    return MappingProxyType(outcome)
