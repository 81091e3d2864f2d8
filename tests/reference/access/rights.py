"""What a user may do, and where: from their grants alone (docs/adr/0027)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

Row = dict[str, Any]
World = dict[str, Any]

#: Kinds of scope that others cannot widen: they lie in whatever holds all of their projects.
CONTAINED = {"organization", "project", "project_group"}
#: What of a grant says where it holds.
WHERE = (
    "scope",
    "organization_id",
    "project_id",
    "project_group_id",
    "coc_code",
    "funder",
    "funding_grant_id",
)


def user_of(world: World, user: int | None) -> Row | None:
    return next((one for one in world["users"] if one["id"] == user), None)


def in_force(grant: Row, today: date) -> bool:
    """From its first day on, until before its last; not once somebody ended it."""
    if grant["ended_at"] is not None:
        return False
    if today < grant["begins_on"]:
        return False
    return grant["ends_on"] is None or today < grant["ends_on"]


def reach(world: World, grant: Row) -> set[int]:
    """The projects of a grant's scope; of the whole installation none is named."""
    found = set()
    for project in world["projects"]:
        number = project["id"]
        match grant["scope"]:
            case "organization":
                reached = project["organization_id"] == grant["organization_id"]
            case "project":
                reached = number == grant["project_id"]
            case "project_group":
                reached = any(
                    member["project_id"] == number and member["projectgroup_id"] == grant["project_group_id"]
                    for member in world["members"]
                )
            case "coc":
                reached = any(
                    coc["project_id"] == number
                    and coc["coc_code"] == grant["coc_code"]
                    and not coc["is_deleted"]
                    for coc in world["cocs"]
                )
            case "funding":
                reached = any(
                    paid["project_id"] == number
                    and paid["funder"] == grant["funder"]
                    and grant["funding_grant_id"] in ("", paid["grant_id"])
                    and not paid["is_deleted"]
                    for paid in world["funders"]
                )
            case _:
                reached = False
        if reached:
            found.add(number)
    return found


def holds(world: World, user: int | None, permission: str) -> list[Row]:
    """The user's grants with a permission that hold today."""
    known = user_of(world, user)
    if known is None or not known["is_active"]:
        return []
    return [
        grant
        for grant in world["grants"]
        if grant["user_id"] == user
        and in_force(grant, world["today"])
        and permission in world["roles"][grant["role"]]
    ]


def somewhere(world: World, user: int | None, permission: str) -> bool:
    return bool(holds(world, user, permission))


def everywhere(world: World, user: int | None, permission: str) -> bool:
    return any(grant["scope"] == "state" for grant in holds(world, user, permission))


def projects(world: World, user: int | None, permission: str) -> set[int]:
    """Where the user may do it, apart from doing it everywhere."""
    found: set[int] = set()
    for grant in holds(world, user, permission):
        found |= reach(world, grant)
    return found


def may(world: World, user: int | None, permission: str, project: int) -> bool:
    return everywhere(world, user, permission) or project in projects(world, user, permission)


def all_rights(world: World, user: int) -> dict[str, tuple[bool, set[int]]]:
    """Permission → whether everywhere, and in which projects; what one may not do anywhere is not there."""
    every: Iterable[str] = {one for role in world["roles"].values() for one in role}
    return {
        permission: (everywhere(world, user, permission), projects(world, user, permission))
        for permission in every
        if somewhere(world, user, permission)
    }


def within(world: World, user: int | None, permission: str, grant: Row) -> bool:
    """Whether the user may do it in all of a grant's scope, also in what it will have tomorrow."""
    if everywhere(world, user, permission):
        return True
    for mine in holds(world, user, permission):
        if all(mine[column] == grant[column] for column in WHERE):
            return True
    reached = reach(world, grant)
    return grant["scope"] in CONTAINED and bool(reached) and reached <= projects(world, user, permission)


def may_give(world: World, user: int | None, grant: Row) -> bool:
    """Not to oneself, and nothing that one does not hold in all of its scope."""
    if user is None or grant["user_id"] == user:
        return False
    needed = {"user_edit", *world["roles"][grant["role"]]}
    return all(within(world, user, permission, grant) for permission in needed)


def _for_group(world: World, group: int) -> list[Row]:
    """The grants for a group that hold, or will."""
    return [
        grant
        for grant in world["grants"]
        if grant["scope"] == "project_group"
        and grant["project_group_id"] == group
        and grant["ended_at"] is None
        and (grant["ends_on"] is None or world["today"] < grant["ends_on"])
    ]


def may_change_group(world: World, user: int | None, group: int) -> bool:
    """Who administers people in all of its projects, and may give every grant for it."""
    inside = [one["project_id"] for one in world["members"] if one["projectgroup_id"] == group]
    return (
        somewhere(world, user, "user_edit")
        and all(may(world, user, "user_edit", one) for one in inside)
        and all(may_give(world, user, grant) for grant in _for_group(world, group))
    )


def may_put(world: World, user: int | None, group: int, project: int) -> bool:
    """A project goes into a group by whoever may do there what the grants for the group let others do."""
    needed = {"user_edit"}.union(*(world["roles"][one["role"]] for one in _for_group(world, group)))
    return may_change_group(world, user, group) and all(may(world, user, one, project) for one in needed)


def may_administer(world: World, user: int | None, somebody: int) -> bool:
    """All that they hold, or will hold, lies within the own scope; whoever holds nothing is the state's."""
    if everywhere(world, user, "user_edit"):
        return True
    held = [
        grant
        for grant in world["grants"]
        if grant["user_id"] == somebody
        and grant["ended_at"] is None
        and (grant["ends_on"] is None or world["today"] < grant["ends_on"])
    ]
    return bool(held) and all(within(world, user, "user_edit", grant) for grant in held)
