"""Addresses of regions, organizations and projects."""

from django.urls import path

from hearth.hmis.organizations.views import contacts, history, organizations, projects, regions

app_name = "organizations"

urlpatterns = [
    path("regions/", regions.index, name="regions"),
    path("regions/<str:code>/", regions.region, name="region"),
    path("regions/<str:code>/contacts/add/", contacts.add, name="contact_add"),
    path("regions/<str:code>/contacts/<int:pk>/", contacts.change, name="contact_change"),
    path("regions/<str:code>/contacts/<int:pk>/remove/", contacts.remove, name="contact_remove"),
    path("organizations/", organizations.index, name="index"),
    path("organizations/<int:pk>/", organizations.organization, name="organization"),
    path("organizations/<int:pk>/nation/", organizations.nation, name="nation"),
    path("organizations/<int:pk>/history/", history.organization, name="organization_history"),
    path("projects/<int:pk>/", projects.project, name="project"),
    path("projects/<int:pk>/name/", projects.name, name="project_name"),
    path("projects/<int:pk>/history/", history.project, name="project_history"),
    path("projects/<int:pk>/history/<str:file>/", history.project, name="project_history_of"),
]
