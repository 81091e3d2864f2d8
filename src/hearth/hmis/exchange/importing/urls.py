"""Addresses of imports, inside the namespace `exchange`."""

from django.urls import path

from hearth.hmis.exchange.importing import views

urlpatterns = [
    path("exchange/", views.index, name="index"),
    path("exchange/latest/", views.latest, name="latest"),
    path("exchange/imports/new/", views.new, name="import_new"),
    path("exchange/imports/<int:pk>/", views.show, name="import"),
    path("exchange/imports/<int:pk>/answer/", views.answer, name="import_answer"),
    path("exchange/imports/<int:pk>/compare/", views.compare, name="import_compare"),
    path("exchange/imports/<int:pk>/cancel/", views.cancel, name="import_cancel"),
    path("exchange/imports/<int:pk>/findings/<str:kind>/", views.download, name="import_findings"),
]
