"""Addresses of reports."""

from django.urls import path

from hearth.hmis.reports.views import compared, opened, runs

app_name = "reports"
urlpatterns = [
    path("reports/", runs.index, name="index"),
    path("reports/new/<slug:slug>/", runs.new, name="new"),
    path("reports/<int:pk>/", runs.show, name="run"),
    path("reports/<int:pk>/cancel/", runs.cancel, name="cancel"),
    path("reports/<int:pk>/again/", runs.again, name="again"),
    path("reports/<int:pk>/download/", runs.download, name="download"),
    path("reports/<int:pk>/rows/<slug:file>/", opened.rows, name="rows"),
    path("reports/<int:pk>/rows/<slug:file>/<int:number>/", opened.row, name="row"),
    path("reports/<int:pk>/figures/<slug:key>/", opened.figure, name="figure"),
    path("reports/<int:pk>/projects/", opened.projects, name="projects"),
    path("reports/<int:pk>/flags/<int:number>/", opened.flag, name="flag"),
    path("reports/<int:pk>/compare/", compared.compare_with, name="compare_with"),
    path("reports/<int:pk>/compare/<int:other>/", compared.compare, name="compare"),
    path(
        "reports/<int:pk>/compare/<int:other>/why/<slug:cause>/",
        compared.compare_people,
        name="compare_people",
    ),
    path("reports/<int:pk>/compare/<int:other>/<slug:file>/", compared.compare_file, name="compare_file"),
    path(
        "reports/<int:pk>/compare/<int:other>/<slug:file>/<int:number>/",
        compared.compare_row,
        name="compare_row",
    ),
]
