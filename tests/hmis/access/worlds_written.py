"""Random worlds (`worlds.py`) in the database: most as rows that are copied with triggers off, some written
through the models as an administrator writes them."""

import random
from collections import defaultdict
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import psycopg
from django.apps import apps
from django.db import connection as web
from django.db import models
from psycopg import sql

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.policies_sql import history_table
from tests.hmis.access.worlds import Row, World, every_row
from tests.reference.access.rows import by_id, writers

WHEN = datetime(2026, 1, 5, 9, 30)
ENTRY = date(2026, 1, 5)
_BIRTH = date(1900, 1, 1)
Connection = psycopg.Connection[Any]


def birth_day(world: World) -> date:
    """The day on which everybody in a world was born, and nobody in another one."""
    return _BIRTH + timedelta(days=int(world["place"]))


def write(connection: Connection, administrator: User, worlds: list[World]) -> None:
    """`connection`: a superuser's. What triggers would set is set by the twin."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for world in worlds:
        _frame(world, rows)
        if not world["by_models"]:
            _client_data(world, rows)
            rows["clients_restriction"] += world["restrictions"]
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        # Every role in every kind of scope: who may hold what is for other tests.
        connection.execute(
            "INSERT INTO access_rolescope SELECT r.role, s.scope"
            " FROM (SELECT DISTINCT role FROM access_rolescope) r,"
            " unnest('{state,organization,project,project_group,coc,funding}'::text[]) AS s (scope)"
            " ON CONFLICT DO NOTHING"
        )
        for table, copied in rows.items():
            _copy(connection, table, copied)
    for world in worlds:
        if world["by_models"]:
            _through_models(world, administrator)
            _read_versions(connection, world)
    connection.execute("ANALYZE")


def _frame(world: World, rows: dict[str, list[Row]]) -> None:
    """Organizations, projects, users, grants: what has no triggers that decide who sees what."""
    name = f"Invented {world['first']}"
    rows["organizations_datasource"].append({"id": world["source"], "name": name})
    for number in world["organizations"]:
        rows["organizations_organization"].append(_hud(world, {"id": number, "organization_name": name}))
    for one in world["projects"]:
        rows["organizations_project"].append(_hud(world, one))
    for one in world["cocs"]:
        rows["organizations_projectcoc"].append(_hud(world, one))
    for one in world["funders"]:
        rows["organizations_funder"].append(_hud(world, one))
    rows["organizations_projectgroup"] += [one | {"name": f"{name} {one['id']}"} for one in world["groups"]]
    rows["organizations_projectgroup_projects"] += world["members"]
    rows["access_user"] += [one | {"email": f"person{one['id']}@example.org"} for one in world["users"]]
    rows["access_grant"] += world["grants"]
    rows["lists_keptview"] += [one | {"list": f"people {one['id']}"} for one in world["views"]]
    rows["clients_recentclient"] += world["recent"]


def _hud(world: World, row: Row) -> Row:
    """A row of one of HUD's files, as all of them are."""
    stored = {"data_source_id": world["source"], "hud_id": f"T{row['id']}"} | row
    stored["date_deleted"] = WHEN if stored.pop("is_deleted", False) else None
    return stored


def decides(world: World, enrollment: Row) -> Row:
    """What a row of an enrollment says about who sees it."""
    return {
        "organization_id": by_id(world, "projects", enrollment["project_id"])["organization_id"],
        "project_id": enrollment["project_id"],
        "is_shared": enrollment["is_shared"],
        "shared_until": enrollment["shared_until"],
        "is_restricted": by_id(world, "clients", enrollment["client_id"])["is_restricted"],
    }


def _client_data(world: World, rows: dict[str, list[Row]]) -> None:
    stored: dict[tuple[str, int], Row] = {}
    for kind, row in every_row(world):
        taken = {name: value for name, value in row.items() if not name.startswith(("was_", "removed_"))}
        taken.pop("kind", None)
        is_removed = taken.pop("is_removed")
        if kind == "clients_client":
            taken |= {"first_name": "Invented", "dob": birth_day(world)}
        elif kind == "enrollments_enrollment":
            taken |= decides(world, row) | {"entry_date": ENTRY, "household_id": str(row["id"])}
        else:
            taken |= decides(world, by_id(world, "enrollments", row["enrollment_id"]))
        stored[kind, row["id"]] = _hud(world, taken)
        if not is_removed:
            rows[kind].append(stored[kind, row["id"]])
            if kind == "clients_client":
                rows["clients_searchkey"].append(
                    {"client_id": row["id"], "words": "{invented}", "dob": birth_day(world),
                     "hud_id": f"t{row['id']}", "is_deleted": row["is_deleted"],
                     "is_restricted": row["is_restricted"]}
                )  # fmt: skip
    for version in world["versions"]:
        row = stored[version["kind"], version["of"]]
        old = row | {name: version[name] for name in ("user_id", "updated_by_id", "data_source_id")}
        old |= {
            "pgh_id": version["id"], "pgh_obj_id": version["of"], "pgh_label": version["label"],
            "pgh_created_at": WHEN, "pgh_changed_by": version["changed_by"],
        }  # fmt: skip
        if version["kind"] == "enrollments_enrollment":
            old["pgh_moved_from"] = by_id(world, "enrollments", version["of"])["was_in"]
        rows[f"{version['kind']}history"].append(old)
    names = ("organization_id", "data_source_id", "user_id", "account_id")
    rows["enrollments_writer"] += [
        dict(zip(names, writer, strict=True)) for writer in sorted(writers(world), key=str)
    ]


