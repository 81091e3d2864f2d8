"""Which rows a user sees and may change (docs/adr/0006): by the enrollment as it is, not by copies of it."""

from typing import Any

from tests.reference.access.rights import (
    WHERE,
    Row,
    World,
    everywhere,
    may,
    may_change_group,
    may_give,
    projects,
    reach,
    somewhere,
    within,
)


def by_id(world: World, kind: str, number: int) -> Row:
    return next(row for row in world[kind] if row["id"] == number)


def is_open(world: World, enrollment: Row) -> bool:
    """Whether the client's choice opens it to other organizations today."""
    until = enrollment["shared_until"]
    return enrollment["is_shared"] and (until is None or world["today"] < until)


def is_restricted(world: World, client: int) -> bool:
    """Whether a restriction holds today: by its days, whatever was done at night."""
    return any(
        one["client_id"] == client
        and one["ended_at"] is None
        and one["begins_on"] <= world["today"]
        and (one["ends_on"] is None or world["today"] < one["ends_on"])
        for one in world["restrictions"]
    )


def knows(world: World, user: int | None, client: int) -> bool:
    """A restricted client is known to those with a stay in common, and to whoever sees clients everywhere."""
    if not is_restricted(world, client) or everywhere(world, user, "client_view"):
        return True
    own = projects(world, user, "client_view")
    return any(stay["project_id"] in own for stay in stays_of(world, client))


def stays_of(world: World, client: int) -> list[Row]:
    return [
        one
        for one in world["enrollments"]
        if one["client_id"] == client and not one["is_removed"] and not one["is_deleted"]
    ]


def may_restrict(world: World, user: int | None, restriction: Row) -> bool:
    """Administrators of the organization in whose name it is, where the client has a stay with them."""
    if everywhere(world, user, "client_restrict"):
        return True
    own = projects(world, user, "client_restrict")
    return any(
        stay["project_id"] in own
        and by_id(world, "projects", stay["project_id"])["organization_id"] == restriction["organization_id"]
        for stay in stays_of(world, restriction["client_id"])
    )


def sees_enrollment(world: World, user: int | None, enrollment: Row) -> bool:
    if may(world, user, "enrollment_view", enrollment["project_id"]):
        return True
    if not somewhere(world, user, "enrollment_view"):
        return False
    client = by_id(world, "clients", enrollment["client_id"])
    if enrollment["is_removed"] and client["is_restricted"]:
        return False  # what was removed of somebody who is marked as restricted is opened to nobody else
    return is_open(world, enrollment) and knows(world, user, client["id"])


def edits_enrollment(world: World, user: int | None, enrollment: Row) -> bool:
    return may(world, user, "enrollment_edit", enrollment["project_id"])


def sees_client(world: World, user: int | None, client: Row) -> bool:
    """Who works with clients knows who they are, apart from those who are restricted."""
    return somewhere(world, user, "client_view") and knows(world, user, client["id"])


def edits_client(world: World, user: int | None, client: Row) -> bool:
    return sees_client(world, user, client) and somewhere(world, user, "client_edit")


# ------------------------------------------------------------ who wrote a client's record


def writers(world: World) -> set[tuple[int, int, str | None, int | None]]:
    """(organization, data source, its user, ours) of whoever wrote an enrollment or a record of one, where it
    is now and where it was before it moved."""
    found = set()
    for row in [*world["enrollments"], *world["records"]]:
        enrollment = row if "client_id" in row else by_id(world, "enrollments", row["enrollment_id"])
        written_in = {enrollment["was_in"] or enrollment["project_id"]}
        if not row["removed_before_move"]:
            written_in.add(enrollment["project_id"])
        for project in written_in:
            organization = by_id(world, "projects", project)["organization_id"]
            if row["user_id"] is not None or row["updated_by_id"] is not None:
                found.add((organization, row["data_source_id"], row["user_id"], row["updated_by_id"]))
    return found


def knows_writer(world: World, user: int | None, client: int, row: Row, account: int | None) -> bool:
    """The user sees an enrollment of the client in an organization where that writer wrote."""
    if everywhere(world, user, "enrollment_view"):
        return True
    places = {
        by_id(world, "projects", one["project_id"])["organization_id"]
        for one in stays_of(world, client)
        if sees_enrollment(world, user, one)
    }
    here = [writer for writer in writers(world) if writer[0] in places]
    knows_account = account is not None and (account == user or any(one[3] == account for one in here))
    if row["data_source_id"] == world["hearth_source"]:
        return knows_account
    if row["user_id"] is None:
        return False
    if not any(one[1] == row["data_source_id"] and one[2] == row["user_id"] for one in here):
        return False
    imports = account in world["administrators"] or any(
        grant["user_id"] == account and grant["role"] == "system_administrator" for grant in world["grants"]
    )
    return account is None or knows_account or imports


