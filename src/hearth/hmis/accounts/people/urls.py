"""Addresses of the people who may sign in."""

from django.urls import path

from hearth.hmis.accounts.people import group_views, requirement_views, views

app_name = "people"

urlpatterns = [
    path("people/", views.index, name="index"),
    path("people/new/", views.add, name="add"),
    path("people/new/many/", views.add_many, name="add_many"),
    path("people/groups/", group_views.index, name="groups"),
    path("people/groups/<int:pk>/", group_views.group, name="group"),
    path("people/requirements/", requirement_views.index, name="requirements"),
    path("people/requirements/many/", requirement_views.record_many, name="record_many"),
    path("people/requirements/<slug:kind>/", requirement_views.publish, name="publish_requirement"),
    path("people/organizations/", requirement_views.organizations, name="organizations"),
    path("people/organizations/<int:pk>/", requirement_views.organization, name="organization"),
    path(
        "people/organizations/<int:pk>/withdraw/<int:made>/",
        requirement_views.withdraw_of_organization,
        name="withdraw_of_organization",
    ),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/grants/new/", views.give, name="give"),
    path("people/<int:pk>/grants/<int:grant>/end/", views.end, name="end"),
    path("people/<int:pk>/requirements/<slug:kind>/", requirement_views.record, name="record_met"),
    path(
        "people/<int:pk>/requirements/<int:made>/withdraw/",
        requirement_views.withdraw,
        name="withdraw_met",
    ),
    path("people/<int:pk>/password/", views.password, name="password"),
    path("people/<int:pk>/do/<slug:what>/", views.do, name="do"),
]
