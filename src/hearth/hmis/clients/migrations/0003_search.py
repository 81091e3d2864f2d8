"""Client search: its keys, and the one function that reads them (docs/adr/0004-search-keys.md).

`clients_searchkey` has one row for each client and `clients_searchname` one for each word that occurs in a
name. Both hold client data without row-level security, so nobody but their owner and the bulk import's
role may read them: everybody else asks `hearth_search_clients`, which looks at the acting user's rights.

Triggers keep the keys for ordinary writes; `clients/search_keys.py` does it for the bulk import.
"""

from django.db import migrations

WORDS = r"""
-- The words of a name, compared without case, accents and apostrophes: "O’Brien-Núñez" is obrien, nunez.
CREATE FUNCTION hearth_words(name text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_remove(regexp_split_to_array(
    translate(lower(public.unaccent('public.unaccent'::regdictionary, left(name, 200))),
              $$'`´‘’ʼʻ$$, ''),
    '[[:space:][:punct:]]+'), '');

-- All words by which a client is found. A name of several words is also one word: de la Cruz, delacruz.
-- Most names are plain letters, and an import asks for millions: those take the short way.
CREATE FUNCTION hearth_client_words(first_name text, middle_name text, last_name text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    given text := lower(first_name);
    middle text := lower(middle_name);
    family text := lower(last_name);
BEGIN
    IF concat(given, middle, family) ~ '^[a-z]{0,40}$' THEN
        RETURN array_remove(array_remove(
            ARRAY[given, nullif(middle, given), nullif(nullif(family, given), middle)], NULL), '');
    END IF;
    RETURN (
        SELECT coalesce(array_agg(DISTINCT left(word, 40)), '{}')
        FROM (VALUES (hearth_words(given)), (hearth_words(middle)), (hearth_words(family))) AS part (words),
            unnest(CASE WHEN cardinality(words) > 1 THEN words || array_to_string(words, '') ELSE words END)
                AS word);
END $$;

-- The word, and the word with any one letter left out. Two words that share one of these are at most a
-- letter added, dropped, changed or swapped apart (or nearly so), which an index finds by equality.
CREATE FUNCTION hearth_near_words(word text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    near text[] := ARRAY[word];
BEGIN
    IF length(word) > 2 THEN
        FOR place IN 1 .. length(word) LOOP
            near := near || (left(word, place - 1) || substr(word, place + 1));
        END LOOP;
    END IF;
    RETURN near;
END $$;

-- How the word may sound in English: double metaphone, one or two codes; none for a script it cannot read.
CREATE FUNCTION hearth_sounds(word text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    sound text := public.dmetaphone(word);
    other text := public.dmetaphone_alt(word);
BEGIN
    IF length(word) < 2 OR sound = '' THEN
        RETURN '{}';
    END IF;
    RETURN CASE WHEN other IN ('', sound) THEN ARRAY[sound] ELSE ARRAY[sound, other] END;
END $$;
"""

TABLES = """
CREATE TABLE clients_searchname (
    word text PRIMARY KEY,
    near text[] NOT NULL,
    sounds text[] NOT NULL,
    clients integer NOT NULL DEFAULT 1  -- about how many clients have it
);
CREATE INDEX searchname_prefix ON clients_searchname (word text_pattern_ops);
CREATE INDEX searchname_near ON clients_searchname USING gin (near);
CREATE INDEX searchname_sounds ON clients_searchname USING gin (sounds);
CREATE INDEX searchname_trigrams ON clients_searchname USING gin (word public.gin_trgm_ops);

CREATE TABLE clients_searchkey (
    client_id bigint PRIMARY KEY REFERENCES clients_client ON DELETE CASCADE,
    words text[] NOT NULL,
    dob date,
    ssn bytea,
    ssn_last4 bytea,
    hud_id text NOT NULL,
    is_deleted boolean NOT NULL
);

REVOKE ALL ON clients_searchname, clients_searchkey FROM PUBLIC, hearth_web;
"""

