"""Addresses of consent: documents that clients are given and sign, sealed files, and lists of answers due."""

from django.urls import path

from hearth.hmis.consent.due_lists import LISTS
from hearth.hmis.consent.views import answer_file, answers, documents, due, files, papers, who_sees

app_name = "consent"

urlpatterns = [
    path("consent/documents/", documents.index, name="documents"),
    path("consent/documents/<int:pk>/", documents.document, name="document"),
    path("consent/documents/<int:pk>/change/", documents.change, name="document_change"),
    path("consent/documents/<int:pk>/publish/", documents.publish, name="document_publish"),
    path("consent/documents/<int:pk>/discard/", documents.discard, name="document_discard"),
    path("consent/documents/<int:pk>/paper/", documents.paper, name="document_paper"),
    path("consent/documents/<str:kind>/<str:language>/draft/", documents.draft, name="document_draft"),
    path("clients/<int:client>/papers/", papers.papers, name="papers"),
    path("clients/<int:client>/access/", who_sees.who_sees, name="who_sees"),
    path("clients/<int:client>/papers/answer/", answers.record, name="answer"),
    path("clients/<int:client>/papers/add/", papers.add, name="paper_add"),
    path("clients/<int:client>/papers/<int:pk>/sign/", papers.sign, name="sign"),
    path("clients/<int:client>/papers/<int:pk>/print/", papers.sheet, name="client_paper"),
    path("consent/files/<int:pk>/", files.download, name="file"),
    path("answers/", due.index, name="due"),
    path("answers/from-elsewhere/", answer_file.take, name="answer_file"),
    *(path(f"answers/{key}/", due.listed, {"which": key}, name=f"due_{key}") for key in LISTS),
]
