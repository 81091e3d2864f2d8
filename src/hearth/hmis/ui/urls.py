"""Home, help and the user's own account."""

from django.urls import path

from hearth.hmis.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.home, name="home"),
    path("account/", views.account, name="account"),
    path("account/stay/", views.stay, name="stay"),
    path("help/", views.help_index, name="help"),
    path("help/components/", views.components, name="components"),
    path("help/<slug:topic>/", views.help_topic, name="help_topic"),
]