def sees_client_version(world: World, user: int | None, version: Row) -> bool:
    """An old version tells who wrote it, who changed it, and by its moment who wrote the next one."""
    client = by_id(world, "clients", version["of"])
    if everywhere(world, user, "enrollment_view"):
        return True
    if not sees_client(world, user, client):
        return False
    if not knows_writer(world, user, client["id"], version, version["updated_by_id"]):
        return False
    changed_by = version["changed_by"]
    if changed_by not in (None, user) and not knows_writer(world, user, client["id"], version, changed_by):
        return False
    later = [
        one
        for one in world["versions"]
        if one["kind"] == "clients_client" and one["of"] == client["id"] and one["id"] > version["id"]
    ]
    if later:
        next_one = min(later, key=lambda one: one["id"])
    elif client["is_removed"]:
        return True
    else:
        next_one = client
    return knows_writer(world, user, client["id"], next_one, next_one["updated_by_id"])


# ------------------------------------------------------------ all of it


def readable(world: World, user: int | None) -> set[tuple[str, int]]:
    """(table, id) of every row of the world that the user sees; of a history table the version's id."""
    found: set[tuple[str, int]] = set()
    seen = {one["id"] for one in world["enrollments"] if sees_enrollment(world, user, one)}
    for one in world["clients"]:
        if not one["is_removed"] and sees_client(world, user, one):
            found.add(("clients_client", one["id"]))
    for one in world["enrollments"]:
        if not one["is_removed"] and one["id"] in seen:
            found.add(("enrollments_enrollment", one["id"]))
    for one in world["records"]:
        if not one["is_removed"] and one["enrollment_id"] in seen:
            found.add((one["kind"], one["id"]))
    above = {(one["kind"], one["id"]): one["enrollment_id"] for one in world["records"]}
    for version in world["versions"]:
        if version["kind"] == "clients_client":
            shown = sees_client_version(world, user, version)
        elif version["kind"] == "enrollments_enrollment":
            shown = version["of"] in seen
        else:
            shown = above[version["kind"], version["of"]] in seen
        if shown:
            found.add((f"{version['kind']}history", version["id"]))
    for grant in world["grants"]:
        if (
            grant["user_id"] == user
            or everywhere(world, user, "access_log_view")
            or within(world, user, "user_edit", grant)
        ):
            found.add(("access_grant", grant["id"]))
    found |= {
        ("clients_restriction", one["id"]) for one in world["restrictions"] if may_restrict(world, user, one)
    }
    found |= {("organizations_projectgroup", one["id"]) for one in world["groups"]}
    found |= {("organizations_projectgroup_projects", one["id"]) for one in world["members"]}
    found |= {("lists_keptview", one["id"]) for one in world["views"] if one["user_id"] == user}
    if somewhere(world, user, "client_view"):
        found |= {("clients_recentclient", one["id"]) for one in world["recent"] if one["user_id"] == user}
    return found


def _writable(world: World, user: int | None) -> set[tuple[str, int]]:
    """(table, id) of what the user may change, whether they see it or not."""
    found = {("enrollments_enrollment", one["id"]) for one in _edited(world, user)}
    edited = {number for _, number in found}
    found |= {(one["kind"], one["id"]) for one in world["records"] if one["enrollment_id"] in edited}
    found |= {("clients_client", one["id"]) for one in world["clients"] if edits_client(world, user, one)}
    found |= {("access_grant", one["id"]) for one in world["grants"] if may_give(world, user, one)}
    found |= {("clients_restriction", one["id"]) for one in world["restrictions"]}
    found |= {
        ("organizations_projectgroup", one["id"])
        for one in world["groups"]
        if may_change_group(world, user, one["id"])
    }
    found |= {("lists_keptview", one["id"]) for one in world["views"]}
    found |= {("clients_recentclient", one["id"]) for one in world["recent"]}
    return found


def _edited(world: World, user: int | None) -> list[Row]:
    own = projects(world, user, "enrollment_edit")
    every = everywhere(world, user, "enrollment_edit")
    return [one for one in world["enrollments"] if every or one["project_id"] in own]


