"""The search knows restricted clients by a mark at their key, and their words by a mark at the word.

Until now it made a list of all restricted clients whom the acting user may not know, and of all their words,
before each question, and compared each key and each word with it: with 5,000 restricted clients that was most of
a search's time. Now a key carries `is_restricted`, so that only marked keys are looked up among the clients whom the
user may know all the same, who are few. A word carries `has_restricted` once a restricted client bears it; then,
unless more clients bear it than are restricted at all, the keys say whether somebody bears it whom the user may
know. A word's mark stays when a restriction ends, which costs a look and tells nothing.
"""

import re
from importlib import import_module

from django.db import migrations

keys = import_module("hearth.hmis.clients.migrations.0003_search")
before = import_module("hearth.hmis.clients.migrations.0009_hidden_from_search")
changed = before._changed

MARKS = """
ALTER TABLE clients_searchkey ADD COLUMN is_restricted boolean NOT NULL DEFAULT false;
ALTER TABLE clients_searchname ADD COLUMN has_restricted boolean NOT NULL DEFAULT false;
CREATE INDEX searchkey_restricted ON clients_searchkey (client_id) WHERE is_restricted;
SELECT set_config('app.keeps_step', 'on', true);
UPDATE clients_searchkey k SET is_restricted = true FROM clients_client c WHERE c.id = k.client_id AND c.is_restricted;
UPDATE clients_searchname n SET has_restricted = true
FROM (SELECT DISTINCT unnest(k.words) AS word FROM clients_searchkey k WHERE k.is_restricted) AS theirs
WHERE n.word = theirs.word;
SELECT set_config('app.keeps_step', '', true);
"""
MARKS_BACK = """
ALTER TABLE clients_searchkey DROP COLUMN is_restricted;
ALTER TABLE clients_searchname DROP COLUMN has_restricted;
"""

KEEP = changed(
    keys.TRIGGER[: keys.TRIGGER.index("CREATE TRIGGER")].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
    (
        "INSERT INTO clients_searchname (word, near, sounds)\n"
        "    SELECT word, hearth_near_words(word), hearth_sounds(word)\n"
        "    FROM unnest(its_words) AS word ORDER BY word\n"
        "    ON CONFLICT (word) DO NOTHING;",
        "INSERT INTO clients_searchname (word, near, sounds, has_restricted)\n"
        "    SELECT word, hearth_near_words(word), hearth_sounds(word), NEW.is_restricted\n"
        "    FROM unnest(its_words) AS word ORDER BY word\n"
        "    ON CONFLICT (word) DO UPDATE SET has_restricted = true\n"
        "        WHERE NEW.is_restricted AND NOT clients_searchname.has_restricted;",
    ),
    ("hud_id, is_deleted)\n    VALUES", "hud_id, is_deleted, is_restricted)\n    VALUES"),
    ("NEW.date_deleted IS NOT NULL)", "NEW.date_deleted IS NOT NULL, NEW.is_restricted)"),
    (
        "is_deleted = excluded.is_deleted;",
        "is_deleted = excluded.is_deleted,\n        is_restricted = excluded.is_restricted;",
    ),
)
KEEP_BACK = keys.TRIGGER[: keys.TRIGGER.index("CREATE TRIGGER")].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
KEPT_AFTER = """
DROP TRIGGER keeps_search_key ON clients_client;
CREATE TRIGGER keeps_search_key
    AFTER INSERT OR UPDATE OF first_name, middle_name, last_name, dob, ssn_index, ssn_last4_index, hud_id,
        date_deleted{more}
    ON clients_client FOR EACH ROW EXECUTE FUNCTION hearth_keep_search_key();
"""

# In a comparable database every client is open to those alone who serve them.
_OPEN = "(knows_all OR shares AND NOT k.is_restricted OR k.client_id = ANY (known))"
OTHERS = """
CREATE FUNCTION hearth_is_word_of_known(word text, known bigint[], shares boolean) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM clients_searchkey k
                   WHERE k.words @> ARRAY[word] AND (shares AND NOT k.is_restricted OR k.client_id = ANY (known)))
$$;
REVOKE ALL ON FUNCTION hearth_is_word_of_known FROM PUBLIC, hearth_web;
"""
# `restricted` is NULL in a comparable database, where no word is everybody's.
_OF_KNOWN = (
    "(restricted IS NOT NULL AND (NOT {word}.has_restricted OR {word}.clients > restricted)"
    " OR hearth_is_word_of_known({word}.word, known, restricted IS NOT NULL))"
)
LIKELY = changed(
    before.LIKELY.replace("n.word, n.clients, n.sounds, ", "n.word, n.clients, n.sounds, n.has_restricted, "),
    ("hidden bigint[], hidden_words text[]", "known bigint[], restricted integer"),
    (before._OF_OTHERS.format(word="n.word", clients="n.clients"), _OF_KNOWN.format(word="n")),
    (before._OF_OTHERS.format(word="f.word", clients="f.clients"), _OF_KNOWN.format(word="f")),
)

SEARCH = changed(
    before.SEARCH,
    (
        "    hidden bigint[]; hidden_words text[];\n",
        "    knows_all boolean := hearth_everywhere('client_view'); known bigint[]; restricted integer := -1;\n"
        "    shares boolean := hearth_shares();\n",
    ),
    (
        "    hidden := hearth_hidden_clients();\n"
        "    hidden_words := ARRAY(SELECT DISTINCT word FROM clients_searchkey k, unnest(k.words) AS word\n"
        "                          WHERE k.client_id = ANY (hidden));\n",
        "    IF NOT knows_all THEN\n"
        "        known := hearth_known_restricted();\n"
        "        restricted := (SELECT count(*) FROM clients_searchkey k WHERE k.is_restricted HAVING shares);\n"
        "    END IF;\n",
    ),
    ("hidden, hidden_words)\n", "known, restricted)\n"),
)
SEARCH = SEARCH.replace("k.client_id <> ALL (hidden)", _OPEN)
if len(re.findall(r"FROM clients_searchkey k\b", SEARCH)) != SEARCH.count(_OPEN) + 1 or "hidden" in SEARCH:
    raise ValueError("The search of migration 0009 asks in a way that leaves nobody out")

OLD = "DROP FUNCTION hearth_is_word_of_others; DROP FUNCTION IF EXISTS hearth_hidden_clients;"
NEW = "DROP FUNCTION hearth_is_word_of_known;"


class Migration(migrations.Migration):
    dependencies = [("clients", "0013_whose_keys")]
    operations = [
        migrations.RunSQL(
            [MARKS, KEEP, KEPT_AFTER.format(more=", is_restricted")],
            [KEPT_AFTER.format(more=""), KEEP_BACK, MARKS_BACK],
        ),
        migrations.RunSQL(
            [before.DROP + OLD + OTHERS + LIKELY + before.CLOSED, SEARCH],
            [before.DROP + NEW + before.OTHERS + before.LIKELY + before.CLOSED, before.SEARCH],
        ),
    ]
