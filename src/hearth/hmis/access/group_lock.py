"""The lock of a group of projects: giving a grant for it and changing what is in it wait for each other."""

from django.db import connection


def lock_project_group(pk: int) -> None:
    """Until the transaction ends nobody else gives a grant for this group of projects, or changes what is in
    it: each is checked against the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('project_group', %s))", [pk])
