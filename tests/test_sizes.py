"""Whatever has more seeds or larger worlds in `make test-long` is run by it."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
ASKS = re.compile(r"\b(?:seeds|size)\(")


def test_every_module_that_asks_for_more_is_marked() -> None:
    asking = {
        path.relative_to(TESTS).as_posix(): text
        for path in TESTS.rglob("test_*.py")
        if "sizes" in (text := path.read_text(encoding="utf-8")) and ASKS.search(text)
    }
    assert len(asking) > 5
    assert [name for name, text in asking.items() if "pytest.mark.long" not in text] == []
