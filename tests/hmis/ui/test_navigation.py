"""The main navigation."""

from django.urls import reverse

from hearth.hmis.ui.navigation import ENTRIES


def test_every_entry_leads_somewhere_and_none_comes_twice() -> None:
    assert len({entry.label for entry in ENTRIES}) == len({entry.view for entry in ENTRIES}) == len(ENTRIES)
    for entry in ENTRIES:
        assert reverse(entry.view).strip("/").split("/")[0] in entry.sections
