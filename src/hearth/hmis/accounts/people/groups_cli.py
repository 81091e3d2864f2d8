"""`hearth group`: groups of projects, from the terminal of the server machine."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hearth.arguments import LARGEST_ID
from hearth.hmis.access.command_line import Acting, done
from hearth.server.errors import ServerError

if TYPE_CHECKING:
    from hearth.hmis.access.models import User
    from hearth.hmis.organizations.models import ProjectGroup

group = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""Groups of projects, for which grants are given.

    \b
    Examples:
      hearth group list
      hearth group make "Shelters of the north"
      hearth group put "Shelters of the north" 120
      hearth group take-out "Shelters of the north" 120
    """,
)

Name = Annotated[str, typer.Argument(help="What the group is called.")]
Projects = Annotated[
    list[int], typer.Argument(metavar="PROJECT...", min=1, max=LARGEST_ID, help="Our numbers of projects.")
]


@group.command(name="list")
def list_groups(acting: Acting = None) -> None:
    """List the groups with the numbers of their projects, and for how many grants each stands."""
    by = _ready(acting)
    from hearth.formats import counted
    from hearth.hmis.access.context import acting as acting_as
    from hearth.hmis.accounts.people import groups

    with acting_as(by):
        for one in groups.groups(by):
            projects = one.group.projects.order_by("pk").values_list("pk", flat=True)
            held = counted(len(groups.grants_for(by, one.group)), "grant")
            typer.echo(f"{one.group.name}  {', '.join(map(str, projects)) or 'no projects'}  {held}")


@group.command()
def make(name: Name, acting: Acting = None) -> None:
    """Make an empty group."""
    by = _ready(acting)
    from hearth.hmis.accounts.people import groups

    made = done(groups.make, by=by, name=name)
    typer.echo(f"The group {made.name} is made. Put projects into it with `hearth group put`.")


@group.command()
def rename(
    name: Name, new: Annotated[str, typer.Argument(help="Its new name.")], acting: Acting = None
) -> None:
    """Give a group another name; grants for it stay."""
    by = _ready(acting)
    from hearth.hmis.accounts.people import groups

    done(groups.rename, by=by, group=_found(by, name), name=new)
    typer.echo(f"{name} is called {' '.join(new.split())} now.")


@group.command()
def put(name: Name, projects: Projects, acting: Acting = None) -> None:
    """Put projects into a group, all or none: grants for it reach them from the next request on."""
    count = _each("put", _ready(acting), name, projects)
    typer.echo(f"Projects that were put into {name}: {count}.")


@group.command(name="take-out")
def take_out(name: Name, projects: Projects, acting: Acting = None) -> None:
    """Take projects out of a group, all or none: grants for it reach them no more."""
    count = _each("take_out", _ready(acting), name, projects)
    typer.echo(f"Projects that were taken out of {name}: {count}.")


def _ready(acting: str | None) -> "User":
    from hearth.hmis.access import command_line

    command_line.prepare()
    return command_line.acting_administrator(acting)


def _found(by: "User", name: str) -> "ProjectGroup":
    from hearth.hmis.access.context import acting as acting_as
    from hearth.hmis.organizations.models import ProjectGroup

    with acting_as(by):
        found = ProjectGroup.objects.restrict(by).filter(name=name).first()
    if found is None:
        raise ServerError(f"There is no group of projects {name}.")
    return found


def _each(action: str, by: "User", name: str, numbers: list[int]) -> int:
    """Do one of `groups` with each project, in one transaction."""
    from django.db import transaction

    from hearth.hmis.access.context import acting as acting_as
    from hearth.hmis.accounts.people import groups
    from hearth.hmis.organizations.models import Project

    found = _found(by, name)
    with acting_as(by):
        known = Project.objects.restrict(by).in_bulk(numbers)
    if missing := [str(number) for number in numbers if number not in known]:
        raise ServerError(f"There is no project {', '.join(missing)}. Nothing was changed.")
    do: Callable[..., Any] = getattr(groups, action)
    with transaction.atomic():
        for project in known.values():
            done(do, by=by, group=found, project=project)
    return len(known)