TRIGGER = """
CREATE FUNCTION hearth_keep_search_key() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    its_words text[] := hearth_client_words(NEW.first_name, NEW.middle_name, NEW.last_name);
BEGIN
    INSERT INTO clients_searchname (word, near, sounds)
    SELECT word, hearth_near_words(word), hearth_sounds(word)
    FROM unnest(its_words) AS word ORDER BY word
    ON CONFLICT (word) DO NOTHING;
    INSERT INTO clients_searchkey (client_id, words, dob, ssn, ssn_last4, hud_id, is_deleted)
    VALUES (NEW.id, its_words, NEW.dob, NEW.ssn_index, NEW.ssn_last4_index, lower(NEW.hud_id),
            NEW.date_deleted IS NOT NULL)
    ON CONFLICT (client_id) DO UPDATE SET
        words = excluded.words, dob = excluded.dob, ssn = excluded.ssn, ssn_last4 = excluded.ssn_last4,
        hud_id = excluded.hud_id, is_deleted = excluded.is_deleted;
    RETURN NULL;
END $$;
CREATE TRIGGER keeps_search_key
    AFTER INSERT OR UPDATE OF first_name, middle_name, last_name, dob, ssn_index, ssn_last4_index, hud_id,
        date_deleted
    ON clients_client FOR EACH ROW EXECUTE FUNCTION hearth_keep_search_key();
"""

# The words that a typed word may stand for, the most likely first, each with a weight from 0 to 1 and how
# it was found. `room`: about how many clients all of them may have together, so that a common sound-alike
# does not drown the rest; the best eight are kept in any case.
LIKELY = """
CREATE FUNCTION hearth_likely_words(typed text, nicknames text[], room integer)
RETURNS TABLE (word text, weight real, how text) LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
    WITH found AS MATERIALIZED (
        SELECT n.word, n.clients, n.sounds, true AS is_near FROM clients_searchname n
            WHERE n.near && hearth_near_words(typed)
        UNION ALL
        SELECT n.word, n.clients, n.sounds, false FROM clients_searchname n WHERE n.word = ANY (nicknames)
        UNION ALL
        (SELECT n.word, n.clients, n.sounds, false FROM clients_searchname n WHERE n.word ^@ typed
            ORDER BY n.clients DESC LIMIT 30)
        UNION ALL
        SELECT n.word, n.clients, n.sounds, false FROM clients_searchname n
            WHERE n.sounds && hearth_sounds(typed) AND length(typed) > 2
        UNION ALL
        SELECT n.word, n.clients, n.sounds, false FROM clients_searchname n
            WHERE n.word % typed AND length(typed) > 4
    ), once AS (
        SELECT f.word, f.clients, f.sounds, bool_or(f.is_near) AS is_near,
            levenshtein(f.word, typed) AS letters, greatest(length(f.word), length(typed))::real AS longer
        FROM found f GROUP BY f.word, f.clients, f.sounds
    ), compared AS (
        SELECT o.word, o.clients, o.longer, o.sounds && hearth_sounds(typed) AS sounds_alike,
            o.word = ANY (nicknames) AS is_nickname, starts_with(o.word, typed) AS is_start,
            -- Two letters swapped are one step: as long as before, and equal without one letter of each.
            CASE WHEN o.is_near AND o.letters = 2 AND length(o.word) = length(typed) THEN 1
                 ELSE o.letters END AS steps
        FROM once o
    ), weighed AS (
        SELECT c.word, c.clients, w.weight, w.how FROM compared c,
            LATERAL (VALUES
                ((c.word = typed)::int * 1.0, 'same'),
                (c.is_nickname::int * 0.88, 'nickname'),
                (c.is_start::int * (0.74 + 0.16 * length(typed) / c.longer), 'start'),
                (c.sounds_alike::int * (0.42 + 0.5 * (1 - c.steps / c.longer)), 'sound'),
                (CASE WHEN c.steps = 1 THEN 0.92 - 0.35 / c.longer
                      WHEN c.steps <= 0.45 * c.longer THEN 0.95 * (1 - c.steps / c.longer) ELSE 0 END, 'spelling')
            ) AS w (weight, how)
        WHERE w.weight > 0.54
    ), best AS (
        SELECT DISTINCT ON (w.word) w.* FROM weighed w ORDER BY w.word, w.weight DESC
    ), ranked AS (
        SELECT b.*, row_number() OVER likely AS place, sum(b.clients) OVER likely AS together
        FROM best b WINDOW likely AS (ORDER BY b.weight DESC, b.clients DESC, b.word)
    )
    SELECT r.word, r.weight::real, r.how FROM ranked r
    WHERE r.place <= 8 OR (r.place <= 60 AND r.together <= room) ORDER BY r.place
$$;
"""

