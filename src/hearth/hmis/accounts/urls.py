"""The pages of django-allauth that Hearth uses. Accounts are made and changed by administrators."""

from allauth.account import views as account
from django.urls import include, path
from django.views.generic import TemplateView

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("password/change/", account.password_change, name="account_change_password"),
    # Where django-allauth leads a user without a password, who signs in another way.
    path(
        "password/none/",
        TemplateView.as_view(template_name="account/no_password.html"),
        name="account_set_password",
    ),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("two-step/", include("allauth.mfa.urls")),
]
