"""Address of the page for whoever runs the installation."""

from django.urls import path

from hearth.hmis.site import views

app_name = "site"
urlpatterns = [path("system/", views.system, name="system")]
