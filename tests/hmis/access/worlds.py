"""Random small worlds of users, grants and records for `test_property.py`: plain dicts, and nothing else.

A world has its own organizations, CoCs, funding sources and people, and numbers of its own: its rows have the
ids from `first` to `last`. What is `is_deleted` is marked so (HUD's DateDeleted); what is `is_removed` is no
longer in its table, but its old versions are in the history.
"""

import random
from datetime import date, datetime, timedelta
from typing import Any

Row = dict[str, Any]
World = dict[str, Any]

#: Ids of one world, from its first on.
IDS = 1000
FIRST = 1_000_000
#: Of how many worlds one is written through the models, so that triggers set what decides about its rows.
BY_MODELS = 25
ASSESSMENT = "coordinated_entry_assessment"
#: Days from today: the first, the first no more, and whether somebody ended it.
DATES = [
    (0, None, None), (1, None, None), (-30, 0, None), (-30, -1, None), (-30, 1, None), (0, 1, None),
    (-30, None, -1), (-30, 30, -1),
]  # fmt: skip


class _Numbers:
    def __init__(self, first: int) -> None:
        self.next = first

    def __call__(self) -> int:
        self.next += 1
        return self.next


def make(
    seed: str,
    place: int,
    roles: dict[str, Any],
    tables: dict[str, bool],
    hearth: int,
    admin: int,
    today: date,
) -> World:
    """The world of this seed at the place-th range of ids.

    roles: code → permissions, and the scopes that it is for. tables: of records of an enrollment → whether
    they hang on an assessment, too. hearth: the data source of what is entered here. admin: who writes the
    worlds that are written through the models.
    """
    dice = random.Random(seed)
    first = FIRST + place * IDS
    number = _Numbers(first)
    world: World = {
        "seed": seed,
        "place": place,
        "first": first,
        "last": first + IDS - 1,
        "by_models": place % BY_MODELS == 0,
        "today": today,
        "roles": {code: permissions for code, (permissions, _) in roles.items()},
        "hearth_source": hearth,
        "source": number(),
        "administrators": {admin},
        "organizations": [number() for _ in range(dice.randint(2, 3))],
    }
    _projects(world, dice, number)
    _people(world, dice, number, {code: scopes for code, (_, scopes) in roles.items()})
    _clients(world, dice, number, tables)
    _versions(world, dice, number)
    return world


def _some(dice: random.Random, chance: float) -> bool:
    return dice.random() < chance


def _projects(world: World, dice: random.Random, number: _Numbers) -> None:
    place = world["place"]
    world["projects"] = [
        {
            "id": number(),
            "organization_id": dice.choice(world["organizations"]),
            "is_deleted": _some(dice, 0.1),
        }
        for _ in range(dice.randint(3, 6))
    ]
    numbers = [one["id"] for one in world["projects"]]
    letters = f"{chr(65 + place // 26 % 26)}{chr(65 + place % 26)}"
    world["codes"] = [f"{letters}-50{one}" for one in range(3)]
    world["sources"] = [(1000 + 2 * place + kind, grant) for kind in range(2) for grant in ("G1", "G2")]
    world["cocs"] = [
        {"id": number(), "project_id": dice.choice(numbers), "coc_code": dice.choice(world["codes"][:2]),
         "is_deleted": _some(dice, 0.25)}
        for _ in range(dice.randint(1, 4))
    ]  # fmt: skip
    world["funders"] = []
    for _ in range(dice.randint(1, 3)):
        funder, grant = dice.choice(world["sources"][:3])
        world["funders"].append(
            {"id": number(), "project_id": dice.choice(numbers), "funder": funder, "grant_id": grant,
             "is_deleted": _some(dice, 0.25)}
        )  # fmt: skip
    world["groups"] = [{"id": number()} for _ in range(dice.randint(1, 2))]
    pairs = {(dice.choice(world["groups"])["id"], dice.choice(numbers)) for _ in range(dice.randint(0, 4))}
    world["members"] = [
        {"id": number(), "projectgroup_id": group, "project_id": project} for group, project in sorted(pairs)
    ]


