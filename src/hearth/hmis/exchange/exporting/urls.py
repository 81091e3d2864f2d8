"""Addresses of exports, inside the namespace `exchange`."""

from django.urls import path

from hearth.hmis.exchange.exporting import views

urlpatterns = [
    path("exchange/exports/", views.exports, name="exports"),
    path("exchange/exports/<int:pk>/", views.export, name="export"),
    path("exchange/exports/<int:pk>/cancel/", views.cancel, name="export_cancel"),
    path("exchange/exports/<int:pk>/download/", views.download, name="export_download"),
    path(
        "exchange/exports/<int:pk>/local/", views.download, {"is_local": True}, name="export_download_local"
    ),
]
