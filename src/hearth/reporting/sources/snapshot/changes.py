"""Which records of the database changed since the last state, whenever their transaction began or ended.

PostgreSQL keeps with every row the transaction (xid) that wrote it, so that a row which the last state did
not see says so itself: its xid is not below the oldest one that was under way then (`xmin` of the state's
snapshot). But no index finds rows by xid. So a search first narrows down where such rows can be: every change
and removal of a record leaves its old version in a history table, and every new record has a higher number
than those before it; both have an index. What a *mark* remembers of a state is how far the numbers of both
went in it, and the snapshot of transactions it was read with.

A transaction that commits late has lower numbers than later ones. It took its xid before it wrote, and so
after any earlier state that saw no transaction as new as that one. So the search begins at the latest mark
all of whose transactions (up to `xmax`) are older than the oldest one under way (`xmin`) in the last state. A
record gets its number a moment before its transaction must have an xid; an overlap of numbers is far more
than can be taken in that moment.

Where no mark is old enough, and now and then to be sure (`thorough`), every row is asked for its xid. This
needs no history, but reads all tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hearth.reporting.engine import name, text

from .reading import Reading
from .relations import Relation, Relations

#: So many numbers of records before the mark are looked at again.
_OVERLAP = 10_000
_MARKS_KEPT = 200
_XIDS = 1 << 32
#: A state of so many transactions ago cannot be compared any more.
MOST_XIDS = 1 << 30

Mark = dict[str, Any]


def take_mark(reading: Reading, relations: Relations) -> Mark:
    """The mark of what this transaction sees."""
    asked = [
        "pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin",
        "pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xmax",
    ]
    followed = [one for one in relations.files if one.history is not None]
    for number, relation in enumerate(followed):
        assert relation.history is not None
        asked.append(f"(SELECT coalesce(max(id), 0) FROM {name(relation.table)}) AS new{number}")
        asked.append(f"(SELECT coalesce(max(pgh_id), 0) FROM {name(relation.history)}) AS old{number}")
    xmin, xmax, *numbers = reading.rows(f"SELECT {', '.join(asked)}")[0]
    by_file = {
        relation.name: [int(numbers[2 * place]), int(numbers[2 * place + 1])]
        for place, relation in enumerate(followed)
    }
    return {"xmin": int(xmin), "xmax": int(xmax), "numbers": by_file}


def bound(marks: Sequence[Mark]) -> Mark | None:
    """The latest mark from which on a search finds all that the last mark's state did not see."""
    last = marks[-1]
    return next((mark for mark in reversed(marks) if mark["xmax"] <= last["xmin"]), None)


def still_useful(marks: Sequence[Mark]) -> list[Mark]:
    """Those that a later `bound` may need."""
    oldest = bound(marks)
    kept = list(marks) if oldest is None else list(marks[marks.index(oldest) :])
    return kept[-_MARKS_KEPT:]


def changed(reading: Reading, relation: Relation, since: Mark, last: Mark) -> list[int]:
    """Numbers of the records that the state of the mark `last` did not see as they are now, removed ones and
    some that it did see among them. `since` is the `bound`."""
    new, old = since["numbers"][relation.name]
    assert relation.history is not None
    unseen = _unseen(last["xmin"])
    return _ids(
        reading,
        f"SELECT id FROM {name(relation.table)} WHERE id > {new - _OVERLAP} AND {unseen}"
        f" UNION SELECT pgh_obj_id FROM {name(relation.history)} WHERE pgh_id > {old} AND {unseen}",
    )


def written_since(reading: Reading, relation: Relation, xmin: int) -> tuple[list[int], int]:
    """Numbers of the records that a transaction from `xmin` on wrote, and how many records there are. Reads
    the whole table."""
    table = name(relation.table)
    ids = _ids(reading, f"SELECT id FROM {table} WHERE {_unseen(xmin)}")
    return ids, int(reading.rows(f"SELECT count(*) AS rows FROM {table}")[0][0])


def naming(reading: Reading, relation: Relation, column: str, records: Sequence[int]) -> list[int]:
    """Numbers of the records whose reference in `column` is one of `records`."""
    return _ids(reading, f"SELECT id FROM {name(relation.table)} WHERE {is_one_of(column, records)}")


def is_one_of(column: str, numbers: Sequence[int]) -> str:
    """PostgreSQL's SQL; by index, however many there are."""
    return f"{name(column)} = ANY ('{{{','.join(map(str, numbers))}}}'::bigint[])"


def _unseen(xmin: int) -> str:
    """PostgreSQL's SQL: a transaction wrote the row that a state with this xmin may not have seen."""
    return f"age(xmin) <= age({text(str(xmin % _XIDS))}::xid)"


def _ids(reading: Reading, query: str) -> list[int]:
    return [number for (number,) in reading.rows(query)]
