"""Addresses of the access log."""

from django.urls import path

from hearth.hmis.audit.views import log

app_name = "audit"
urlpatterns = [
    path("audit/", log.log, name="log"),
    path("audit/stopped/", log.stopped, name="stopped"),
    path("audit/access-log.csv", log.download, name="download"),
]
