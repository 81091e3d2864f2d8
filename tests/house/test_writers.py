"""Who wrote a client's record is read in one place, which asks whether the viewer may know it."""

import re
from pathlib import Path

from tests.house.each import for_each

HMIS = Path(__file__).resolve().parents[2] / "src" / "hearth" / "hmis"
_STAMPS = "data_source|user_id|date_created|date_updated|created_at|updated_at|created_by|updated_by"
#: A client's stamp, as a template, an ORM look-up or code would name it.
NAMED = re.compile(rf"\b(?:client|person|member\.enrollment\.client)(?:\.|__)(?:{_STAMPS})\b")
FILES = sorted([*HMIS.rglob("*.html"), *HMIS.rglob("*.py")])


@for_each(FILES, lambda path: str(path.relative_to(HMIS)))
def test_stamps_of_clients_are_read_through_their_record_source(path: Path) -> None:
    if path == HMIS / "clients" / "origin.py" or "migrations" in path.parts:
        return
    found = NAMED.findall(path.read_text(encoding="utf-8"))
    assert not found, "read it through hearth.hmis.clients.record_source, which knows who may"


def test_the_pattern_finds_what_it_is_for() -> None:
    for told in (
        "{{ client.date_updated|date }}",
        'order_by("client__updated_at")',
        "one.client.data_source",
    ):
        assert NAMED.search(told), told
