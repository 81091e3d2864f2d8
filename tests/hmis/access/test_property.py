"""On random worlds, what the database and the application let somebody see and do is what the twin says.

Seeds are fresh in each run. A failure prints the world's seed: `HEARTH_WORLDS=<seed>` makes the same worlds
again, `HEARTH_WORLDS=<seed>/<place>` that world alone.
"""

import json
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Value
from django.utils import timezone

from hearth.hmis.access import policies_sql
from hearth.hmis.access.context import acting, set_acting_user
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.roles import ROLES
from hearth.hmis.access.row_policies import OfProject, Open, RestrictedModel
from hearth.hmis.clients.queries import ask as search
from hearth.hmis.clients.search.question import Question, read
from hearth.hmis.consent.who_sees import asked
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.exchange.exporting import selection
from hearth.hmis.exchange.exporting.request import ExportRequest
from hearth.hmis.organizations.models import DataSource
from hearth.hmis.reports import records
from hearth.reporting import engine
from hearth.standards.load import LATEST, load
from tests import factories, sizes
from tests.hmis.access import worlds, worlds_written
from tests.hmis.access.worlds import Row, World
from tests.reference.access import rights, rows

pytestmark = pytest.mark.long

AT_ONCE = 100
SEED, _, ONLY = (os.environ.get("HEARTH_WORLDS") or f"{random.SystemRandom().randrange(10**9)}").partition(
    "/"
)

