"""Projects that are looked at together: a grant, later a report, names the group."""

from django.db import models

from hearth.hmis.access.row_policies import ProjectGroups, RestrictedModel


class ProjectGroup(RestrictedModel):
    """A named group of projects. Grants can hold for it, so that only whoever may give rights everywhere may
    say which projects are in it."""

    row_policy = ProjectGroups

    name = models.TextField(unique=True)
    projects = models.ManyToManyField("organizations.Project", related_name="groups")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
