"""Equal hits of a search stand in an order that means something and is the same every time.

Strength first (rounded: sums of fractions differ in their last digit with the order of adding), then how
alike all that was typed and all of the name are, then the name, then our own number.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("hearth.hmis.clients.migrations.0003_search").SEARCH


def _changed(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        if text.count(old) != 1:
            raise ValueError("hearth_search_clients of migration 0003 is not as it was")
        text = text.replace(old, new)
    return text


SEARCH = _changed(
    BEFORE,
    ("CREATE FUNCTION hearth_search_clients", "CREATE OR REPLACE FUNCTION hearth_search_clients"),
    (
        "                AS score,\n",
        "                AS score,\n"
        "            similarity(array_to_string(typed, ' '), array_to_string(c.words, ' ')) AS likeness,\n",
    ),
    (
        "FROM scored s WHERE",
        "FROM scored s LEFT JOIN clients_client named ON named.id = s.client_id WHERE",
    ),
    (
        "ORDER BY s.score DESC, s.client_id LIMIT",
        "ORDER BY round(s.score::numeric, 2) DESC, round(s.likeness::numeric, 3) DESC,\n"
        "        lower(named.last_name), lower(named.first_name), lower(named.middle_name), s.client_id LIMIT",
    ),
)
BACK = BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


class Migration(migrations.Migration):
    dependencies = [("clients", "0004_recent_clients")]
    operations = [migrations.RunSQL([SEARCH], [BACK])]
