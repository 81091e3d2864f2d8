"""Addresses of local elements."""

from django.urls import path

from hearth.hmis.local import views

app_name = "local"
urlpatterns = [
    path("enrollments/<int:pk>/local/<str:stage>/", views.answer, name="answer"),
    path("reports/local/", views.counts, name="counts"),
    path("reports/local/<str:field>/", views.given, name="given"),
]
