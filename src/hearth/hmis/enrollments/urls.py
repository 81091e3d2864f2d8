"""Addresses of enrollments."""

from django.urls import path

from hearth.hmis.enrollments.views import (
    answers,
    case_manager,
    drafts,
    enrollment,
    exit,
    fixing,
    household,
    household_page,
    of_household,
    point,
    records,
    roster,
    service,
    stage,
    start,
)

app_name = "enrollments"
urlpatterns = [
    path("drafts/", drafts.drafts, name="drafts"),
    path("drafts/save/", drafts.save_answer, name="save_answer"),
    path("drafts/<int:pk>/discard/", drafts.discard, name="discard_draft"),
    path("clients/<int:pk>/enroll/", start.choose, name="choose"),
    path("clients/<int:pk>/enroll/<int:project>/", start.start, name="start"),
    path("clients/<int:pk>/enroll/<int:project>/household/", household.gather, name="gather"),
    path("due/", roster.due, name="due"),
    path("projects/<int:pk>/people/", roster.people, name="roster"),
    path("enrollments/<int:pk>/", enrollment.detail, name="detail"),
    path("enrollments/<int:pk>/correct/<slug:what>/", fixing.correct, name="correct"),
    path("enrollments/<int:pk>/case-manager/", case_manager.assign, name="case_manager"),
    path("enrollments/<int:pk>/household/", household_page.household, name="household"),
    path("enrollments/<int:pk>/household/family/", household_page.keep_family, name="keep_family"),
    path("enrollments/<int:pk>/join/", household.join, name="join"),
    path("enrollments/<int:pk>/join/answers/", household.join_start, name="join_start"),
    path("enrollments/<int:pk>/exit/", exit.exit_stay, name="exit"),
    path("enrollments/<int:pk>/household/<str:stage>/", of_household.record, name="stage_of_household"),
    path("enrollments/<int:pk>/happened/<str:slug>/", point.record, name="point"),
    path("enrollments/<int:pk>/happened/<str:slug>/<int:record>/", records.correct, name="correct_record"),
    path(
        "enrollments/<int:pk>/happened/<str:slug>/<int:record>/remove/", records.remove, name="remove_record"
    ),
    path("enrollments/<int:pk>/answers/<str:stage>/<str:day>/", answers.correct, name="correct_answers"),
    path("enrollments/<int:pk>/answers/<str:stage>/<str:day>/remove/", answers.remove, name="remove_answers"),
    path("enrollments/<int:pk>/answers/<str:stage>/", stage.record, name="stage"),
    path("enrollments/<int:pk>/military-service/", service.record, name="service"),
    path("enrollments/<int:pk>/history/", enrollment.history, name="history"),
    path("enrollments/<int:pk>/history/<str:file>/", enrollment.history, name="history_of"),
]
