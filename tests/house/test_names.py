"""Names of code: withdrawn words do not come back, and one file name means one thing."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.house.each import for_each

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
    "schooling": "education",
    "heard": "on_progress, on_rows",
    "heed": "on_progress",
    "pulse": "progress",
}
#: The same of the application, where a slip is one of typing and maps are drawn.
WITHDRAWN_IN_APPLICATION = {
    "happening": "timeline event",
    "happenings": "timeline events",
    "heard": "on_progress",
    "heed": "raise_if_…",
    "origin": "data source; of a record: record source",
    "origins": "record sources",
    "pulse": "heartbeat",
    "sight": "visibility",
    "wish": "request, parameters",
}
#: Names that others gave.
OF_OTHERS = {
    "CSRF_TRUSTED_ORIGINS", "SECURE_CROSS_ORIGIN_OPENER_POLICY", "WHITENOISE_ALLOW_ALL_ORIGINS",
}  # fmt: skip
#: Files of the application that were called so → what says more.
WITHDRAWN_FILES = {
    "already.py": "unchanged.py",
    "ending.py": "success.py",
    "preparing.py": "reading_thread.py",
    "rows.py": "row_policies.py",
    "sealing.py": "ssn_sealing.py",
    "sheet.py": "record_facts.py",
    "words.py": "what the words are for: sentences, columns, labels",
}
APPLICATION = sorted(
    path
    for folder in ("src/hearth/hmis", "tests/hmis")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
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


@for_each(MODULES, name)
def test_withdrawn_words_do_not_come_back(path: Path) -> None:
    assert {said: WITHDRAWN[part] for said in names(path) for part in parts(said) & WITHDRAWN.keys()} == {}


@for_each(APPLICATION, name)
def test_withdrawn_words_do_not_come_back_in_the_application(path: Path) -> None:
    found = {said: parts(said) & WITHDRAWN_IN_APPLICATION.keys() for said in names(path)}
    assert {
        said: WITHDRAWN_IN_APPLICATION[part]
        for said, withdrawn in found.items()
        for part in withdrawn
        if said not in OF_OTHERS
    } == {}
    assert path.name not in WITHDRAWN_FILES, WITHDRAWN_FILES.get(path.name)


def test_one_file_name_means_one_thing() -> None:
    files = Counter(
        path.name
        for folder in ("reporting", "standards")
        for path in (SOURCE / folder).rglob("*.py")
        if path.name not in SHARED
    )
    assert {file: count for file, count in files.items() if count > 1} == {}
