"""Local elements from a spreadsheet: each row is one field, `hearth local load` writes the YAML or refuses.

The columns are `COLUMNS`; `MUST` have to be there, in any order, and whatever else stands there is refused.
The columns about the element (up to `until`) are taken from its first row; further rows of it repeat them or
leave them blank. `programs` are short names of programs joined by `+`. `answers`, in the place of `list`,
gives a list of its own: `1 = First | 2 = Second`, or `First | Second`, which get the codes 1 and 2.
Nothing is written unless all of it is right, `lint` included.
"""

import csv
import io
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from hearth import scratch
from hearth.hmis.local.lint import lint
from hearth.hmis.local.reading import Lists, read_folder
from hearth.standards.document import StandardsError

OF_ELEMENT = (
    "element", "version", "name", "group", "kind", "status", "confidence", "source", "reason", "who",
    "unknown", "asked_of", "collected_at", "project_types", "funders", "programs", "where", "required",
    "computed", "since", "until",
)  # fmt: skip
OF_FIELD = ("field", "question", "help", "type", "list", "answers", "if", "optional")
COLUMNS = (*OF_ELEMENT, *OF_FIELD)
MUST = (
    "element", "name", "group", "kind", "status", "confidence", "source", "reason", "who", "unknown",
    "asked_of", "collected_at", "field", "question", "help", "type",
)  # fmt: skip
#: Larger sheets are no list of elements.
MOST_ROWS, MOST_BYTES = 2_000, 5_000_000
_LISTS = ("collected_at", "project_types", "funders")
_FORMULA = re.compile(r"^[=+@]|^-(?!\d)")
_FILE = re.compile(r"[^a-z0-9]+")

Row = tuple[int, dict[str, str]]
"""Its line in the sheet, and its cells by column."""


class SheetError(ValueError):
    """What is wrong with a spreadsheet, with its line, and what to do. Nothing was written."""


@dataclass(slots=True)
class _Element:
    line: int
    said: dict[str, str]
    fields: dict[str, dict[str, str]] = field(default_factory=dict)


