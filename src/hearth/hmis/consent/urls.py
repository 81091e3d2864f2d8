"""Addresses of consent: the documents that clients are given and sign."""

from django.urls import path

from hearth.hmis.consent.views import documents

app_name = "consent"

urlpatterns = [
    path("consent/documents/", documents.index, name="documents"),
    path("consent/documents/<int:pk>/", documents.document, name="document"),
    path("consent/documents/<int:pk>/change/", documents.change, name="document_change"),
    path("consent/documents/<int:pk>/publish/", documents.publish, name="document_publish"),
    path("consent/documents/<int:pk>/discard/", documents.discard, name="document_discard"),
    path("consent/documents/<int:pk>/paper/", documents.paper, name="document_paper"),
    path("consent/documents/<str:kind>/<str:language>/draft/", documents.draft, name="document_draft"),
]
