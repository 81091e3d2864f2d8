"""A search leaves out restricted clients whom the acting user may not know, from the start.

They are no candidates, so that they push nobody out of a limit and are in no count; and a word that only they
bear is no likely word, so that it takes no other word's place. What is asked of the database is the same
whether there are such clients or not.
"""

import re
from importlib import import_module

from django.db import migrations

LIKELY_BEFORE = import_module("hearth.hmis.clients.migrations.0003_search").LIKELY
BEFORE = import_module("hearth.hmis.clients.migrations.0006_likely_candidates_first").SEARCH

# A word of more clients than are hidden is somebody else's, too.
OTHERS = """
CREATE FUNCTION hearth_is_word_of_others(word text, hidden bigint[]) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM clients_searchkey k WHERE k.words @> ARRAY[word] AND k.client_id <> ALL (hidden))
$$;
REVOKE ALL ON FUNCTION hearth_is_word_of_others FROM PUBLIC, hearth_web;
"""
_OF_OTHERS = (
    "({word} <> ALL (hidden_words) OR {clients} > cardinality(hidden)"
    " OR hearth_is_word_of_others({word}, hidden))"
)


def _changed(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        if text.count(old) != 1:
            raise ValueError("The search of migration 0006 is not as it was")
        text = text.replace(old, new)
    return text


LIKELY = _changed(
    LIKELY_BEFORE,
    (
        "(typed text, nicknames text[], room integer)",
        "(typed text, nicknames text[], room integer, hidden bigint[], hidden_words text[])",
    ),
    (
        "WHERE n.word ^@ typed\n",
        "WHERE n.word ^@ typed\n            AND "
        + _OF_OTHERS.format(word="n.word", clients="n.clients")
        + "\n",
    ),
    (
        "        FROM found f GROUP BY",
        "        FROM found f WHERE "
        + _OF_OTHERS.format(word="f.word", clients="f.clients")
        + "\n        GROUP BY",
    ),
)

SEARCH = _changed(
    BEFORE,
    ("    same_days date[];", "    hidden bigint[]; hidden_words text[];\n    same_days date[];"),
    (
        "        RETURN;\n    END IF;\n",
        "        RETURN;\n    END IF;\n"
        "    hidden := hearth_hidden_clients();\n"
        "    hidden_words := ARRAY(SELECT DISTINCT word FROM clients_searchkey k, unnest(k.words) AS word\n"
        "                          WHERE k.client_id = ANY (hidden));\n",
    ),
    (
        "CASE WHEN finding = 1 THEN 2000 ELSE 25000 END)\n",
        "CASE WHEN finding = 1 THEN 2000 ELSE 25000 END,\n                hidden, hidden_words)\n",
    ),
)
SEARCH = re.sub(
    r"FROM clients_searchkey k(\s+)WHERE ",
    r"FROM clients_searchkey k\1WHERE k.client_id <> ALL (hidden) AND ",
    SEARCH,
)
if SEARCH.count("FROM clients_searchkey k") != SEARCH.count("k.client_id <> ALL (hidden)") + 1:
    raise ValueError("The search of migration 0006 asks in a way that leaves nobody out")

CLOSED = "REVOKE ALL ON FUNCTION hearth_likely_words FROM PUBLIC, hearth_web;"
DROP = "DROP FUNCTION hearth_likely_words;"


class Migration(migrations.Migration):
    dependencies = [("clients", "0008_restrictions")]
    operations = [
        migrations.RunSQL(
            [DROP + OTHERS + LIKELY + CLOSED, SEARCH],
            [DROP + "DROP FUNCTION hearth_is_word_of_others;" + LIKELY_BEFORE + CLOSED, BEFORE],
        )
    ]
