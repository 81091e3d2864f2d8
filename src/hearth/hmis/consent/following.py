"""What follows from clients' answers is worked out in the database (ADR 0029, consent migrations)."""

from django.db import connection


def follow_answers(clients: list[int]) -> int:
    """Let the answers of these clients decide; how many rows are open otherwise than before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hearth_follow_answers(%s::bigint[])", [clients])
        return int(cursor.fetchone()[0])
