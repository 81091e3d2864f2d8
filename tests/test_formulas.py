"""What a spreadsheet would take for a formula is disarmed in every file that people open in one."""

import ast
import unicodedata
from pathlib import Path

import pytest

from hearth.formulas import disarmed, is_formula

SOURCE = Path(__file__).resolve().parents[1] / "src" / "hearth"
#: What programs read to the letter: HUD's files, and a few others.
TO_THE_LETTER = {
    "reporting/synthetic/planting.py",
    "reporting/sources/transfer.py",
    "standards/form_batch.py",  # codes that were checked, names of columns, conditions on them
    # The second zip of an export goes along with HUD's and is imported again (`hearth local import`): with an
    # apostrophe more it would be another answer.
    "hmis/exchange/exporting/local_answers.py",
    "hmis/ui/workbooks.py",  # writes no file: the text of a workbook that was sent, for the reader of CSV
}
#: What does not show, of Unicode's own: control characters, marks, spaces of all kinds.
UNSEEN = [
    chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in ("Cc", "Cf", "Zs", "Zl", "Zp")
]


@pytest.mark.parametrize("sign", [*"=+-@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66", "\u2212"])
def test_a_sign_that_begins_a_formula(sign: str) -> None:
    assert disarmed(f"{sign}1+1") == f"'{sign}1+1"


def test_whatever_does_not_show_hides_no_formula() -> None:
    assert [ascii(one) for one in UNSEEN if not is_formula(f"{one}=1")] == []
    assert is_formula("\u200b \u202e\x0b@SUM(A1)")
    assert is_formula("\tAda") and is_formula("\r") and is_formula("\n")


@pytest.mark.parametrize(
    "value", ["", "Ada", "O'Neil", "A=1", "'=1", "\u202eAda", " Ada", None, 3, -3, 1.5, True]
)
def test_anything_else_stays_as_it_is(value: object) -> None:
    assert disarmed(value) is value


def _writes(tree: ast.AST) -> bool:
    """Whether a module writes CSV or Excel."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in (
            "csv.writer",
            "csv.DictWriter",
            "xlsxwriter.Workbook",
        ):
            return True
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and "FORMAT csv, HEADER" in node.value
        ):
            return True
    return False


def test_every_writer_asks_here() -> None:
    """A module that writes CSV or Excel disarms formulas, or writes what programs read to the letter."""
    writers = {}
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if _writes(ast.parse(text)):
            writers[path.relative_to(SOURCE).as_posix()] = "from hearth.formulas import" in text
    assert "hmis/ui/sheets.py" in writers
    assert {name for name, asks in writers.items() if not asks} == TO_THE_LETTER
