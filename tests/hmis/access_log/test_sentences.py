"""Each entry of the access log is a sentence; what it is about is a link for who may open it."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access_log import of_clients, queries
from hearth.hmis.access_log.sentences import PLACES, SENTENCES, sentence
from hearth.hmis.audit import subjects
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.audit.subjects import Ref
from hearth.hmis.clients.intake.identity import GROUPS
from hearth.hmis.enrollments.case_manager import actions as case_manager
from hearth.hmis.enrollments.household import forms as household_forms
from hearth.hmis.enrollments.stages import correcting, points, questions
from hearth.hmis.exchange.models import ExportRun, ImportRun
from hearth.hmis.local import views as local_views
from hearth.hmis.reports.models import ReportRun
from tests import factories

SOURCE = Path(__file__).resolve().parents[3] / "src" / "hearth"


def said(
    action: Access, client: int | None = None, subject: str = "", user: int | None = 1, **details
) -> str:
    """The sentence of an entry, references as [kind id]."""
    entry = AccessLog(action=action, client_id=client, subject=subject, details=details, user_id=user)
    parts = sentence(entry, {"hmis_user": "HMIS user"})
    return "".join(f"[{part.kind} {part.id}]" if isinstance(part, Ref) else part for part in parts)


@pytest.mark.parametrize(
    ("words", "entry"),
    [
        ("Opened [client 5]", {"action": Access.CLIENT_VIEWED, "client": 5, "subject": "client"}),
        ("Opened the change history of [client 5]",
         {"action": Access.CLIENT_VIEWED, "client": 5, "subject": "client history"}),
        ("Opened [enrollment 9] of [client 5]",
         {"action": Access.CLIENT_VIEWED, "client": 5, "subject": "enrollment:9"}),
        ("Opened the change history of [enrollment 9] of [client 5]",
         {"action": Access.CLIENT_VIEWED, "client": 5, "subject": "enrollment history:9"}),
        ("Had the full Social Security number shown of [client 5]",
         {"action": Access.SSN_REVEALED, "client": 5, "subject": "client"}),
        ("Searched for clients by name and birth date: 2 found; page 1 showed [client 5], [client 6]",
         {"action": Access.SEARCHED, "kinds": ["name", "birth_date"], "total": 2, "page": 1,
          "shown": [5, 6]}),
        ("Opened the same results again of a search by name: 2 found",
         {"action": Access.SEARCHED, "kinds": ["name"], "total": 2, "page": 1, "shown": [], "again": True}),
        ("Ran [importrun 3]: finished, 12,345 records",
         {"action": Access.IMPORTED, "subject": "importrun:3", "state": "finished", "data_source": 1,
          "rows": 12345}),
        ("Ran [importrun 3]: failed",
         {"action": Access.IMPORTED, "subject": "importrun:3", "state": "failed"}),
        ("Answered the question of [importrun 3] (1 record missing from the full refresh: removed)",
         {"action": Access.IMPORTED, "subject": "importrun:3", "state": "answered", "missing": "remove",
          "missing_records": 1, "newer": "", "newer_records": 0}),
        ("Made [exportrun 3]: 1 client, 2 enrollments, names hashed",
         {"action": Access.EXPORTED, "subject": "exportrun:3", "hashed": True, "clients": 1,
          "enrollments": 2}),
        ("Ran [reportrun 4]",
         {"action": Access.REPORTED, "subject": "reportrun:4", "report": "lsa_systemwide", "coc": "XX-501",
          "projects": 0}),
        ("Ran the HIC XX-501 on the command line",
         {"action": Access.REPORTED, "subject": "report:lsa", "coc": "XX-501", "scope": "HIC"}),
        ("Opened [reportrun 4], the people of a number (LSAPerson row 12); page 2 showed [client 5];"
         " 3 more were hidden from this user",
         {"action": Access.MEMBERS_VIEWED, "subject": "reportrun:4", "file": "LSAPerson", "row": 12,
          "page": 2, "shown": [5], "hidden": 3}),
        ("Compared [reportrun 4] with [reportrun 7]",
         {"action": Access.MEMBERS_VIEWED, "subject": "reportrun:7", "compared": 4, "page": 1, "shown": [],
          "hidden": 0}),
        ("Downloaded the file of [exportrun 3]", {"action": Access.DOWNLOADED, "subject": "exportrun:3"}),
        ("Downloaded a list of the findings of [importrun 3] as Excel",
         {"action": Access.DOWNLOADED, "subject": "importrun:3", "kind": "xlsx"}),
        ("Downloaded a list of [reportrun 4] (all people) as CSV: 30 rows; filtered",
         {"action": Access.DOWNLOADED, "subject": "reportrun:4", "kind": "csv", "rows": 30, "hidden": 0,
          "filters": {"project": ["3"]}, "searched": False, "figure": "people"}),
        ("Opened [reportrun 4], the people of a number (Households: adults only)",
         {"action": Access.MEMBERS_VIEWED, "subject": "reportrun:4", "figure": "type-1", "shown": []}),
        ("Opened [reportrun 4], the people of a number (HDX flag 216 or 217 or 218)",
         {"action": Access.MEMBERS_VIEWED, "subject": "reportrun:4", "flag": "resident_not_served",
          "shown": []}),
        ("Opened [reportrun 4], the people of a number (HDX flag 851 or 1224)",
         {"action": Access.MEMBERS_VIEWED, "subject": "reportrun:4", "flag": "no_bed_night_in_90_days",
          "shown": []}),
        ("Opened [reportrun 4], the people of a number (flag of_long_ago)",
         {"action": Access.MEMBERS_VIEWED, "subject": "reportrun:4", "flag": "of_long_ago", "shown": []}),
        ("Downloaded a list of [reportrun 4] (HDX flag 1353) as Excel: 30 rows; in it "
         + ", ".join(f"[client {pk}]" for pk in range(25)) + " and 5 more clients",
         {"action": Access.DOWNLOADED, "subject": "reportrun:4", "kind": "xlsx", "rows": 30,
          "flag": "violence_missing", "shown": list(range(30))}),
        ("Downloaded the access log: 62 rows",
         {"action": Access.DOWNLOADED, "subject": "access log", "rows": 62}),
        ("Was refused client records: the right is missing (client view)",
         {"action": Access.REFUSED, "subject": "clients:detail", "needed": "client_view", "method": "GET"}),
        ("Was refused client records: not there, or not for this user; asked for [client 5]",
         {"action": Access.REFUSED, "subject": "clients:detail", "method": "GET", "client": 5}),
        ("Signed in", {"action": Access.SIGNED_IN}),
        ("Signed out", {"action": Access.SIGNED_OUT}),
        ("Failed to sign in on the account of [user 8], from 192.0.2.1; the account was locked for this"
         " address",
         {"action": Access.SIGN_IN_FAILED, "user": None, "account": 8, "address": "192.0.2.1",
          "locked": True}),
        ("Failed to sign in on no account of this site", {"action": Access.SIGN_IN_FAILED, "user": None}),
        ("Failed at the second step on the account of [user 8]",
         {"action": Access.SECOND_STEP_FAILED, "user": None, "account": 8, "address": ""}),
        ("The second step of the own account (an authenticator app) was added",
         {"action": Access.SECOND_STEP_CHANGED, "subject": "user:1", "kind": "totp", "done": "added"}),
        ("The password of [user 8] was changed", {"action": Access.PASSWORD_CHANGED, "subject": "user:8"}),
        ("Gave [user 8] the role HMIS user at [organization 17]",
         {"action": Access.ROLE_CHANGED, "subject": "user:8", "done": "given", "role": "hmis_user",
          "organization": 17}),
        ("Took from [user 8] the role HMIS user",
         {"action": Access.ROLE_CHANGED, "subject": "user:8", "done": "removed", "role": "hmis_user",
          "organization": None}),
        ("Put [project 3] into [projectgroup 4]: 2 grants reach it",
         {"action": Access.PROJECT_GROUP_CHANGED, "subject": "projectgroup:4", "done": "put in",
          "project": 3, "grants": 2}),
        ("Renamed [projectgroup 4]: 1 grant reaches it",
         {"action": Access.PROJECT_GROUP_CHANGED, "subject": "projectgroup:4", "done": "renamed",
          "grants": 1}),
        ("Signed User agreement, version 2",
         {"action": Access.REQUIREMENT_CHANGED, "subject": "user:1", "done": "signed",
          "requirement": "user_agreement", "version": 2}),
        ("Recorded for [organization 17]: Agency agreement, version 1",
         {"action": Access.REQUIREMENT_CHANGED, "subject": "organization:17", "done": "recorded",
          "requirement": "agency_agreement", "version": 1}),
        ("Published User agreement, version 2: counts from 2027-01-01; everybody is asked again",
         {"action": Access.REQUIREMENT_CHANGED, "subject": "requirement", "done": "published",
          "requirement": "user_agreement", "version": 2, "counts_from": "2027-01-01", "asks_again": True}),
        ("The account of [user 8] was signed out everywhere (1 session ended)",
         {"action": Access.USER_CHANGED, "subject": "user:8", "done": "signed out everywhere",
          "sessions": 1}),
        ("Was stopped for 15 minutes: more than 600 searches within an hour",
         {"action": Access.LIMITED, "subject": "search", "limit": 600, "minutes": 15}),
        ("The secret key was replaced: 2 sessions ended, 1 second step is to be set up again",
         {"action": Access.SECRET_KEY_CHANGED, "user": None, "sessions": 2, "people": 1}),
        ("The key of Social Security numbers was lost: those of 2 clients were given up",
         {"action": Access.SSNS_FORGOTTEN, "user": None, "clients": 2}),
        ("Recorded the consent of [client 5] at [organization 17]: do not share, 12 records opened or closed",
         {"action": Access.CONSENT_RECORDED, "client": 5, "subject": "consent:3", "organization": 17,
          "choice": "do_not_share", "records": 12}),
        ("Took in a file of 2 consents: 1 record opened or closed; 3 lines were left out",
         {"action": Access.CONSENT_RECORDED, "subject": "consent file", "answers": 2, "records": 1,
          "left_out": 3}),
        ("Wrote down that the consent of [client 5] was signed (signed paper)",
         {"action": Access.CONSENT_RECORDED, "client": 5, "subject": "consent:3",
          "signature": "signed_paper"}),
        ("Opened the page to put together a household with [client 5]",
         {"action": Access.CLIENT_VIEWED, "client": 5, "subject": "household"}),
        ("Opened [enrollment 9] of [client 5], restricted, without a stay in common",
         {"action": Access.CLIENT_VIEWED, "client": 5, "subject": "enrollment:9",
          "restricted_without_stay": True}),
        ("Corrected [client 5]: birth date, name",
         {"action": Access.CLIENT_CHANGED, "client": 5, "subject": "client", "changed": ["birth", "name"]}),
        ("Changed what is kept of [client 5]: ways to reach them",
         {"action": Access.CLIENT_CHANGED, "client": 5, "subject": "client", "changed": ["contact"]}),
        ("Recorded answers of an update for [client 5], [enrollment 9] in [project 3]; looked at and answered"
         " as before: 4.02, 4.03; said that the unusual day is right",
         {"action": Access.STAGE_RECORDED, "client": 5, "subject": "enrollment:9", "project": 3,
          "stage": "update", "unchanged": ["4.02", "4.03"], "is_unusual": True}),
        ("Recorded the date of engagement for [client 5], [enrollment 9] in [project 3]",
         {"action": Access.STAGE_RECORDED, "client": 5, "subject": "enrollment:9", "project": 3,
          "stage": "engagement"}),
        ("Corrected answers at the start for [client 5], [enrollment 9] in [project 3]: 3 records"
         " (Disabilities, IncomeBenefits)",
         {"action": Access.RECORD_CORRECTED, "client": 5, "subject": "enrollment:9", "project": 3,
          "stage": "start", "records": ["Disabilities[5]", "Disabilities[8]", "IncomeBenefits"]}),
        ("Changed the head of the household of [client 5], [enrollment 9] in [project 3]: 4 changes in all",
         {"action": Access.RECORD_CORRECTED, "client": 5, "subject": "enrollment:9", "project": 3,
          "what": "head", "changes": 4}),
        ("Took back an exit in the household of [client 5], [enrollment 9] in [project 3]: 1 change in all;"
         " why: the client never left",
         {"action": Access.RECORD_CORRECTED, "client": 5, "subject": "enrollment:9", "project": 3,
          "what": "reopen", "changes": 1, "reason": "never_left"}),
        ("Removed answers of an annual assessment for [client 5], [enrollment 9] in [project 3]: 1 record"
         " (IncomeBenefits)",
         {"action": Access.RECORD_REMOVED, "client": 5, "subject": "enrollment:9", "project": 3,
          "stage": "annual", "records": ["IncomeBenefits"]}),
        ("Took in 12 rows of local answers of [datasource 2]",
         {"action": Access.IMPORTED, "subject": "datasource:2", "rows": 12}),
        ("Compared 25 records of [importrun 3] with what is stored",
         {"action": Access.IMPORTED, "subject": "importrun:3", "state": "compared", "records": 25}),
        ("Opened the roster of [project 3]; page 1 showed [client 5]",
         {"action": Access.MEMBERS_VIEWED, "subject": "project:3", "page": 1, "shown": [5]}),
        ("Downloaded the roster of [project 3] as CSV: 1 row; in it [client 5]",
         {"action": Access.DOWNLOADED, "subject": "project:3", "kind": "csv", "rows": 1, "filters": {},
          "searched": False, "shown": [5]}),
        ("Was refused local answers: not there, or not for this user; asked for [enrollment 9]",
         {"action": Access.REFUSED, "subject": "local:answer", "method": "GET", "enrollment": 9}),
        ("Signed in; of what nobody thought: 3", {"action": Access.SIGNED_IN, "of_what_nobody_thought": 3}),
    ],
)  # fmt: skip
def test_what_an_entry_says(words: str, entry: dict) -> None:
    assert said(**entry) == words


WRITERS = ("record_access", "record_each")


def recorded() -> list[tuple[str, set[str]]]:
    """Every place in the code that writes to the log: its action, and the particulars it names."""
    found = []
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in WRITERS:
                named = {word.arg: word.value for word in node.keywords if word.arg}
                if isinstance(named["action"], ast.Attribute):
                    names = set(named) - {"by", "action", "client", "subject", "of"}
                    found.append((named["action"].attr, names))
    return found


def test_every_action_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Access)
    assert {action for action, _ in recorded()} <= {action.name for action in SENTENCES}
    assert len(recorded()) > 15


@pytest.mark.parametrize(
    ("action", "names"), recorded(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_particular_has_its_words(action: str, names: set[str]) -> None:
    """None is added as it was written, as those are that no sentence knows."""
    values = {name: [1] if name == "shown" else 1 for name in names}
    values |= {"filters": {"a": ["b"]}} if "filters" in names else {}
    values |= {"kinds": ["name"]} if "kinds" in names else {}
    values |= {"changed": ["birth"]} if "changed" in names else {}
    values |= {"unchanged": ["4.02"]} if "unchanged" in names else {}
    if action in ("RECORD_CORRECTED", "RECORD_REMOVED") and "records" in names:
        values |= {"records": ["Disabilities[5]", "IncomeBenefits"]}
    values |= {"needed": "client_view"} if "needed" in names else {}
    values |= {"state": "answered"} if "missing" in names else {}
    values |= {"state": "compared"} if action == "IMPORTED" and "records" in names else {}
    text = said(Access[action], client=1, subject="user:2", **values)
    assert not [name for name in names if f"; {name.replace('_', ' ')}: " in text], text


def test_every_page_of_a_client_has_its_words() -> None:
    """And what was put right in a household, each stage and each reason, wherever they are named."""
    pages = {
        word.value.value
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and "open_client" in ast.unparse(node.func)
        for word in node.keywords
        if word.arg == "page" and isinstance(word.value, ast.Constant)
    }
    assert len(pages) > 8
    assert pages <= set(of_clients.PAGES)
    assert set(household_forms.FORMS) == set(of_clients.PUT_RIGHT)
    assert set(dict(household_forms.REASONS)) == set(of_clients.REASONS)
    stages = {*questions.TITLES, *correcting.TITLES, *points.BY_SLUG, *local_views.TITLES, case_manager.STAGE}
    assert stages == set(of_clients.STAGES)
    assert set(GROUPS) <= {*of_clients.CORRECTED, "name", "sex"}


def test_every_part_of_the_site_has_words_for_a_refusal() -> None:
    apps = {path.parent.name for path in (SOURCE / "hmis").glob("*/urls.py")} - {"accounts", "config"}
    namespaces = {import_module(f"hearth.hmis.{app}.urls").app_name for app in apps}
    assert namespaces <= set(PLACES)


@pytest.mark.django_db
def test_links_are_for_those_who_may_open(administrator: User) -> None:
    source = factories.make_source()
    organization = factories.make_organization()
    worker = factories.make_hmis_user(organization, display_name="Wanda Worker", email="wanda@example.org")
    auditor = factories.make_auditor()
    with acting(administrator):
        person = factories.make_client(first_name="Secretname", last_name="Nobodys")
        asked = {"coc": "XX-501", "start": "2025-10-01", "end": "2026-09-30", "projects": []}
        report = ReportRun.objects.create(report="lsa_systemwide", parameters=asked, created_by=administrator)
        loaded = ImportRun.objects.create(
            data_source=source, file_name="Secretname.zip", created_by=administrator
        )
        given = ExportRun.objects.create(
            parameters={"start": "2026-11-01", "end": "2026-11-29", "cocs": ["XX-501"]},
            created_by=administrator,
        )
        record_access(by=administrator.pk, action=Access.CLIENT_VIEWED, client=person.pk, subject="client")
        record_access(by=administrator.pk, action=Access.REPORTED, subject=f"reportrun:{report.pk}")
        record_access(
            by=administrator.pk, action=Access.IMPORTED, subject=f"importrun:{loaded.pk}", state="failed"
        )
        record_access(by=administrator.pk, action=Access.EXPORTED, subject=f"exportrun:{given.pk}")
        record_access(
            by=administrator.pk, action=Access.ROLE_CHANGED, subject=f"user:{worker.pk}", done="given",
            role="hmis_user", organization=organization.pk,
        )  # fmt: skip
        record_access(by=administrator.pk, action=Access.REPORTED, subject="reportrun:999999")
        pages = {
            user: queries.in_words(user, AccessLog.objects.order_by("id")[:100]) for user in (administrator,)
        }
    with acting(auditor):
        pages[auditor] = queries.in_words(auditor, queries.entries(auditor).order_by("id"))
    text = {user: " | ".join(one.what for one in entries) for user, entries in pages.items()}
    links = {user: {part.words: part.href for one in entries for part in one.parts if part.href}
             for user, entries in pages.items()}  # fmt: skip
    for said_to in text.values():
        for words in (f"Opened Client {person.pk}", "Ran LSA XX-501, October 1, 2025 – September 30, 2026",
                      f"Ran import {loaded.pk} of {source}: failed",
                      f"Made export {given.pk} (XX-501, November 1 – November 29, 2026)",
                      f"Gave Wanda Worker the role HMIS user at {organization}",
                      "Ran report 999999"):  # fmt: skip
            assert words in said_to
        assert "Secretname" not in said_to
    assert links[administrator] == {
        f"Client {person.pk}": f"/clients/{person.pk}/",
        "LSA XX-501, October 1, 2025 – September 30, 2026": f"/reports/{report.pk}/",
        f"import {loaded.pk} of {source}": f"/exchange/imports/{loaded.pk}/",
        f"export {given.pk} (XX-501, November 1 – November 29, 2026)": f"/exchange/exports/{given.pk}/",
        "Wanda Worker": "/audit/?who=wanda%40example.org",
        str(organization): f"/organizations/{organization.pk}/",
    }
    assert set(links[auditor]) == {"Wanda Worker", str(organization)}


@pytest.mark.django_db
def test_nobody_is_led_to_what_they_may_not_open(administrator: User) -> None:
    """Whatever role may read the log one day: a run of others, and one whose projects were left, has its
    words and no link; a client and an enrollment are numbers."""
    own, other = factories.make_project(), factories.make_project()
    viewer = factories.make_hmis_user(own.organization)
    asked = {"coc": "XX-501", "start": "2025-10-01", "end": "2026-09-30", "projects": []}
    made_with = {"made_with": {"sees_all": False, "projects": [own.pk]}}
    left = {"made_with": {"sees_all": False, "projects": [own.pk, other.pk]}}
    with acting(administrator):
        stay = factories.make_enrollment(factories.make_client(), other)
        runs = [
            ReportRun.objects.create(report="lsa_project", parameters=asked | more, created_by=by)
            for by, more in ((viewer, made_with), (viewer, left), (administrator, {}))
        ]
        loaded = ImportRun.objects.create(file_name="x.zip", created_by=administrator)
        given = [ExportRun.objects.create(parameters={}, created_by=by) for by in (viewer, administrator)]
    refs = [Ref("reportrun", run.pk) for run in runs]
    refs += [Ref("importrun", loaded.pk), Ref("enrollment", stay.pk)]
    refs += [Ref("exportrun", run.pk) for run in given]
    with acting(viewer):
        found = subjects.named(viewer, refs)
    assert {ref for ref in refs if found[ref].href} == {refs[0], Ref("exportrun", given[0].pk)}
    assert found[Ref("enrollment", stay.pk)].words == f"enrollment {stay.pk}"


def test_each_kind_has_who_names_it() -> None:
    assert set(subjects.KINDS) == set(subjects._readers)
    with pytest.raises(ValueError):
        subjects.hand_in("no such kind", lambda viewer, ids: {})
