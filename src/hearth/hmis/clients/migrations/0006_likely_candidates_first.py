"""Where more clients may be meant than a search looks at, it looks at those who are most alike.

Each way of gathering candidates has a limit. Until now whoever was found first filled it, in the order in which
rows happen to lie. Now those come first of whom more of what was typed is true (a birth date and a name; every
word as it was typed or nearly so), then by our own number: the same question has the same answer. A word that
was typed alone, and two of many, look up the likeliest words until they have a thousand clients together.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("hearth.hmis.clients.migrations.0005_order_of_hits").SEARCH

LIKELY = """
    SELECT array_agg(t.place ORDER BY t.place, l.likeliest), array_agg(l.word ORDER BY t.place, l.likeliest),
        array_agg(l.weight ORDER BY t.place, l.likeliest), array_agg(l.how ORDER BY t.place, l.likeliest)
    INTO places, likely, weights, hows
    FROM unnest(typed[:words_asked]) WITH ORDINALITY AS t (word, place),
        LATERAL hearth_likely_words(t.word,
            ARRAY(SELECT jsonb_array_elements_text(coalesce(nicknames -> t.word, '[]'))),
            CASE WHEN finding = 1 THEN 2000 ELSE 25000 END)
            WITH ORDINALITY AS l (word, weight, how, likeliest);
"""

# strong: words that are as typed or nearly so. few: the likeliest, until they have a thousand clients.
CANDIDATES = """
    strong1 := ARRAY(SELECT l.word FROM unnest(places, likely, weights) AS l (place, word, weight)
                     WHERE l.place = 1 AND l.weight >= 0.85);
    strong2 := ARRAY(SELECT l.word FROM unnest(places, likely, weights) AS l (place, word, weight)
                     WHERE l.place = 2 AND l.weight >= 0.85);
    WITH counted AS (
        SELECT l.place, l.word,
            sum(n.clients) OVER (PARTITION BY l.place ORDER BY l.number) - n.clients AS before
        FROM unnest(places, likely) WITH ORDINALITY AS l (place, word, number)
            JOIN clients_searchname n USING (word)
    )
    SELECT array_agg(c.word) FILTER (WHERE c.place = 1), array_agg(c.word) FILTER (WHERE c.place = 2)
    INTO few1, few2 FROM counted c WHERE c.before < 1000;

    -- Whoever has all words exactly, or a number: first, so that no limit below can lose them.
    candidates := ARRAY(SELECT k.client_id FROM clients_searchkey k
                        WHERE words_asked > 0 AND k.words @> typed[:finding]
                        ORDER BY (k.dob = ANY (days)) IS TRUE DESC, k.client_id LIMIT 300);
    exact := cardinality(candidates);
    candidates := candidates || ARRAY(
        (SELECT k.client_id FROM clients_searchkey k WHERE k.ssn = asked_ssn ORDER BY k.client_id LIMIT 100)
        UNION (SELECT k.client_id FROM clients_searchkey k WHERE k.hud_id = ANY (ids)
               ORDER BY k.client_id LIMIT 100)
        UNION (SELECT k.client_id FROM clients_searchkey k
               WHERE k.client_id = ANY (ARRAY(SELECT i::bigint FROM unnest(ids) AS i WHERE i ~ '^[0-9]{1,18}$')))
        UNION (SELECT k.client_id FROM clients_searchkey k WHERE k.ssn_last4 = asked_last4
               ORDER BY (k.dob = ANY (days)) IS TRUE DESC, (k.words && likely) IS TRUE DESC, k.client_id LIMIT 400)
        UNION (SELECT k.client_id FROM clients_searchkey k WHERE k.dob = ANY (same_days)
               ORDER BY (k.words && strong1)::integer + (k.words && strong2)::integer DESC,
                   (k.words && likely) IS TRUE DESC, k.client_id LIMIT 600));
    IF words_asked = 0 AND dob_from IS NOT NULL THEN
        candidates := candidates || ARRAY(
            SELECT k.client_id FROM clients_searchkey k WHERE k.dob BETWEEN dob_from AND dob_to
            ORDER BY k.dob, k.client_id LIMIT 300);
    END IF;
    -- All words, each as it may have been meant; of one word alone, unless it fills the list as it is.
    IF finding = 1 AND exact < 300 THEN
        candidates := candidates || ARRAY(
            SELECT k.client_id FROM clients_searchkey k WHERE k.words && few1
            ORDER BY (k.words && strong1) DESC, k.client_id LIMIT 300);
    ELSIF finding > 1 THEN
        candidates := candidates || ARRAY(
            SELECT k.client_id FROM clients_searchkey k
            WHERE k.words && any1 AND k.words && any2
              AND (finding < 3 OR k.words && any3) AND (finding < 4 OR k.words && any4)
            ORDER BY (k.words && strong1)::integer + (k.words && strong2)::integer DESC, k.client_id
            LIMIT 1500);
    END IF;
    IF words_asked > 0 AND dob_from IS NOT NULL THEN
        candidates := candidates || ARRAY(
            SELECT k.client_id FROM clients_searchkey k
            WHERE k.words && any1 AND k.dob BETWEEN dob_from AND dob_to
            ORDER BY (k.words && any2) DESC, (k.words && strong1) DESC, k.client_id LIMIT 500);
    END IF;
    -- Too few: two of the words, or one of two.
    IF finding > 1 AND cardinality(candidates) < 5 THEN
        candidates := candidates
            || ARRAY(SELECT k.client_id FROM clients_searchkey k
                     WHERE CASE WHEN finding = 2 THEN k.words && few1
                                ELSE k.words && any1 AND k.words && (any2 || any3 || any4) END
                     ORDER BY (k.words && strong1) DESC, k.client_id LIMIT 200)
            || ARRAY(SELECT k.client_id FROM clients_searchkey k
                     WHERE CASE WHEN finding = 2 THEN k.words && few2
                                ELSE k.words && any2 AND k.words && (any3 || any4) END
                     ORDER BY (k.words && strong2) DESC, k.client_id LIMIT 200)
            || ARRAY(SELECT k.client_id FROM clients_searchkey k
                     WHERE finding = 4 AND k.words && any3 AND k.words && any4
                     ORDER BY k.client_id LIMIT 200);
    END IF;

"""


def _between(start: str, end: str, middle: str, text: str) -> str:
    """The text with what stands from `start` up to `end` replaced."""
    if text.count(start) != 1 or text.count(end) != 1:
        raise ValueError("hearth_search_clients of migration 0005 is not as it was")
    return text[: text.index(start)] + middle + text[text.index(end) :]


SEARCH = _between("\n    SELECT array_agg(t.place)", "    any1 := ARRAY(", LIKELY, BEFORE)
SEARCH = _between("\n    -- Whoever has all words", "    RETURN QUERY\n", CANDIDATES, SEARCH)
SEARCH = SEARCH.replace(
    "    same_days date[];",
    "    strong1 text[]; strong2 text[]; few1 text[]; few2 text[]; exact integer;\n    same_days date[];",
)


class Migration(migrations.Migration):
    dependencies = [("clients", "0005_order_of_hits")]
    operations = [migrations.RunSQL([SEARCH], [BEFORE])]