def _people(world: World, dice: random.Random, number: _Numbers, scopes: dict[str, list[str]]) -> None:
    world["users"] = [{"id": number(), "is_active": not _some(dice, 0.12)} for _ in range(dice.randint(3, 8))]
    world["grants"] = []
    for user in world["users"]:
        for _ in range(dice.choice((0, 1, 1, 1, 2, 2, 3))):
            grant = a_grant(world, dice, scopes, user["id"])
            if not stands_already(world, grant):
                world["grants"].append(grant | {"id": number()})
    numbers = [one["id"] for one in world["users"]]
    world["views"] = [{"id": number(), "user_id": dice.choice(numbers)} for _ in range(2)]


def a_grant(world: World, dice: random.Random, scopes: dict[str, list[str]], user: int) -> Row:
    """A grant as somebody may have got it, mostly in a scope that its role is for."""
    role = dice.choice([*scopes, "hmis_user", "hmis_user", "agency_administrator"])
    every = ["organization", "project", "project_group", "coc", "funding"]
    scope = dice.choice(scopes[role] if _some(dice, 0.7) else every)
    funder, funding_grant = dice.choice(world["sources"])
    where = {
        "organization": {"organization_id": dice.choice(world["organizations"])},
        "project": {"project_id": dice.choice(world["projects"])["id"]},
        "project_group": {"project_group_id": dice.choice(world["groups"])["id"]},
        "coc": {"coc_code": dice.choice(world["codes"])},
        "funding": {"funder": funder, "funding_grant_id": dice.choice(("", funding_grant))},
        "state": {},
    }[scope]
    empty: Row = {
        "organization_id": None, "project_id": None, "project_group_id": None, "coc_code": "",
        "funder": None, "funding_grant_id": "",
    }  # fmt: skip
    begins, ends, ended = dice.choice([*[(-30, None, None)] * 5, *DATES])
    day = lambda days: None if days is None else world["today"] + timedelta(days=days)  # noqa: E731
    return {
        "user_id": user, "role": role, "scope": scope, **empty, **where, "begins_on": day(begins),
        "ends_on": day(ends), "ended_at": None if ended is None else datetime(2026, 1, 1),
    }  # fmt: skip


def stands_already(world: World, grant: Row) -> bool:
    """Whether the user has that role there already, whenever: none is taken twice at a time."""
    times = {"id", "begins_on", "ends_on", "ended_at"}
    key = {name: value for name, value in grant.items() if name not in times}
    return any(key.items() <= one.items() for one in world["grants"])


def _writer(world: World, dice: random.Random) -> Row:
    users = [None, *(one["id"] for one in world["users"])]
    return {
        "data_source_id": dice.choice((world["source"], world["hearth_source"])),
        "user_id": dice.choice((None, f"w{world['first']}", f"v{world['first']}")),
        "updated_by_id": dice.choice(users),
    }


