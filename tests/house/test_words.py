"""The trade's words: what pages and sentences no longer say, and what they say instead."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.each import for_each

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "hearth"
TEMPLATES = sorted(path for path in (SOURCE / "hmis").rglob("*.html") if "templates" in path.parts)
PYTHON = sorted(
    path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts and "standards" not in path.parts
)

#: What is not said → what is.
RETIRED = {
    r"Who this is": "Identity",
    r"\bLeft (to|from|on)\b": "Exit destination, exit from, exit date",
    r"All that was recorded": "Enrollment details",
    r"[Pp]eople served together": "Household",
    r"What changed\b": "Change history; of two reports: comparison",
    r"Why found": "Match",
    r"These are similar": "Possible matches",
    r"\bHMIS IDs?\b": "Client ID; another system's: PersonalID",
    r"Hearth number": "Client ID",
    r"[Cc]ame back": "Returned to homelessness",
    r"[\"'>]Facts[\"'<]": "Project details, Organization details",
    r"Where it works": "Location (2.03)",
    r"Takes part in": "HMIS participation (2.08), coordinated entry participation (2.09)",
    r"Where this comes from": "Source",
    r"\bSeen by\b": "Visible to",
    r"[\"'>](Came|Gone|Same)[\"'<]": "Added, Removed, Unchanged",
    r"[Mm]ade the difference": "Clients whose results changed",
    r"\bMake (it|the report) again": "Run again",
    r"What was asked for": "Report settings",
    r"Records as of": "Data as of",
    r"Worth a look": "Information",
    r"HDX (will|would) flag": "HDX 2.0 data quality flags",
    r"Kinds of findings": "Findings by check",
    r"[\"'>]Regions[\"'<]|>Region<|label=.Region": "CoC",
    r"[\"']This client[\"']": "the client's name",
    r"[\"'>]Time[\"'<]": "Report period",
}


def name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def sentences(path: Path) -> Iterator[str]:
    """What the code of a module says, in quotation marks; what it says of itself is left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in own:
            yield f'"{node.value}"'


@for_each(TEMPLATES, name)
def test_pages_use_the_words_of_the_trade(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"))
    assert {said: words for said, words in RETIRED.items() if re.search(said, text)} == {}


@for_each(PYTHON, name)
def test_sentences_use_the_words_of_the_trade(path: Path) -> None:
    text = "\n".join(sentences(path))
    assert {said: words for said, words in RETIRED.items() if re.search(said, text)} == {}


def test_columns_of_reports_use_the_words_of_the_trade() -> None:
    text = (SOURCE / "reporting" / "reports" / "lsa" / "words.yaml").read_text(encoding="utf-8")
    assert {said: words for said, words in RETIRED.items() if re.search(said, text)} == {}


#: A person of whom nothing else is known is "they", in code, tests and documents.
PRONOUN = re.compile(r"\b(he|him|himself|his)\b", re.IGNORECASE)
PROSE = sorted(
    path
    for folder in (SOURCE, ROOT / "tests", ROOT / "docs")
    for path in folder.rglob("*")
    if path.suffix in (".py", ".html", ".md")
    and not {"standards", "static", "generated"} & set(path.relative_to(folder).parts)
    and path != Path(__file__)
)


def test_people_are_they() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): sorted(set(said))
        for path in [*PROSE, *ROOT.glob("*.md")]
        if (said := PRONOUN.findall(path.read_text(encoding="utf-8")))
    }
    assert found == {}
