"""A client is found by other names, too: preferred, former, or known as.

Their words stand in the client's key beside those of the name, and in `other_words` those that are not words of
the name as well: the answer says of a word that is found there that it is another name ("other:same"). A key is
written by one function now, whether the client or another name changes; restricted clients and their words are
marked as before (migration 0014), so that an other name is as hidden as its client.
"""

from importlib import import_module

from django.db import migrations

before = import_module("hearth.hmis.clients.migrations.0014_restricted_marked_in_search")
changed = before.changed

COLUMN = "ALTER TABLE clients_searchkey ADD COLUMN other_words text[] NOT NULL DEFAULT '{}'"
COLUMN_BACK = "ALTER TABLE clients_searchkey DROP COLUMN other_words"

# Words of a client's other names that are not among those of the name.
WORDS = """
CREATE FUNCTION hearth_other_words(client bigint, own_words text[]) RETURNS text[] LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT word ORDER BY word), '{}')
    FROM clients_othername o, unnest(hearth_client_words(o.name, NULL, NULL)) AS word
    WHERE o.client_id = client AND o.removed_at IS NULL AND word <> ALL (own_words)
$$;
REVOKE ALL ON FUNCTION hearth_other_words FROM PUBLIC, hearth_web;
GRANT EXECUTE ON FUNCTION hearth_other_words TO hearth_loader;
"""
WRITE = """
CREATE FUNCTION hearth_write_search_key(c clients_client) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own_words text[] := hearth_client_words(c.first_name, c.middle_name, c.last_name);
    others text[] := hearth_other_words(c.id, own_words);
BEGIN
    INSERT INTO clients_searchname (word, near, sounds, has_restricted)
    SELECT word, hearth_near_words(word), hearth_sounds(word), c.is_restricted
    FROM unnest(own_words || others) AS word ORDER BY word
    ON CONFLICT (word) DO UPDATE SET has_restricted = true
        WHERE c.is_restricted AND NOT clients_searchname.has_restricted;
    INSERT INTO clients_searchkey (client_id, words, other_words, dob, ssn, ssn_last4, hud_id, is_deleted, is_restricted)
    VALUES (c.id, own_words || others, others, c.dob, c.ssn_index, c.ssn_last4_index, lower(c.hud_id),
            c.date_deleted IS NOT NULL, c.is_restricted)
    ON CONFLICT (client_id) DO UPDATE SET
        words = excluded.words, other_words = excluded.other_words, dob = excluded.dob, ssn = excluded.ssn,
        ssn_last4 = excluded.ssn_last4, hud_id = excluded.hud_id, is_deleted = excluded.is_deleted,
        is_restricted = excluded.is_restricted;
END $$;
REVOKE ALL ON FUNCTION hearth_write_search_key FROM PUBLIC, hearth_web;
CREATE OR REPLACE FUNCTION hearth_keep_search_key() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM hearth_write_search_key(NEW);
    RETURN NULL;
END $$;
CREATE FUNCTION hearth_keep_other_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM hearth_write_search_key(c) FROM clients_client c WHERE c.id = coalesce(NEW.client_id, OLD.client_id);
    RETURN NULL;
END $$;
CREATE TRIGGER keeps_other_words AFTER INSERT OR UPDATE OF name, removed_at OR DELETE
    ON clients_othername FOR EACH ROW EXECUTE FUNCTION hearth_keep_other_words();
"""
WRITE_BACK = """
DROP TRIGGER keeps_other_words ON clients_othername;
DROP FUNCTION hearth_keep_other_words;
""" + before.KEEP + """
DROP FUNCTION hearth_write_search_key;
DROP FUNCTION hearth_other_words;
"""

SEARCH = changed(
    before.SEARCH,
    (
        "SELECT DISTINCT ON (c.client_id, a.place) c.client_id, a.place, a.word, a.weight, a.how\n",
        "SELECT DISTINCT ON (c.client_id, a.place) c.client_id, a.place, a.word, a.weight,\n"
        "            CASE WHEN a.word = ANY (c.other_words) THEN 'other:' || a.how ELSE a.how END AS how\n",
    ),
).replace("CREATE FUNCTION hearth_search_clients", "CREATE OR REPLACE FUNCTION hearth_search_clients")
BACK = before.SEARCH.replace(
    "CREATE FUNCTION hearth_search_clients", "CREATE OR REPLACE FUNCTION hearth_search_clients"
)


class Migration(migrations.Migration):
    dependencies = [("clients", "0015_other_names")]
    operations = [
        migrations.RunSQL([COLUMN], [COLUMN_BACK]),
        migrations.RunSQL([WORDS, WRITE], [WRITE_BACK]),
        migrations.RunSQL([SEARCH], [BACK]),
    ]