# One question, answered with ids, scores and reasons; names are then read through row-level security.
#   typed       words of a name, in any order, as hearth_words writes them; the first four find, all score
#   nicknames   word → other words it may stand for: {"bill": ["william"], "mary": ["maryann"]}
#   days        days of birth that may be meant; day_kinds says of each 'same', 'swapped' or 'near'
#   dob_from, dob_to   a span of days of birth, for a year or a month
#   ssn, ssn_last4     keyed hashes (hearth.hmis.hud.ssn)
#   ids         HMIS IDs as typed in lower case; also compared with our own ids
# total: how many clients were found; not counted further than a few hundred.
SEARCH = """
CREATE FUNCTION hearth_search_clients(
    typed text[], nicknames jsonb, days date[], day_kinds text[], dob_from date, dob_to date,
    asked_ssn bytea, asked_last4 bytea, ids text[], skip integer, page_rows integer
) RETURNS TABLE (client_id bigint, score real, reasons jsonb, total integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan
SET max_parallel_workers_per_gather = 0 SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    shows_deleted boolean := hearth_sees_all();
    words_asked integer := least(cardinality(typed), 8);
    finding integer := least(words_asked, 4);
    places integer[]; likely text[]; weights real[]; hows text[];  -- likely words of all typed words
    any1 text[]; any2 text[]; any3 text[]; any4 text[];            -- those of one typed word
    same_days date[]; candidates bigint[];
BEGIN
    IF NOT hearth_sees_clients() THEN
        RETURN;
    END IF;

    SELECT array_agg(t.place), array_agg(l.word), array_agg(l.weight), array_agg(l.how)
    INTO places, likely, weights, hows
    FROM unnest(typed[:words_asked]) WITH ORDINALITY AS t (word, place),
        LATERAL hearth_likely_words(t.word,
            ARRAY(SELECT jsonb_array_elements_text(coalesce(nicknames -> t.word, '[]'))),
            CASE WHEN finding = 1 THEN 2000 ELSE 25000 END) AS l;
    any1 := ARRAY(SELECT l.word FROM unnest(places, likely) AS l (place, word) WHERE l.place = 1);
    any2 := ARRAY(SELECT l.word FROM unnest(places, likely) AS l (place, word) WHERE l.place = 2);
    any3 := ARRAY(SELECT l.word FROM unnest(places, likely) AS l (place, word) WHERE l.place = 3);
    any4 := ARRAY(SELECT l.word FROM unnest(places, likely) AS l (place, word) WHERE l.place = 4);
    same_days := ARRAY(SELECT d.day FROM unnest(days, day_kinds) AS d (day, kind)
                       WHERE d.kind = 'same' OR words_asked = 0);

    -- Whoever has all words exactly, or a number: first, so that no limit below can lose them.
    candidates := ARRAY(
        (SELECT k.client_id FROM clients_searchkey k WHERE k.ssn = asked_ssn LIMIT 100)
        UNION (SELECT k.client_id FROM clients_searchkey k WHERE k.hud_id = ANY (ids) LIMIT 100)
        UNION (SELECT k.client_id FROM clients_searchkey k
               WHERE k.client_id = ANY (ARRAY(SELECT i::bigint FROM unnest(ids) AS i WHERE i ~ '^[0-9]{1,18}$')))
        UNION (SELECT k.client_id FROM clients_searchkey k WHERE k.ssn_last4 = asked_last4 LIMIT 400)
        UNION (SELECT k.client_id FROM clients_searchkey k WHERE k.dob = ANY (same_days) LIMIT 600)
        UNION (SELECT k.client_id FROM clients_searchkey k
               WHERE words_asked > 0 AND k.words @> typed[:finding] LIMIT 300));
    IF words_asked = 0 AND dob_from IS NOT NULL THEN
        candidates := candidates || ARRAY(
            SELECT k.client_id FROM clients_searchkey k WHERE k.dob BETWEEN dob_from AND dob_to LIMIT 300);
    END IF;
    -- All words, each as it may have been meant.
    IF words_asked > 0 THEN
        candidates := candidates || ARRAY(
            SELECT k.client_id FROM clients_searchkey k
            WHERE k.words && any1 AND (finding < 2 OR k.words && any2)
              AND (finding < 3 OR k.words && any3) AND (finding < 4 OR k.words && any4)
            LIMIT CASE WHEN finding = 1 THEN 300 ELSE 1500 END);
        IF dob_from IS NOT NULL THEN
            candidates := candidates || ARRAY(
                SELECT k.client_id FROM clients_searchkey k
                WHERE k.words && any1 AND k.dob BETWEEN dob_from AND dob_to LIMIT 500);
        END IF;
    END IF;
    -- Too few: two of the words, or one of two.
    IF finding > 1 AND cardinality(candidates) < 5 THEN
        candidates := candidates
            || ARRAY(SELECT k.client_id FROM clients_searchkey k
                     WHERE k.words && any1 AND (finding = 2 OR k.words && (any2 || any3 || any4)) LIMIT 200)
            || ARRAY(SELECT k.client_id FROM clients_searchkey k
                     WHERE k.words && any2 AND (finding = 2 OR k.words && (any3 || any4)) LIMIT 200)
            || ARRAY(SELECT k.client_id FROM clients_searchkey k
                     WHERE finding = 4 AND k.words && any3 AND k.words && any4 LIMIT 200);
    END IF;

    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT l.place, l.word, l.weight, l.how
        FROM unnest(places, likely, weights, hows) AS l (place, word, weight, how)
    ), candidate AS MATERIALIZED (
        SELECT k.* FROM clients_searchkey k
        WHERE k.client_id IN (SELECT unnest(candidates)) AND (shows_deleted OR NOT k.is_deleted)
    ), word_hit AS (
        SELECT DISTINCT ON (c.client_id, a.place) c.client_id, a.place, a.word, a.weight, a.how
        FROM candidate c, unnest(c.words) AS has (word) JOIN asked a ON a.word = has.word
        ORDER BY c.client_id, a.place, a.weight DESC
    ), name_hit AS (
        SELECT h.client_id, sum(h.weight) / words_asked AS share,
            jsonb_agg(jsonb_build_array(h.how, typed[h.place], h.word) ORDER BY h.place) AS reasons
        FROM word_hit h GROUP BY h.client_id
    ), scored AS (
        SELECT c.client_id,
            coalesce(n.share, 0) * 10
                - CASE WHEN words_asked > 0 THEN 0.02 * cardinality(c.words) ELSE 0 END
                + CASE day.kind WHEN 'same' THEN 6 WHEN 'swapped' THEN 3.6 WHEN 'near' THEN 3.2
                       ELSE CASE WHEN c.dob BETWEEN dob_from AND dob_to THEN 3
                                 WHEN c.dob IS NOT NULL AND (cardinality(days) > 0 OR dob_from IS NOT NULL)
                                 THEN -2 ELSE 0 END END
                + CASE WHEN c.ssn = asked_ssn THEN 14 ELSE 0 END
                + CASE WHEN c.ssn = asked_ssn THEN 0 WHEN c.ssn_last4 = asked_last4 THEN 5 ELSE 0 END
                + CASE WHEN c.hud_id = ANY (ids) OR c.client_id::text = ANY (ids) THEN 20 ELSE 0 END
                AS score,
            jsonb_strip_nulls(jsonb_build_object(
                'words', n.reasons,
                'dob', coalesce(day.kind, CASE WHEN c.dob BETWEEN dob_from AND dob_to THEN 'span' END),
                'ssn', CASE WHEN c.ssn = asked_ssn THEN 'all' WHEN c.ssn_last4 = asked_last4 THEN 'last4' END,
                'id', CASE WHEN c.hud_id = ANY (ids) THEN 'hud' WHEN c.client_id::text = ANY (ids) THEN 'own' END
            )) AS reasons
        FROM candidate c LEFT JOIN name_hit n USING (client_id)
            LEFT JOIN LATERAL (
                SELECT d.kind FROM unnest(days, day_kinds) WITH ORDINALITY AS d (day, kind, place)
                WHERE d.day = c.dob ORDER BY d.place LIMIT 1) AS day ON true
    )
    SELECT s.client_id, s.score::real, s.reasons, (count(*) OVER ())::integer
    FROM scored s WHERE s.reasons <> '{}' AND s.score > 2
    ORDER BY s.score DESC, s.client_id LIMIT page_rows OFFSET skip;
END $$;
REVOKE ALL ON FUNCTION hearth_search_clients FROM PUBLIC;
REVOKE ALL ON FUNCTION hearth_likely_words FROM PUBLIC, hearth_web;
GRANT EXECUTE ON FUNCTION hearth_search_clients TO hearth_web;
"""