def changeable(world: World, user: int | None) -> set[tuple[str, int]]:
    """What an UPDATE of everything reaches: rows that are seen and that may be changed. Members of a group
    are added and removed, and an old version is changed by nobody."""
    return readable(world, user) & _writable(world, user)


def removable(world: World, user: int | None) -> set[tuple[str, int]]:
    """What a DELETE of everything reaches: client data for whoever edits everywhere, one's own habits, groups
    for whoever may give all that holds for them; a grant, a restriction and an old version for nobody."""
    found = set()
    for table, number in readable(world, user):
        if table.endswith("history") or table in ("access_grant", "clients_restriction"):
            continue
        if table == "organizations_projectgroup":
            allowed = may_change_group(world, user, number)
        elif table == "organizations_projectgroup_projects":
            (group,) = [one["projectgroup_id"] for one in world["members"] if one["id"] == number]
            allowed = may_change_group(world, user, group)
        elif table in ("lists_keptview", "clients_recentclient"):
            allowed = True
        else:
            allowed = everywhere(world, user, "enrollment_edit")
        if allowed:
            found.add((table, number))
    return found


def exported(world: World, user: int) -> set[int]:
    """Enrollments of an export of all of the world's projects, over all days, without what is deleted."""
    gone = {one["id"] for one in world["projects"] if one["is_deleted"]}
    return {
        one["id"]
        for one in world["enrollments"]
        if not one["is_removed"]
        and not one["is_deleted"]
        and one["project_id"] not in gone
        and sees_enrollment(world, user, one)
    }


def found_by_number(world: World, user: int | None) -> set[int]:
    """Clients whom a search for all of the world's numbers finds: deleted ones for administrators alone."""
    return {
        one["id"]
        for one in world["clients"]
        if not one["is_removed"]
        and sees_client(world, user, one)
        and (not one["is_deleted"] or everywhere(world, user, "enrollment_view"))
    }


def may_add(world: World, user: int | None, enrollment: Row, claimed: int) -> bool:
    """Whether a record of an enrollment is taken that says it is of the project `claimed`: both have to be
    one's own, so that nothing gets in by what it claims."""
    return (
        sees_enrollment(world, user, enrollment)
        and edits_enrollment(world, user, enrollment)
        and may(world, user, "enrollment_edit", claimed)
    )


def in_words(world: World, user: int | None, rows: set[tuple[str, int]]) -> list[str]:
    """The user, their grants, and a few rows, for whoever reads that a test failed."""
    known: Any = None if user is None else by_id(world, "users", user)
    said = ["nobody acts" if known is None else f"user {user}{'' if known['is_active'] else ', inactive'}"]
    for grant in world["grants"]:
        if grant["user_id"] == user:
            where = {name: grant[name] for name in WHERE if grant[name]}
            dates = {name: str(grant[name]) for name in ("begins_on", "ends_on", "ended_at") if grant[name]}
            said.append(f"  {grant['role']} {where} {dates} reaches {sorted(reach(world, grant))}")
    for table, number in sorted(rows)[:4]:
        said.append(f"  {table} {number}: {_words(world, table, number)}")
    return said


def _words(world: World, table: str, number: int) -> str:
    if table.endswith("history"):
        version = next(
            one for one in world["versions"] if (f"{one['kind']}history", one["id"]) == (table, number)
        )
        return f"{version}; of {_words(world, version['kind'], version['of'])}"
    for name in (
        "records",
        "enrollments",
        "clients",
        "grants",
        "restrictions",
        "groups",
        "members",
        "views",
        "recent",
    ):
        for row in world[name]:
            if row["id"] == number and table == row.get("kind", _TABLES.get(name)):
                above = ""
                if "enrollment_id" in row:
                    above = f"; {_words(world, 'enrollments_enrollment', row['enrollment_id'])}"
                if table == "enrollments_enrollment":
                    above = f"; client {by_id(world, 'clients', row['client_id'])}"
                return f"{row}{above}"
    return "not in the world"


_TABLES = {
    "enrollments": "enrollments_enrollment",
    "clients": "clients_client",
    "grants": "access_grant",
    "restrictions": "clients_restriction",
    "groups": "organizations_projectgroup",
    "members": "organizations_projectgroup_projects",
    "views": "lists_keptview",
    "recent": "clients_recentclient",
}
