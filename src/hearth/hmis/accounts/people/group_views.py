"""Pages of groups of projects: the list, one group, and its changes, which are changes of rights."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hearth.hmis.access.guard import refuse, refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.recent import signed_in_recently
from hearth.hmis.accounts.people import groups
from hearth.hmis.accounts.people.forms import GroupNameForm, PutForm
from hearth.hmis.accounts.people.views import sent
from hearth.hmis.organizations.models import Project, ProjectGroup


@require(Permission.USER_EDIT)
@signed_in_recently(methods=("POST",))
def index(request: HttpRequest) -> HttpResponse:
    """The groups, and a new one."""
    form = GroupNameForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = groups.make(by=request.user, name=form.cleaned_data["name"])
        except ValueError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, f"The group {made} is made. Put projects into it.")
            return redirect("people:group", pk=made.pk)
    return render(request, "people/groups.html", {"groups": groups.groups(request.user), "form": form})


@require(Permission.USER_EDIT)
@signed_in_recently(methods=("POST",))
def group(request: HttpRequest, pk: int) -> HttpResponse:
    """One group: its projects, for whom it holds, and what the viewer may change of it. The button that was
    pressed says what is done: `rename`, `put`, or `take_out` with the project's number."""
    found = _group(request, pk)
    may_change = bool(groups.may_change([pk]))
    pressed = next((one for one in ("rename", "put", "take_out") if one in request.POST), "")
    candidates = groups.candidates(request.user, found) if may_change else []
    name = GroupNameForm(request.POST if pressed == "rename" else None, initial={"name": found.name})
    put = PutForm(request.POST if pressed == "put" else None, projects=candidates)
    if request.method == "POST":
        if not may_change:
            refuse(request, pk=pk)
        try:
            said = _done(request, found, pressed, name, put)
        except ValueError as error:
            messages.error(request, str(error))
            return redirect("people:group", pk=pk)
        except PermissionDenied:
            refuse(request, pk=pk)
        if said:
            messages.success(request, said)
            return redirect("people:group", pk=pk)
    context = {
        "group": found,
        "projects": found.projects.select_related("organization").order_by("project_name", "pk"),
        "grants": groups.grants_for(request.user, found),
        "may_change": may_change,
        "name_form": name,
        "put_form": put if candidates else None,
    }
    return render(request, "people/group.html", context)


def _done(request: HttpRequest, found: ProjectGroup, pressed: str, name: GroupNameForm, put: PutForm) -> str:
    """Do what was pressed and say so; empty where a form is not valid."""
    if pressed == "rename" and name.is_valid():
        groups.rename(by=request.user, group=found, name=name.cleaned_data["name"])
        return "The group has its new name."
    if pressed == "put" and put.is_valid():
        project = Project.objects.get(pk=put.cleaned_data["project"])
        groups.put(by=request.user, group=found, project=project)
        return f"{project} is in the group now."
    if pressed == "take_out":
        number = request.POST["take_out"]
        taken = found.projects.filter(pk=number).first() if number.isascii() and number.isdigit() else None
        if taken is None:
            raise ValueError("This project is not in the group any more.")
        groups.take_out(by=request.user, group=found, project=taken)
        return f"{taken} is taken out of the group."
    return ""


def _group(request: HttpRequest, pk: int) -> ProjectGroup:
    shown = {one.group.pk: one.group for one in groups.groups(request.user)}
    if pk not in shown:
        refuse_as_missing(request, pk=pk)
    return shown[pk]
