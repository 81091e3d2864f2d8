"""Addresses of the access log. The namespace is stored with every refusal and stays as it is."""

from django.urls import path

from hearth.hmis.access_log import views

app_name = "audit"
urlpatterns = [
    path("audit/", views.log, name="log"),
    path("audit/stopped/", views.stopped, name="stopped"),
    path("audit/access-log/<str:kind>/", views.download, name="download"),
]