# A first load fills the keys several times faster without their indexes. Only the bulk import may ask for
# it, and it is refused (false) once there are keys, so that nobody's search is ever without an index.
INDEXES = """
CREATE FUNCTION hearth_search_without_indexes() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    LOCK TABLE clients_searchkey IN EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM clients_searchkey) THEN
        RETURN false;
    END IF;
    DROP INDEX searchkey_words, searchkey_dob, searchkey_ssn, searchkey_ssn_last4, searchkey_hud_id;
    RETURN true;
END $$;
CREATE FUNCTION hearth_search_indexes() RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    CREATE INDEX IF NOT EXISTS searchkey_words ON clients_searchkey USING gin (words);
    CREATE INDEX IF NOT EXISTS searchkey_dob ON clients_searchkey (dob);
    CREATE INDEX IF NOT EXISTS searchkey_ssn ON clients_searchkey (ssn) WHERE ssn IS NOT NULL;
    CREATE INDEX IF NOT EXISTS searchkey_ssn_last4 ON clients_searchkey (ssn_last4)
        WHERE ssn_last4 IS NOT NULL;
    CREATE INDEX IF NOT EXISTS searchkey_hud_id ON clients_searchkey (hud_id);
$$;
REVOKE ALL ON FUNCTION hearth_search_without_indexes, hearth_search_indexes FROM PUBLIC, hearth_web;
GRANT EXECUTE ON FUNCTION hearth_search_without_indexes, hearth_search_indexes TO hearth_loader;
SELECT hearth_search_indexes();
"""

BACK = """
DROP FUNCTION hearth_search_without_indexes, hearth_search_indexes, hearth_search_clients, hearth_likely_words;
DROP TRIGGER keeps_search_key ON clients_client;
DROP FUNCTION hearth_keep_search_key;
DROP TABLE clients_searchkey, clients_searchname;
DROP FUNCTION hearth_sounds, hearth_near_words, hearth_client_words, hearth_words;
"""


class Migration(migrations.Migration):
    dependencies = [("clients", "0002_row_security")]
    operations = [migrations.RunSQL([WORDS, TABLES, TRIGGER, LIKELY, SEARCH, INDEXES], [BACK])]
