"""The pages of django-allauth that Hearth uses, and our own of one's account. Accounts are made by
administrators."""

from allauth.account import views as account
from django.urls import include, path, register_converter
from django.urls.converters import StringConverter
from django.views.generic import TemplateView

from hearth.hmis.accounts import views


class AccountConverter(StringConverter):
    """An account's number as django-allauth writes it into a link, which a dash ends."""

    regex = "[0-9A-Za-z]{1,13}"


register_converter(AccountConverter, "account")

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
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/<account:uidb36>-<str:key>/",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("back/", views.back, name="account_back"),
    path("sessions/", views.sessions, name="account_sessions"),
    path("sessions/end-others/", views.end_other_sessions, name="account_end_other_sessions"),
    path("sessions/<int:pk>/end/", views.end_session, name="account_end_session"),
    path("requirements/", views.requirements, name="account_requirements"),
    path("requirements/<slug:kind>/", views.sign, name="account_sign"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("two-step/", include("allauth.mfa.urls")),
]
