"""Search keys for clients written in bulk, where triggers are off (migration 0003 has the triggers).

The import calls `gather` in its own transaction as soon as the clients are written, which locks nothing, and
`write` when all records are: words that are new to the database are locked from then until the commit, and
whoever enters a client with such a word waits that long.
"""

from typing import Any

# The rows written since a moment, and those without keys: a client of a corrected or repeated import.
FRESH = """
    CREATE TEMPORARY TABLE fresh_search_key ON COMMIT DROP AS
    SELECT c.id AS client_id, own.words || other.words AS words, other.words AS other_words,
        c.dob, c.ssn_index AS ssn, c.ssn_last4_index AS ssn_last4, lower(c.hud_id) AS hud_id,
        c.date_deleted IS NOT NULL AS is_deleted, c.is_restricted, k.client_id IS NULL AS is_new
    FROM clients_client c LEFT JOIN clients_searchkey k ON k.client_id = c.id,
        LATERAL (SELECT hearth_client_words(c.first_name, c.middle_name, c.last_name) AS words) AS own,
        -- Who is new here has no other names yet.
        LATERAL (SELECT CASE WHEN k.client_id IS NULL THEN '{}'::text[]
                             ELSE hearth_other_words(c.id, own.words) END AS words OFFSET 0) AS other
    WHERE c.data_source_id = %(data_source)s
        AND (k.client_id IS NULL OR %(since)s::timestamptz IS NULL OR c.updated_at >= %(since)s)
"""
NAMES = """
    INSERT INTO clients_searchname (word, near, sounds, clients, has_restricted)
    SELECT word, hearth_near_words(word), hearth_sounds(word), clients, has_restricted
    FROM (SELECT word, count(*) FILTER (WHERE is_new) AS clients, bool_or(is_restricted) AS has_restricted
          FROM fresh_search_key, unnest(words) AS word GROUP BY word) AS counted
    ORDER BY word
    ON CONFLICT (word) DO UPDATE SET clients = clients_searchname.clients + excluded.clients,
            has_restricted = clients_searchname.has_restricted OR excluded.has_restricted
        WHERE excluded.clients > 0 OR excluded.has_restricted
"""
KEYS = """
    INSERT INTO clients_searchkey (client_id, words, other_words, dob, ssn, ssn_last4, hud_id, is_deleted,
        is_restricted)
    SELECT client_id, words, other_words, dob, ssn, ssn_last4, hud_id, is_deleted, is_restricted
    FROM fresh_search_key
    ON CONFLICT (client_id) DO UPDATE SET
        words = excluded.words, other_words = excluded.other_words, dob = excluded.dob,
        ssn = excluded.ssn, ssn_last4 = excluded.ssn_last4,
        hud_id = excluded.hud_id, is_deleted = excluded.is_deleted, is_restricted = excluded.is_restricted
"""
# From here on the planner's old figures would mislead it, and a first load is faster without indexes.
MANY = 20_000


def refresh(cursor: Any, *, data_source_id: int, since: Any = None) -> int:
    """Gather and write at once; returns of how many clients."""
    gather(cursor, data_source_id=data_source_id, since=since)
    return write(cursor)


def gather(cursor: Any, *, data_source_id: int, since: Any = None) -> None:
    """Make the search keys of a data source's clients, for `write`.

    `cursor` is of a connection as hearth_loader, inside the transaction that wrote the clients. `since`: a
    moment; only clients whose `updated_at` is not before it, or who have no keys yet. None: all of them.
    """
    cursor.execute(FRESH, {"data_source": data_source_id, "since": since})


def write(cursor: Any) -> int:
    """Write the search keys that `gather` has made in this transaction; returns of how many clients."""
    cursor.execute("SELECT count(*) FROM fresh_search_key")
    (clients,) = cursor.fetchone()
    if clients:
        cursor.execute(NAMES)
        if clients >= MANY:
            cursor.execute("SELECT hearth_search_without_indexes()")
        cursor.execute(KEYS)
        if clients >= MANY:
            cursor.execute("SELECT hearth_search_indexes()")
            cursor.execute("ANALYZE clients_searchname, clients_searchkey")
    cursor.execute("DROP TABLE fresh_search_key")
    return int(clients)