def _clients(world: World, dice: random.Random, number: _Numbers, tables: dict[str, bool]) -> None:
    projects = [one["id"] for one in world["projects"]]
    untils = [None, None, -400, -1, 0, 1, 400]
    world["clients"] = [
        {"id": number(), "is_deleted": _some(dice, 0.1), "is_removed": False} | _writer(world, dice)
        for _ in range(dice.randint(2, 5))
    ]  # fmt: skip
    world["restrictions"] = [
        _restriction(world, dice, number, client["id"])
        for client in world["clients"]
        for _ in range(dice.choice((0, 0, 0, 0, 0, 0, 1, 2)))
    ]
    for client in world["clients"]:
        not_ended = any(
            one["client_id"] == client["id"] and not one["ended_at"] for one in world["restrictions"]
        )
        at_night = world["by_models"] or _some(dice, 0.5)  # when the mark of what is over goes
        client["is_restricted"] = is_marked(world, client["id"]) if at_night else not_ended
    world["enrollments"] = []
    for _ in range(dice.randint(3, 8)):
        project, until = dice.choice(projects), dice.choice(untils)
        was = dice.choice(projects) if _some(dice, 0.3) else project
        world["enrollments"].append(
            {
                "id": number(),
                "client_id": dice.choice(world["clients"])["id"],
                "project_id": project,
                "was_in": was if was != project else None,
                "is_shared": _some(dice, 0.6),
                "shared_until": None if until is None else world["today"] + timedelta(days=until),
                "was_shared": _some(dice, 0.5),
                "is_deleted": _some(dice, 0.1),
                "is_removed": False,
                "removed_before_move": False,
                **_writer(world, dice),
            }
        )
    world["records"] = []
    exits: set[int] = set()
    for _ in range(dice.randint(4, 14)):
        enrollment, kind = dice.choice(world["enrollments"])["id"], dice.choice(list(tables))
        if kind == "enrollments_exit":
            if enrollment in exits:
                continue
            exits.add(enrollment)
        row = _record(world, dice, number, kind, enrollment)
        if tables[kind]:
            above = _record(world, dice, number, ASSESSMENT, enrollment)
            above["is_removed"] = False
            row["assessment_id"] = above["id"]
            world["records"].append(above)
        world["records"].append(row)
    for one in world["enrollments"]:
        mine = [record for record in world["records"] if record["enrollment_id"] == one["id"]]
        if all(record["is_removed"] for record in mine) and _some(dice, 0.6):
            one["is_removed"] = True
    world["clients"].append({"id": number(), "is_deleted": False, "is_removed": True} | _writer(world, dice))
    world["clients"][-1]["is_restricted"] = False
    people = [(user["id"], client["id"]) for user in world["users"] for client in world["clients"][:-1]]
    world["recent"] = [
        {"id": number(), "user_id": user, "client_id": client} for user, client in dice.sample(people, 3)
    ]


def _restriction(world: World, dice: random.Random, number: _Numbers, client: int) -> Row:
    begins, ends, ended = dice.choice([*[(-30, None, None)] * 4, *DATES])
    day = lambda days: None if days is None else world["today"] + timedelta(days=days)  # noqa: E731
    return {
        "id": number(), "client_id": client, "organization_id": dice.choice([None, *world["organizations"]]),
        "reason": "Invented", "begins_on": day(begins), "ends_on": day(ends),
        "ended_at": None if ended is None else datetime(2026, 1, 1),
    }  # fmt: skip


def is_marked(world: World, client: int) -> bool:
    """Whether a client and all of theirs carry the mark of a restriction: until it is ended, or over."""
    return any(
        one["client_id"] == client
        and one["ended_at"] is None
        and (one["ends_on"] is None or world["today"] < one["ends_on"])
        for one in world["restrictions"]
    )


def _record(world: World, dice: random.Random, number: _Numbers, kind: str, enrollment: int) -> Row:
    removed = _some(dice, 0.25)
    return {
        "id": number(),
        "kind": kind,
        "enrollment_id": enrollment,
        "is_deleted": _some(dice, 0.1),
        "is_removed": removed,
        "removed_before_move": removed and _some(dice, 0.5),
        **_writer(world, dice),
    }


def _versions(world: World, dice: random.Random, number: _Numbers) -> None:
    """What the history of each row holds; of worlds that are written through the models it is read there."""
    world["versions"] = []
    if world["by_models"]:
        return
    users = [None, *(one["id"] for one in world["users"])]
    for kind, row in every_row(world):
        moved = kind == "enrollments_enrollment" and row["was_in"] is not None
        for _ in range(max(int(moved), dice.choice((0, 0, 1, 2)))):
            version = {"id": number(), "kind": kind, "of": row["id"], "label": "before_change"}
            world["versions"].append(
                version | _writer(world, dice)
                | {"data_source_id": row["data_source_id"], "changed_by": dice.choice(users)}
            )  # fmt: skip
        if row["is_removed"]:
            version = {"id": number(), "kind": kind, "of": row["id"], "label": "before_delete"}
            written = {name: row[name] for name in ("data_source_id", "user_id", "updated_by_id")}
            world["versions"].append(version | written | {"changed_by": dice.choice(users)})


def every_row(world: World) -> list[tuple[str, Row]]:
    """Clients, enrollments and their records with their tables."""
    return [
        *(("clients_client", row) for row in world["clients"]),
        *(("enrollments_enrollment", row) for row in world["enrollments"]),
        *((row["kind"], row) for row in world["records"]),
    ]
