"""Addresses of the whole site. Each app brings its own; one that has no pages yet is left out."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from hearth.hmis.site import health, metrics

# Apps whose `urls` modules name their own namespace and the first parts of their paths.
APPS = (
    "clients", "organizations", "enrollments", "consent", "exchange", "reports", "access_log", "lists",
    "local", "site",
)  # fmt: skip

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health.live, name="health"),
    path("health/ready/", health.ready, name="health_ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("account/", include("hearth.hmis.accounts.urls")),
    path("", include("hearth.hmis.accounts.people.urls")),
    path("", include("hearth.hmis.ui.urls")),
]
urlpatterns += [
    path("", include(f"hearth.hmis.{app}.urls")) for app in APPS if find_spec(f"hearth.hmis.{app}.urls")
]

handler400 = "hearth.hmis.site.error_pages.bad_request"
handler403 = "hearth.hmis.site.error_pages.permission_denied"
handler404 = "hearth.hmis.site.error_pages.not_found"
handler429 = "hearth.hmis.site.error_pages.too_many"  # django-allauth asks for it
handler500 = "hearth.hmis.site.error_pages.server_error"
