"""Addresses of imports and exports, under /exchange/."""

from django.urls import path

from hearth.hmis.exchange.exporting.urls import urlpatterns as exports
from hearth.hmis.exchange.views import imports

app_name = "exchange"
urlpatterns = [
    path("exchange/", imports.index, name="index"),
    path("exchange/latest/", imports.latest, name="latest"),
    path("exchange/imports/new/", imports.new, name="import_new"),
    path("exchange/imports/<int:pk>/", imports.show, name="import"),
    path("exchange/imports/<int:pk>/answer/", imports.answer, name="import_answer"),
    path("exchange/imports/<int:pk>/cancel/", imports.cancel, name="import_cancel"),
    path("exchange/imports/<int:pk>/findings/<str:kind>/", imports.download, name="import_findings"),
    *exports,
]