def rows_of_csv(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Lines of a CSV file in UTF-8. SheetError where it is none."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SheetError(f"Line {line} is no text in UTF-8. Save the sheet as CSV UTF-8.") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise SheetError(f"Line {reader.line_num} is no CSV ({error}). Look at its quotes.") from None


def read_rows(rows: Iterable[tuple[int, list[str]]]) -> list[Row]:
    """The rows by the names of their columns. SheetError names the first line that cannot be used."""
    header: list[str] = []
    found: list[Row] = []
    for line, cells in rows:
        cells = [cell.strip() for cell in cells]
        if not any(cells):
            continue
        if not header:
            header = _header(line, cells)
            continue
        if len(found) >= MOST_ROWS:
            raise SheetError(f"Line {line}: a sheet has at most {MOST_ROWS} rows. Load it in parts.")
        if len(cells) > len(header) and any(cells[len(header) :]):
            raise SheetError(f"Line {line} has more cells than the header. Give each cell a column.")
        row = dict(zip(header, cells, strict=False))
        for name, cell in row.items():
            if _FORMULA.match(cell):
                raise SheetError(f"Line {line}, {name}: it begins like a formula. Write words or a code.")
            if any(ord(one) < 32 and one not in "\n\t" for one in cell):
                raise SheetError(f"Line {line}, {name}: it has a character that cannot be shown. Remove it.")
        found.append((line, row))
    if not found:
        raise SheetError(f"There is no row with a field. The columns are: {', '.join(COLUMNS)}.")
    return found


def _header(line: int, cells: list[str]) -> list[str]:
    header = [cell.lower() for cell in cells]
    while header and not header[-1]:
        header.pop()
    for name in header:
        if name not in COLUMNS:
            raise SheetError(f"Line {line}: there is no column “{name[:40]}”. Use: {', '.join(COLUMNS)}.")
        if header.count(name) > 1:
            raise SheetError(f"Line {line}: the column {name} stands there twice. Remove one.")
    if missing := [name for name in MUST if name not in header]:
        raise SheetError(f"Line {line}: columns are missing: {', '.join(missing)}.")
    return header


def load(rows: Iterable[tuple[int, list[str]]], folder: Path, made: Lists | None = None) -> list[Path]:
    """Write the YAML of all elements in a sheet into `folder`; the files that are new.

    An element that is there is not written over: a change is a new version. SheetError where anything is not
    right, and then nothing is written.
    """
    elements = _elements(read_rows(rows))
    with scratch.folder("elements") as work:
        tried = work / "tried"
        shutil.copytree(folder, tried, ignore=shutil.ignore_patterns("__pycache__", "geography"))
        (tried / "elements").mkdir(exist_ok=True)
        (tried / "lists").mkdir(exist_ok=True)
        written: dict[Path, int] = {}
        for one in elements:
            for path, text in _files(one):
                if (tried / path).exists():
                    raise SheetError(
                        f"Line {one.line}: {one.said['element']} is there in this version. Give the changed"
                        " one the next 'version', and the days from which it holds in 'since'."
                    )
                (tried / path).write_text(text, encoding="utf-8")
                written[path] = one.line
        _prove(tried, made, written)
        for path in written:
            (folder / path.parent).mkdir(exist_ok=True)
            shutil.copyfile(tried / path, folder / path)
    return [folder / path for path in written]


def _prove(tried: Path, made: Lists | None, written: dict[Path, int]) -> None:
    try:
        problems = [(one.at.path, f"{one.text} {one.remedy}") for one in lint(read_folder(tried, made))]
    except StandardsError as error:
        problems = [(error.at.path, f"{error.problem} {error.remedy}")]
    for path, text in problems:
        line = written.get(Path(path))
        raise SheetError(f"Line {line}: {text}" if line else f"{path}: {text}")


def _elements(rows: list[Row]) -> list[_Element]:
    found: dict[tuple[str, str], _Element] = {}
    latest: _Element | None = None
    for line, row in rows:
        said = {name: row.get(name, "") for name in OF_ELEMENT}
        key = said["element"], said["version"] or "1"
        if not said["element"] and latest is not None:
            one = latest
        elif key in found:
            one = found[key]
        else:
            said["version"] = key[1]
            one = found[key] = _Element(line, said)
        for name, value in said.items():
            if value and value != one.said[name] and name != "version":
                raise SheetError(
                    f"Line {line}, {name}: it differs from the first row of {one.said['element']}, line"
                    f" {one.line}. Leave it blank, or make them equal."
                )
        name = row.get("field", "")
        if not name:
            raise SheetError(f"Line {line}: it names no field.")
        if name in one.fields:
            raise SheetError(f"Line {line}: {name} is there already. Give each field one row.")
        one.fields[name] = {key: row.get(key, "") for key in OF_FIELD if key != "field"}
        if one.fields[name]["list"] and one.fields[name]["answers"]:
            raise SheetError(f"Line {line}: it has both a list and answers. Keep one.")
        latest = one
    return list(found.values())


def _files(one: _Element) -> Iterator[tuple[Path, str]]:
    said = one.said
    slug = _FILE.sub("_", f"{said['element']} {said['name']}".lower()).strip("_")[:60]
    version = "" if said["version"] == "1" else f"_v{said['version']}"
    fields = {}
    for name, values in one.fields.items():
        entry = {key: value for key, value in values.items() if value and key != "answers"}
        if values["answers"]:
            made = _FILE.sub("_", f"{said['element']} {name}".lower()) + version
            codes = dict(_answers(one.line, values["answers"]))
            yield Path("lists") / f"{made}.yaml", _yaml({"name": values["question"], "codes": codes})
            entry["list"] = made
        fields[name] = entry
    where = " AND ".join(
        filter(None, (_programs(said["programs"]), f"({said['where']})" if said["where"] else ""))
    )
    requirement = {"where": where, "required": said["required"], "funders": _several(said["funders"])}
    requirement |= {"reference": said["source"]}
    element: dict[str, object] = {
        key: _several(said[key]) if key in _LISTS else said[key]
        for key in OF_ELEMENT
        if said[key] and key not in ("funders", "programs", "where", "required")
    }
    element |= {
        "fields": fields,
        "required_by": [{key: value for key, value in requirement.items() if value}],
    }
    yield Path("elements") / f"{slug}{version}.yaml", _yaml(element)


def _programs(written: str) -> str:
    names = [one.strip() for one in written.split("+") if one.strip()]
    return f"local_program in {{{', '.join(names)}}}" if names else ""


def _several(written: str) -> list[str]:
    return [one.strip() for one in re.split(r"[,;+|]", written) if one.strip()]


def _answers(line: int, written: str) -> Iterator[tuple[str, str]]:
    seen = set()
    for number, part in enumerate(filter(None, (one.strip() for one in written.split("|"))), start=1):
        code, equals, label = (one.strip() for one in part.partition("="))
        pair = (code, label) if equals else (str(number), code)
        if pair[0] in seen or not all(pair):
            raise SheetError(f"Line {line}, answers: “{part[:40]}” has no code of its own, or no words.")
        seen.add(pair[0])
        yield pair


def _yaml(value: object) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=112)
