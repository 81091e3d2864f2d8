"""Names of code: withdrawn words do not come back, and one file name means one thing."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "hearth"
MODULES = sorted(
    path
    for folder in (
        "src/hearth/reporting",
        "src/hearth/standards",
        "tests/reporting",
        "tests/standards",
        "bench",
    )
    for path in (ROOT / folder).rglob("*.py")
)

#: Part of a name that is not used → what is.
WITHDRAWN = {
    "wish": "settings, parameters",
    "slip": "data error",
    "slips": "data errors",
    "dice": "random values",
    "drawn": "chosen, random values",
    "journey": "stay",
    "journeys": "stays",
    "moments": "collection stages",
    "schooling": "education",
    "heard": "on_progress, on_rows",
    "heed": "on_progress",
    "pulse": "progress",
}
#: File names of which several are the same thing of several packages.
SHARED = {
    "__init__.py": "a package",
    "cli.py": "the commands of a package",
    "parameters.py": "what a report is asked for: of any report, of one",
    "problems.py": "what stops a reading, in words: of an export, of the snapshot",
    "report.py": "a report: what it is, and what one adds to that",
    "archive.py": "a zip",
}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def names(path: Path) -> Iterator[str]:
    yield path.stem
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Name(id=said) | ast.arg(arg=said) | ast.Attribute(attr=said):
                yield said
            case ast.FunctionDef(name=said) | ast.ClassDef(name=said):
                yield said
            case ast.keyword(arg=str() as said):
                yield said


def parts(said: str) -> set[str]:
    """`stay_generator` and `StayGenerator` → stay, generator."""
    return {part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", said)}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_withdrawn_words_do_not_come_back(path: Path) -> None:
    assert {said: WITHDRAWN[part] for said in names(path) for part in parts(said) & WITHDRAWN.keys()} == {}


def test_one_file_name_means_one_thing() -> None:
    files = Counter(
        path.name
        for folder in ("reporting", "standards")
        for path in (SOURCE / folder).rglob("*.py")
        if path.name not in SHARED
    )
    assert {file: count for file, count in files.items() if count > 1} == {}
