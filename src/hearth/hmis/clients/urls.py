"""Addresses of clients: ids only, never a name; of searches, a random id (`search/kept.py`)."""

from django.urls import path

from hearth.hmis.clients.views import (
    contact,
    correcting,
    detail,
    family,
    intake,
    other_names,
    restriction,
    search,
)

app_name = "clients"
urlpatterns = [
    path("clients/", search.search, name="search"),
    path("clients/found/<slug:kept>/", search.found, name="found"),
    path("clients/found/<slug:kept>/add/", intake.add, name="add"),
    path("clients/recent/", search.recent, name="recent"),
    path("clients/<int:pk>/", detail.detail, name="detail"),
    path("clients/<int:pk>/edit/", correcting.edit, name="edit"),
    path("clients/<int:pk>/names/", other_names.index, name="other_names"),
    path("clients/<int:pk>/names/<int:name>/end/", other_names.end, name="other_name_end"),
    path("clients/<int:pk>/names/<int:name>/remove/", other_names.remove, name="other_name_remove"),
    path("clients/<int:pk>/contact/", contact.index, name="contact"),
    path("clients/<int:pk>/contact/<int:contact>/end/", contact.end, name="contact_end"),
    path("clients/<int:pk>/contact/<int:contact>/remove/", contact.remove, name="contact_remove"),
    path("clients/<int:pk>/family/", family.index, name="family"),
    path("clients/<int:pk>/family/<int:tie>/end/", family.end, name="family_end"),
    path("clients/<int:pk>/family/<int:tie>/remove/", family.remove, name="family_remove"),
    path("clients/<int:pk>/ssn/", detail.ssn, name="ssn"),
    path("clients/<int:pk>/restriction/", restriction.restriction, name="restriction"),
    path("clients/<int:pk>/restriction/<int:restriction>/end/", restriction.end, name="restriction_end"),
    path("clients/<int:pk>/history/", detail.history, name="history"),
    path("clients/<int:pk>/account/", detail.account, name="account"),
]