def _copy(connection: Connection, table: str, rows: list[Row]) -> None:
    if not rows:
        return
    needed = _needed(connection, table)
    names = sorted({name for row in rows for name in row} | set(needed))
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
    with connection.cursor() as cursor, cursor.copy(statement) as target:
        for row in rows:
            target.write_row([row.get(name, needed.get(name)) for name in names])


def _needed(connection: Connection, table: str) -> dict[str, Any]:
    """Columns that must hold something, with something of their type."""
    found = connection.execute(
        "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND attnotnull AND NOT attisdropped"
        " AND attidentity = ''",
        [table],
    ).fetchall()
    filled = {
        "boolean": False, "timestamp with time zone": WHEN, "date": ENTRY, "text[]": "{}", "jsonb": "{}",
        "text": "", "character varying": "",
    }  # fmt: skip
    return {name: filled.get(kind, 0) for name, kind in found}


# ------------------------------------------------------------ through the models


@cache
def model_of_table(table: str) -> type[models.Model]:
    return next(model for model in apps.get_models() if model._meta.db_table == table)


def _through_models(world: World, administrator: User) -> None:
    """Rows are added as they were, and then changed, moved, shared, restricted and removed in some order."""
    dice = random.Random(world["seed"])
    written = ("id", "data_source_id", "user_id", "updated_by_id")
    with acting(administrator):
        for kind, row in every_row(world):
            values = {name: row[name] for name in written} | {"hud_id": f"T{row['id']}"}
            if kind == "clients_client":
                values |= {"first_name": "Invented", "dob": birth_day(world)}
            elif kind == "enrollments_enrollment":
                values |= {
                    "client_id": row["client_id"], "project_id": row["was_in"] or row["project_id"],
                    "is_shared": row["was_shared"], "entry_date": ENTRY, "household_id": str(row["id"]),
                }  # fmt: skip
            else:
                values |= {name: row[name] for name in ("enrollment_id", "assessment_id") if name in row}
            model_of_table(kind)._default_manager.create(**values)
        _change(world, dice)


def _change(world: World, dice: random.Random) -> None:
    rows = every_row(world)
    dice.shuffle(rows)

    def remove(kind: str, row: Row) -> None:
        with web.cursor() as cursor:
            cursor.execute(f'DELETE FROM "{kind}" WHERE id = %s', [row["id"]])

    def remove_records(*, before_move: bool) -> None:
        for kind, row in rows:
            if row["is_removed"] and "enrollment_id" in row and row["removed_before_move"] == before_move:
                remove(kind, row)

    def now(kind: str, **values: Any) -> Any:
        return lambda number: model_of_table(kind)._default_manager.filter(pk=number).update(**values)

    remove_records(before_move=True)
    for kind, row in rows:
        if kind == "clients_client":
            _restrict(world, row["id"])
        elif kind == "enrollments_enrollment":
            shared = {"is_shared": row["is_shared"], "shared_until": row["shared_until"]}
            now(kind, project_id=row["project_id"])(row["id"])
            now(kind, **shared)(row["id"])
        if row["is_deleted"]:
            now(kind, date_deleted=WHEN)(row["id"])
        if dice.random() < 0.3:
            now(kind, as_it_came={"X": "touched"})(row["id"])
    remove_records(before_move=False)
    for table in ("enrollments_enrollment", "clients_client"):
        for kind, row in rows:
            if kind == table and row["is_removed"]:
                remove(kind, row)


def _restrict(world: World, client: int) -> None:
    restrictions = model_of_table("clients_restriction")._default_manager
    for one in world["restrictions"]:
        if one["client_id"] == client:
            restrictions.create(**one | {"ended_at": None})
            if one["ended_at"]:
                restrictions.filter(pk=one["id"]).update(end_reason="over")


def _read_versions(connection: Connection, world: World) -> None:
    for table in sorted({kind for kind, _ in every_row(world)}):
        history = history_table(model_of_table(table))
        assert history is not None
        found = connection.execute(
            sql.SQL(
                "SELECT pgh_id, pgh_obj_id, pgh_label, data_source_id, user_id, updated_by_id, pgh_changed_by"
                " FROM {} WHERE pgh_obj_id BETWEEN %s AND %s ORDER BY pgh_id"
            ).format(sql.Identifier(history)),
            [world["first"], world["last"]],
        ).fetchall()
        names = ("id", "of", "label", "data_source_id", "user_id", "updated_by_id", "changed_by")
        world["versions"] += [dict(zip(names, row, strict=True)) | {"kind": table} for row in found]
    removed = {(kind, row["id"]) for kind, row in every_row(world) if row["is_removed"]}
    gone = {(one["kind"], one["of"]) for one in world["versions"] if one["label"] == "before_delete"}
    assert removed == gone, "A removed row leaves a version, and no other does"
