"""Addresses of enrollments."""

from django.urls import path

from hearth.hmis.enrollments.views import enrollment

app_name = "enrollments"
urlpatterns = [
    path("enrollments/<int:pk>/", enrollment.detail, name="detail"),
    path("enrollments/<int:pk>/history/", enrollment.history, name="history"),
    path("enrollments/<int:pk>/history/<str:file>/", enrollment.history, name="history_of"),
]
