"""Addresses of clients: ids only, never a name."""

from django.urls import path

from hearth.hmis.clients.views import search

app_name = "clients"
urlpatterns = [
    path("clients/", search.search, name="search"),
    path("clients/recent/", search.recent, name="recent"),
]
