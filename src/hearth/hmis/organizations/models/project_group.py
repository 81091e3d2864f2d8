"""Projects that are looked at together: a grant, later a report, names the group."""

from django.db import models

from hearth.hmis.access.row_policies import ProjectGroups, RestrictedModel


class ProjectGroup(RestrictedModel):
    """A named group of projects. Grants can hold for it, so that who changes it changes rights: the database
    says who may (`hearth_may_change_group`, `hearth_may_put`)."""

    row_policy = ProjectGroups

    name = models.TextField(unique=True)
    projects = models.ManyToManyField("organizations.Project", related_name="groups")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
