"""What follows from clients' answers is worked out in the database (ADR 0029, consent migrations)."""

from dataclasses import dataclass, fields
from typing import Self

from django.db import connection


@dataclass(frozen=True, slots=True)
class Changed:
    """How many rows an answer opened to other organizations and closed to them, and how many exports and
    reports closed with them. `touched`: all rows that are open otherwise than before, deleted ones and those
    too that were not and are not to be seen, such as where an end moved."""

    touched: int = 0
    enrollments_opened: int = 0
    enrollments_closed: int = 0
    records_opened: int = 0
    records_closed: int = 0
    runs_closed: int = 0

    def __add__(self, other: Self) -> "Changed":
        return Changed(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Changed)))


def follow_answers(clients: list[int]) -> int:
    """Let the answers of these clients decide; how many rows are open otherwise than before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hearth_follow_answers(%s::bigint[])", [clients])
        return int(cursor.fetchone()[0])


def follow_and_count(clients: list[int]) -> Changed:
    """The same, counted by what opened and closed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM hearth_follow_and_count(%s::bigint[])", [clients])
        return Changed(*map(int, cursor.fetchone()))