#: Records of an enrollment → whether they hang on an assessment, too. New ones come in by themselves.
RECORDS = {
    model._meta.db_table: "assessment" in {field.name for field in model._meta.fields}
    for model in apps.get_models()
    if issubclass(getattr(model, "row_policy", Open), OfProject) and model is not Enrollment
}
#: Tables with policies whose rows are in the worlds.
HERE = {
    "clients_client", "enrollments_enrollment", *RECORDS, "access_grant", "clients_restriction",
    "organizations_projectgroup", "organizations_projectgroup_projects", "lists_keptview",
    "clients_recentclient",
}  # fmt: skip
HISTORIES = {"clients_clienthistory", "enrollments_enrollmenthistory", *(f"{one}history" for one in RECORDS)}
#: Tables with policies of which other tests show who sees them. A new table belongs above or here.
ELSEWHERE = {
    "access_requirementmet": "tests/hmis/access/test_requirements.py",
    "access_requirementversion": "tests/hmis/access/test_requirements.py",
    "clients_contact": "tests/hmis/clients/test_contact.py",
    "clients_contacthistory": "tests/hmis/clients/test_contact.py",
    "clients_familytie": "tests/hmis/clients/test_family.py",
    "clients_familytiehistory": "tests/hmis/clients/test_family.py",
    "clients_notthesame": "tests/hmis/clients/intake",
    "clients_othername": "tests/hmis/clients/test_other_names.py",
    "clients_othernamehistory": "tests/hmis/clients/test_other_names.py",
    "clients_spokenlanguage": "tests/hmis/clients/test_contact.py",
    "clients_spokenlanguagehistory": "tests/hmis/clients/test_contact.py",
    "consent_consentdocument": "tests/hmis/consent",
    "consent_consentdocumenthistory": "tests/hmis/consent",
    "consent_consent": "tests/hmis/consent",
    "consent_consenthistory": "tests/hmis/consent",
    "consent_consenttaking": "tests/hmis/consent",
    "consent_consenttakinghistory": "tests/hmis/consent",
    "enrollments_casemanager": "tests/hmis/enrollments/test_case_manager.py",
    "enrollments_casemanagerhistory": "tests/hmis/enrollments/test_case_manager.py",
    "enrollments_checkanswer": "tests/hmis/enrollments/checks",
    "enrollments_formerclient": "tests/hmis/enrollments/household/test_moving.py",
    "consent_sealedfile": "tests/hmis/consent/test_sealed_files.py",
    "enrollments_draft": "tests/hmis/enrollments/drafts",
    "enrollments_draftanswer": "tests/hmis/enrollments/drafts",
    "exchange_exportrun": "tests/hmis/jobs/test_rights.py",
    "exchange_importrun": "tests/hmis/jobs/test_rights.py",
    "exchange_keptrecord": "tests/hmis/exchange/test_import_corrected.py",
    "jobs_shareduse": "tests/hmis/jobs/test_shared_use.py",
    "reports_reportrun": "tests/hmis/jobs/test_rights.py",
}  # fmt: skip
#: Old versions of a client tell who wrote them; what a client's other rows say is decided by the row alone.
NUMBER = {table: "pgh_id" if table in HISTORIES else "id" for table in HERE | HISTORIES}
OF = {table: "pgh_obj_id" if table in HISTORIES else "id" for table in NUMBER}


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody of a world who acts; `user` is empty where nobody does."""

    world: World
    user: int | None

    def says(self, twin: set[Any], product: set[Any], what: str) -> None:
        """Fail in words where the twin and the product differ."""
        if twin == product:
            return
        place = f"{SEED}/{self.world['place']}"
        more, less = product - twin, twin - product
        lines = [f"{what}: the product and the twin differ (HEARTH_WORLDS={place})"]
        for title, differs in (("the product lets through", more), ("the product hides", less)):
            if differs:
                shown = {one for one in differs if isinstance(one, tuple)}
                lines.append(f"{title}, against the twin: {sorted(differs, key=str)[:6]}")
                lines += rows.in_words(self.world, self.user, shown)
        pytest.fail("\n".join(lines), pytrace=False)


def _roles() -> dict[str, tuple[set[str], list[str]]]:
    return {
        code: ({str(one) for one in role.permissions}, [scope.code for scope in role.scopes])
        for code, role in ROLES.items()
    }


@pytest.fixture(scope="module", params=range(sizes.size(3, 100)))
def made(
    request: pytest.FixtureRequest, database_of_module: None, test_database: Any, django_db_blocker: Any
) -> Iterator[tuple[list[World], User]]:
    """The worlds of one load, and the administrator who wrote some of them."""
    with django_db_blocker.unblock():
        administrator = factories.make_administrator()
        hearth, _ = DataSource.objects.get_or_create(is_hearth=True, defaults={"name": "Entered here"})
        places = [int(ONLY)] if ONLY else range(request.param * AT_ONCE, (request.param + 1) * AT_ONCE)
        these = [
            worlds.make(
                f"{SEED}/{place}", place, _roles(), RECORDS, hearth.pk, administrator.pk, timezone.localdate()
            )
            for place in places
        ]
        with test_database._connect() as superuser:
            worlds_written.write(superuser, administrator, these)
        yield these, administrator
        connection.close()
        test_database.reset()


def actors(these: list[World], share: float = 1.0) -> list[Actor]:
    """Users of the worlds, and sometimes nobody; a share of them that is the same for a seed."""
    dice = random.Random(SEED)
    found = [Actor(world, user["id"]) for world in these for user in world["users"]]
    found += [Actor(world, None) for world in these[::10]]
    return [actor for actor in found if share == 1.0 or dice.random() < share]


def ask(statement: str, parameters: Any = None) -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return set(cursor.fetchall())


_names = count(1)


@contextmanager
def prepared(statement: str) -> Iterator[str]:
    """A transaction with a statement that is planned once; what begins its EXECUTE."""
    name = f"asked_{next(_names)}"  # one that failed stays until the connection is closed
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(f"PREPARE {name} (bigint, bigint) AS {statement}")
        yield f"EXECUTE {name}"
        cursor.execute(f"DEALLOCATE {name}")


READS = " UNION ALL ".join(
    f"SELECT '{table}', {NUMBER[table]} FROM \"{table}\" WHERE {OF[table]} BETWEEN $1 AND $2"  # ours
    for table in sorted(NUMBER)
)


def test_what_is_read_in_the_database(made: tuple[list[World], User]) -> None:
    these, _ = made
    with prepared(READS) as reads:
        for actor in actors(these, 0.8):
            set_acting_user(actor.user)
            seen = ask(f"{reads} ({actor.world['first']}, {actor.world['last']})")
            actor.says(rows.readable(actor.world, actor.user), seen, "SELECT")


def test_what_restrict_lets_through(made: tuple[list[World], User]) -> None:
    """Asked while an administrator acts, so that the database hides nothing. Of records, whose policy is one,
    two kinds for each user. What the database alone decides (grants, whose scopes lie in one another,
    restrictions, and what is somebody's own) `restrict` leaves to it."""
    these, administrator = made
    models = {
        model._meta.db_table: model for model in apps.get_models() if issubclass(model, RestrictedModel)
    }
    always = HERE - set(RECORDS) - {*ENDED, "lists_keptview", "clients_recentclient"}
    dice = random.Random(SEED)
    with acting(administrator):
        users = User.objects.in_bulk([actor.user for actor in actors(these) if actor.user])
        for actor in actors(these, 0.5):
            if actor.user is None:
                continue
            tables = [one for one in [*sorted(always), *dice.sample(sorted(RECORDS), 2)] if one in models]
            found = [
                models[table]
                .objects.restrict(users[actor.user])
                .filter(pk__range=(actor.world["first"], actor.world["last"]))
                .order_by()
                .values_list(Value(table), "pk")
                for table in tables
            ]
            twin = {one for one in rows.readable(actor.world, actor.user) if one[0] in tables}
            if not users[actor.user].is_active:  # groups are nobody's secret, and yet not of a closed account
                twin = set()
            actor.says(twin, set(found[0].union(*found[1:], all=True)), "restrict")


def test_what_a_search_finds(made: tuple[list[World], User]) -> None:
    """By number, and by the day on which all of the world were born."""
    these, _ = made
    for actor in actors(these, 0.3):
        numbers = tuple(str(client["id"]) for client in actor.world["clients"])
        born = worlds_written.birth_day(actor.world)
        twin = rows.found_by_number(actor.world, actor.user)
        with transaction.atomic():
            set_acting_user(actor.user)
            for asked in (Question(ids=numbers), read(born.isoformat(), actor.world["today"])):
                found = {row[0] for row in search(asked, actor.world["today"], skip=0)}
                found = {one for one in found if actor.world["first"] <= one <= actor.world["last"]}
                tell = {("clients_client", one) for one in found}
                actor.says({("clients_client", one) for one in twin}, tell, "search")


def test_who_is_told_to_see_a_client(made: tuple[list[World], User]) -> None:
    """The page on who can see a client says of everybody what the twin says, and nothing of stays that its
    reader does not see."""
    these, _ = made
    for actor in actors(these, 0.03):
        if actor.user is None:
            continue
        world = actor.world
        mine = rows.readable(world, actor.user)
        for client in world["clients"]:
            with transaction.atomic():
                set_acting_user(actor.user)
                told = asked(client["id"])
                assert ask("SELECT hearth_user_id()") == {(actor.user,)}
            if ("clients_client", client["id"]) not in mine:
                actor.says(set(), {str(one) for one in told}, "who sees a hidden client")
                continue
            stays = {
                one["id"] for one in world["enrollments"]
                if one["client_id"] == client["id"] and not one["is_deleted"] and not one["is_removed"]
            }  # fmt: skip
            stays = {one for one in stays if ("enrollments_enrollment", one) in mine}
            actor.says(set(), {one["stay"] for one in told} - stays - {None}, "stays of others")
            for user in world["users"]:
                twin = rows.readable(world, user["id"])
                for stay, row, may in (
                    (None, ("clients_client", client["id"]), "client_view"),
                    *((stay, ("enrollments_enrollment", stay), "enrollment_view") for stay in stays),
                ):
                    _holds(actor, user, [one for one in told if one["stay"] == stay], row in twin, may)


def _holds(actor: Actor, user: Row, told: list[Row], sees: bool, may: str) -> None:
    """What is told of who sees one row, beside whether somebody does."""
    where = [
        "role", "scope", "organization_id", "project_id", "project_group_id", "coc_code", "funder",
        "funding_grant_id",
    ]  # fmt: skip
    today = actor.world["today"]
    held = [
        grant for grant in actor.world["grants"]
        if grant["user_id"] == user["id"] and user["is_active"] and grant["ended_at"] is None
        and grant["begins_on"] <= today and (grant["ends_on"] is None or grant["ends_on"] > today)
    ]  # fmt: skip
    named = any(
        one["why"] == "grant" and all(one[name] == grant[name] for name in where)
        for one in told
        for grant in held
    )
    ways = {one["why"] for one in told}
    everybody = "all" in ways and any(may in actor.world["roles"][grant["role"]] for grant in held)
    if named or everybody:
        actor.says({"sees"}, {"sees"} if sees else set(), f"{user['id']} is told to see {may}")
    # Whoever sees a restricted client by stays that the reader does not see is not told.
    elif sees and (may == "enrollment_view" or "all" in ways):
        actor.says({"in common"}, {"in common"} if "common" in ways else set(), f"{user['id']} sees {may}")


#: A change that says nothing new, of each table that may be changed.
SAYS_NOTHING = {
    "access_grant": "end_reason = 'over'", "clients_restriction": "end_reason = 'over'",
    "organizations_projectgroup": "name = name",
    "organizations_projectgroup_projects": "project_id = project_id", "lists_keptview": "name = name",
    "clients_recentclient": "opened_at = opened_at",
}  # fmt: skip


def in_each(tables: set[str], statement: Callable[[str], str]) -> str:
    """One statement that changes all tables and returns (table, id) of what it reached."""
    parts = ", ".join(f"{table}_ AS ({statement(table)} RETURNING id)" for table in sorted(tables))
    told = " UNION ALL ".join(f"SELECT '{table}', id FROM {table}_" for table in sorted(tables))
    return f"WITH {parts} {told}"


#: What is ended and never changed.
ENDED = {"access_grant": "grants", "clients_restriction": "restrictions"}
UPDATES = in_each(
    HERE,
    lambda table: (
        f"UPDATE {table} SET {SAYS_NOTHING.get(table, 'is_faulty = is_faulty')} WHERE id BETWEEN $1 AND $2"
        + (" AND ended_at IS NULL" if table in ENDED else "")
    ),
)
DELETES = in_each(HERE - set(ENDED), lambda table: f"DELETE FROM {table} WHERE id BETWEEN $1 AND $2")


@pytest.mark.parametrize(
    ("name", "statement", "twin", "share"),
    [("UPDATE", UPDATES, rows.changeable, 0.3), ("DELETE", DELETES, rows.removable, 0.2)],
    ids=["update", "delete"],
)
def test_what_is_changed_and_removed(
    made: tuple[list[World], User], name: str, statement: str, twin: Any, share: float
) -> None:
    these, _ = made
    with prepared(statement) as changes:
        for actor in actors(these, share):
            over = {
                (table, one["id"])
                for table, name in ENDED.items()
                for one in actor.world[name]
                if one["ended_at"]
            }
            with transaction.atomic():
                set_acting_user(actor.user)
                reached = ask(f"{changes} ({actor.world['first']}, {actor.world['last']})")
                transaction.set_rollback(True)
            actor.says(twin(actor.world, actor.user) - over, reached, name)


#: What PostgreSQL says of what may not be: no right, or the enrollment "is not there, or not yours to use".
REFUSED = ("42501", "23503")


def tried(statement: str, parameters: Any = None, *, stays: bool = False) -> int | None:
    """How many rows a statement reached, or None where it was refused. What it did is undone at once, so that
    the next try finds the world as the twin knows it, unless it `stays`."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            reached = cursor.rowcount
            if not stays:
                transaction.set_rollback(True)
            return reached
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") not in REFUSED:
            raise
        return None


def added(table: str, row: Row, *, stays: bool = False) -> bool:
    """Whether a row gets in: without RETURNING, so that the INSERT policy alone is asked."""
    names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"
    return tried(statement, list(row.values()), stays=stays) == 1


def test_what_is_added_and_moved(made: tuple[list[World], User]) -> None:
    these, administrator = made
    dice = random.Random(SEED)
    scopes = {code: scopes for code, (_, scopes) in _roles().items()}
    for actor in actors(these, 0.2):
        with transaction.atomic():
            set_acting_user(actor.user)
            _tries(actor, dice, scopes, administrator)
            transaction.set_rollback(True)


def _tries(actor: Actor, dice: random.Random, scopes: dict[str, list[str]], administrator: User) -> None:
    world, user = actor.world, actor.user
    enrollment = dice.choice([one for one in world["enrollments"] if not one["is_removed"]] or [None])
    project = dice.choice(world["projects"])["id"]
    somebody = dice.choice(world["users"])["id"]
    client = world["clients"][0]["id"]
    hud = {"data_source_id": world["source"], "hud_id": "added"}
    claims = {"organization_id": world["organizations"][0], "project_id": project, "is_shared": True}
    outcomes: dict[str, tuple[bool, bool]] = {
        "a client": (rights.somewhere(world, user, "client_edit"), added("clients_client", hud)),
        "an enrollment": (
            rights.may(world, user, "enrollment_edit", project) and rows.knows(world, user, client),
            added("enrollments_enrollment", hud | claims | {"client_id": client}),
        ),
        "a kept view of somebody": (
            user == somebody,
            added("lists_keptview", {"user_id": somebody, "list": "added", "name": "", "asked": ""}),
        ),
        "a group": (
            rights.somewhere(world, user, "user_edit"),
            added("organizations_projectgroup", {"name": f"added by {user}"}),
        ),
    }
    grant = worlds.a_grant(world, dice, scopes, somebody)
    if not worlds.stands_already(world, grant) and grant["ended_at"] is None:
        outcomes[f"a grant {grant}"] = (rights.may_give(world, user, grant), added("access_grant", grant))
    recent = {"user_id": somebody, "client_id": world["clients"][-2]["id"]}
    if not any(recent.items() <= one.items() for one in world["recent"]):
        sees = rights.somewhere(world, user, "client_view")
        outcomes["a recent client"] = (user == somebody and sees, added("clients_recentclient", recent))
    if world["groups"]:
        group = dice.choice(world["groups"])["id"]
        put = {"projectgroup_id": group, "project_id": project}
        if not any(put.items() <= one.items() for one in world["members"]):
            outcomes[f"project {project} into group {group}"] = (
                rights.may_put(world, user, group, project),
                added("organizations_projectgroup_projects", put),
            )
    history = dice.choice(sorted(HISTORIES))
    for statement in (
        f"INSERT INTO {history} SELECT * FROM {history}",
        f"UPDATE {history} SET pgh_label = 'other'",
        f"DELETE FROM {history}",
    ):
        outcomes[statement] = (False, bool(tried(statement)))
    if enrollment is not None:
        outcomes |= _tries_records(actor, dice, enrollment, project, hud | claims, administrator)
    restriction = {
        "client_id": client, "organization_id": dice.choice(world["organizations"]), "reason": "Invented",
        "begins_on": world["today"],
    }  # fmt: skip
    outcomes[f"a restriction {restriction}"] = (
        rows.may_restrict(world, user, restriction),
        added("clients_restriction", restriction),
    )
    for what, (twin, product) in outcomes.items():
        actor.says({what} if twin else set(), {what} if product else set(), "writing")


def _tries_records(
    actor: Actor, dice: random.Random, enrollment: Row, project: int, claims: Row, administrator: User
) -> dict[str, tuple[bool, bool]]:
    """A record that claims a project, an enrollment that goes to it, and a record that goes elsewhere."""
    world, user = actor.world, actor.user
    kind = dice.choice([kind for kind, on_assessment in RECORDS.items() if not on_assessment])
    while kind == "enrollments_exit":  # one for each enrollment, and never before its start
        kind = dice.choice([kind for kind, on_assessment in RECORDS.items() if not on_assessment])
    is_added = added(kind, claims | {"enrollment_id": enrollment["id"]}, stays=True)
    outcomes = {
        f"{kind} of {enrollment} that claims project {project}": (
            rows.may_add(world, user, enrollment, project),
            is_added,
        )
    }
    if is_added:
        set_acting_user(administrator.pk)
        decides = worlds_written.decides(world, enrollment)
        stored = ask(f"SELECT {', '.join(decides)} FROM {kind} WHERE hud_id = 'added'")
        assert stored == {tuple(decides.values())}, "What a record repeats is its enrollment's"
        set_acting_user(user)
    is_ones_own = rows.sees_enrollment(world, user, enrollment) and rows.edits_enrollment(
        world, user, enrollment
    )
    there = rights.may(world, user, "enrollment_edit", project)
    move = "UPDATE enrollments_enrollment SET project_id = %s, is_shared = true WHERE id = %s"
    moved = tried(move, [project, enrollment["id"]])
    outcomes[f"{enrollment} to project {project}"] = (is_ones_own and there, bool(moved))
    mine = [
        one for one in world["records"] if one["enrollment_id"] == enrollment["id"] and not one["is_removed"]
    ]
    others = [one for one in world["enrollments"] if not one["is_removed"] and one is not enrollment]
    if mine and others:
        record, other = mine[0], others[0]
        if record["kind"] != "enrollments_exit":
            goes = tried(
                f"UPDATE {record['kind']} SET enrollment_id = %s WHERE id = %s", [other["id"], record["id"]]
            )
            its_own = rows.sees_enrollment(world, user, other) and rows.edits_enrollment(world, user, other)
            outcomes[f"{record} to {other}"] = (is_ones_own and its_own, bool(goes))
    return outcomes


def test_what_somebody_may_do_and_give(made: tuple[list[World], User]) -> None:
    these, _ = made
    dice = random.Random(SEED)
    scopes = {code: scopes for code, (_, scopes) in _roles().items()}
    gives = "SELECT hearth_may_give(jsonb_populate_record(NULL::access_grant, %s)), hearth_may_administer(%s)"
    users = User.objects.in_bulk([actor.user for actor in actors(these) if actor.user])
    for actor in actors(these):
        world, user = actor.world, actor.user
        if user is not None:
            twin = {(one, *said) for one, said in _told(rights.all_rights(world, user)).items()}
            product = {(one, *said) for one, said in _told(users[user].rights).items()}
            actor.says(twin, product, "rights")
            permission, project = dice.choice(list(Permission)), dice.choice(world["projects"])["id"]
            may = users[user].may(permission, project=project)
            assert may == rights.may(world, user, permission, project)
        if dice.random() < 0.7:
            continue
        with transaction.atomic():
            set_acting_user(user)
            for _ in range(2):
                somebody = dice.choice(world["users"])["id"]
                known = [one for one in world["grants"] if one["user_id"] == somebody]
                grant = dice.choice([worlds.a_grant(world, dice, scopes, somebody), *known])
                ((may_give, may_administer),) = ask(gives, [json.dumps(grant, default=str), somebody])
                twin = {("give", rights.may_give(world, user, grant))}
                actor.says(twin, {("give", may_give)}, f"may give {grant}")
                twin = {("administer", rights.may_administer(world, user, somebody))}
                actor.says(twin, {("administer", bool(may_administer))}, f"may administer {somebody}")


def _told(all_rights: dict[Any, tuple[bool, Any]]) -> dict[str, tuple[bool, tuple[int, ...]]]:
    return {str(name): (every, tuple(sorted(where))) for name, (every, where) in all_rights.items()}


def test_what_reports_and_exports_take(
    made: tuple[list[World], User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a few users: the enrollments that a report of theirs reads, and what an export of their world's
    projects holds."""
    these, _ = made
    monkeypatch.setattr(records, "only_enrollments", lambda *told: None)
    chosen = [actor for actor in actors(these, 0.02) if actor.user is not None]
    for actor in chosen:
        world = actor.world
        user = User.objects.get(pk=actor.user)
        request = ExportRequest(
            start=worlds_written.ENTRY,
            end=world["today"],
            projects=tuple(one["id"] for one in world["projects"]),
        )
        with acting(user), connection.cursor() as cursor:
            narrow = records.narrowing(user, load(LATEST))
            selection.select(cursor, request)
            exported = ask("SELECT 'enrollments_enrollment', id FROM export_enrollment")
            clients = ask("SELECT DISTINCT client_id FROM export_enrollment")
            source, values = selection.rows_of("Client", request)
            taken = ask(f"SELECT r.id FROM {source}", values)
            cursor.execute("DROP TABLE export_project, export_candidate, export_enrollment")
        twin = {("enrollments_enrollment", one) for one in rows.exported(world, actor.user)}
        actor.says(twin, exported, "export")
        assert taken <= clients
        seen = {one for one in rows.readable(world, actor.user) if one[0] == "enrollments_enrollment"}
        if narrow is None:
            assert rights.everywhere(world, actor.user, "enrollment_view")
            continue
        with engine.connected() as reading:
            narrow(reading)
            report = {int(number) for (number,) in engine.rows(reading, "SELECT _id FROM _seen")}
        report = {one for one in report if world["first"] <= one <= world["last"]}
        actor.says(seen, {("enrollments_enrollment", one) for one in report}, "report")


def test_every_table_with_policies_is_in_the_worlds() -> None:
    """A table of records comes in by itself; another kind of rows is added to worlds.py and the twin,
    or named above with the tests that show who sees them."""
    assert {table for table, _ in policies_sql.secured()} == HERE | HISTORIES | set(ELSEWHERE)


def test_the_worlds_hold_what_decides(made: tuple[list[World], User]) -> None:
    """Whatever a policy asks is true of some and false of others in every run, or the rest shows nothing."""
    these, _ = made
    if len(these) < AT_ONCE:
        return
    today = these[0]["today"]
    grants = [one for world in these for one in world["grants"]]
    stays = [(world, one) for world in these for one in world["enrollments"]]
    for told in (
        {one["scope"] for one in grants} >= {"state", *rights.CONTAINED, "coc", "funding"},
        {one["role"] for one in grants} == set(ROLES),
        any(one["ends_on"] == today for one in grants),
        any(one["begins_on"] > today for one in grants),
        any(one["shared_until"] == today and one["is_shared"] for _, one in stays),
        any(one["is_shared"] and rows.is_restricted(world, one["client_id"]) for world, one in stays),
        any(one["was_in"] and one["is_removed"] for _, one in stays),
        all(any(one["kind"] == table for world in these for one in world["versions"]) for table in RECORDS),
    ):
        assert told
    shares = [len(rows.readable(actor.world, actor.user)) for actor in actors(these, 0.1)]
    assert len(set(shares)) > 10
