"""Addresses of what users keep of lists."""

from django.urls import path

from hearth.hmis.lists import views

app_name = "lists"
urlpatterns = [
    path("lists/<slug:name>/columns/", views.columns, name="columns"),
    path("lists/<slug:name>/views/", views.views, name="views"),
    path("lists/views/<int:pk>/remove/", views.remove, name="remove"),
]
