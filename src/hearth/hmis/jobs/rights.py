"""Who may still open what a run made: files and figures hold what the rights of then let through."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from hearth.hmis.access import field_rights
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.jobs.models import Run, SharedUse


def rights_of(user: User) -> dict[str, Any]:
    """What decides which records are in something made for this user, who acts, and which projects are named
    in it; kept as `parameters["made_with"]`."""
    return {
        "sees_all": user.sees_all,
        "projects": sorted(user.own_projects),
        "withheld": sorted(field_rights.all_missing(user)),
        "hidden": _hidden_projects(),
    }


def _hidden_projects() -> list[int]:
    """The projects whose names are confidential to whoever acts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hearth_hidden_projects()")
        return sorted(cursor.fetchone()[0])


def _names_no_more(user: User, run: Run, neutral: Iterable[int]) -> bool:
    """Whether a project that was there by its name is confidential to the user now."""
    with acting(user), connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM organizations_project p WHERE p.id = ANY (hearth_hidden_projects())"
            " AND NOT p.id = ANY (%s::bigint[]) AND p.created_at <= %s)",
            [list(neutral), run.created_at],
        )
        return bool(cursor.fetchone()[0])


def may_open(user: User, run: Run) -> bool:
    """Whether the user may still see what is in it: not whoever lost a project whose records are in it, nor
    who saw a field then and does not now, nor where a client whose records are in it shares them no more, or
    the name of a project has become confidential."""
    own = run.is_open_to(user)
    if own is not None:
        return own
    made_without = (run.parameters.get("made_with") or {}).get("withheld", ())
    if not field_rights.all_missing(user).issubset(made_without):
        return False
    if user.sees_all:
        return True
    if not user.may(Permission.ENROLLMENT_VIEW):
        return False
    made_with = run.parameters.get("made_with") or {"sees_all": True}
    if made_with["sees_all"] or "projects" not in made_with:
        return False
    return (
        user.own_projects.issuperset(made_with["projects"])
        and not _names_no_more(user, run, made_with.get("hidden", ()))
        and _still_shared(user, run)
    )


def keep_shared_use(user: User, run: Run, enrollments: Iterable[int]) -> None:
    """Note the enrollments of other projects that are in what a run makes, in place of those of an earlier
    attempt. The user acts."""
    row = {"kind": run._meta.db_table, "run_id": run.pk}
    SharedUse.objects.restrict(user).filter(**row).delete()
    if found := sorted(enrollments):
        SharedUse.objects.create(user=user, enrollments=found, **row)


def _still_shared(user: User, run: Run) -> bool:
    """Whether the user may see all of them today: row-level security is asked, with the user's rights."""
    with acting(user):
        used = SharedUse.objects.restrict(user).filter(kind=run._meta.db_table, run_id=run.pk).first()
        if used is None:
            return True
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT NOT EXISTS (SELECT FROM unnest(%s::bigint[]) AS used (id)"
                " WHERE NOT EXISTS (SELECT FROM enrollments_enrollment e WHERE e.id = used.id))",
                [used.enrollments],
            )
            return bool(cursor.fetchone()[0])


def kept_file(user: User, run: Run) -> Path | None:
    """The file or folder that a finished run made, while it is kept, and while the user may open it."""
    path = Path(settings.MEDIA_ROOT) / run.file
    if not (run.file and run.state == "finished" and path.exists()):
        return None
    return path if may_open(user, run) else None
