"""What is kept of a list: codes and ids, and a name for it."""

import re
from urllib.parse import parse_qsl, urlencode

from django import forms

from hearth.hmis.ui.forms import PlainWords

#: What a view does not hold: where it was paged to, what was searched for, what was taken along.
_NOT_KEPT = ("page", "found", "download")
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,60}")
#: A code, an id, a key of HUD's, or the parts of an order.
_CODE = re.compile(r"[A-Za-z0-9 _.:-]{1,200}")
_LONGEST = 2000


class ViewForm(PlainWords, forms.Form):
    """A view to keep: what it is called, and what its address asks."""

    called = forms.CharField(label="Name of the view", max_length=60)
    asked = forms.CharField(required=False, max_length=_LONGEST)

    def clean_asked(self) -> str:
        """Codes and ids alone; anything else is not kept."""
        pairs = parse_qsl(self.cleaned_data["asked"].removeprefix("?"), max_num_fields=60)
        kept = {
            key: value
            for key, value in pairs
            if _KEY.fullmatch(key) and key not in _NOT_KEPT and _CODE.fullmatch(value)
        }
        return urlencode(kept)


def columns_of(given: list[str]) -> str:
    """The columns that were ticked, as an address has them; anything that is no key is not kept."""
    return ".".join(dict.fromkeys(one for one in given[:100] if _KEY.fullmatch(one)))[:_LONGEST]
