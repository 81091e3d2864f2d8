"""The access log page: for auditors and administrators, filtered, paged, as CSV and Excel."""

import re

import pytest
from django.db import connection

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access_log import views
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.audit.models.access_log import Access
from tests import factories
from tests.hmis.downloads import about_of, csv_of, rows_of, sheets_of, taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(administrator: User) -> User:
    worker = factories.make_hmis_user(
        factories.make_organization(), email="wanda@example.org", display_name="=Wanda Worker"
    )
    other = factories.make_user(email="otto@example.org", display_name="Otto Other")
    with acting(worker):
        record_access(by=worker.pk, action=Access.CLIENT_VIEWED, client=4711, subject="client")
        record_access(
            by=worker.pk, action=Access.SEARCHED, kinds=["name", "ssn"], total=3, page=1, shown=[4711]
        )
        for _ in range(60):
            record_access(by=worker.pk, action=Access.EXPORTED, subject="exportrun:3", rows=12)
    with acting(other):
        record_access(by=other.pk, action=Access.REFUSED, subject="clients:detail", needed="client_view")
    with acting(None):
        record_access(by=None, action=Access.SIGN_IN_FAILED)
    return factories.make_auditor(display_name="Olu Auditor")


def get(client, user: User, query: dict | None = None) -> str:
    client.force_login(user)
    response = client.get("/audit/", query or {})
    assert response.status_code == 200
    return response.content.decode()


def test_the_latest_entries_in_words(client, auditor: User) -> None:
    text = get(client, auditor)
    for words in ("=Wanda Worker", "wanda@example.org", "Otto Other", "the right is missing (client view)",
                  "Nobody signed in", "Made export 3", "Failed to sign in on no account"):  # fmt: skip
        assert words in text, words
    assert "entries" in text
    assert "page 1 showed Client 4711" in get(client, auditor, {"page": "2"})


@pytest.mark.parametrize(
    ("query", "there", "absent"),
    [
        ({"who": "WANDA"}, "client", "Otto Other"),
        ({"who": "otto@"}, "Otto Other", "Wanda"),
        ({"client": "4711"}, "4711", "Otto Other"),
        ({"client": "99"}, "No entries fit", "Wanda"),
        ({"action": "refused"}, "Otto Other", "Wanda"),
        ({"first": "2000-01-01", "last": "2000-12-31"}, "No entries fit", "Wanda"),
        ({"first": "2000-01-01", "last": "9999-12-31"}, "Wanda", "No entries fit"),
    ],
)
def test_filters(client, auditor: User, query: dict, there: str, absent: str) -> None:
    text = get(client, auditor, query)
    assert there in text
    assert absent not in text


@pytest.mark.parametrize(
    "query",
    [{"client": "9" * 40}, {"client": "x"}, {"client": "-1"}, {"action": "'; DROP TABLE audit_accesslog"},
     {"first": "31.31.31"}, {"page": "9" * 30}, {"page": "-1"}, {"who": "%' OR 1=1"}, {"who": "x" * 5000},
     {"last": "0001-01-01"}, {"first": "0001-01-01"}],
)  # fmt: skip
def test_hostile_filters_get_a_page(client, auditor: User, query: dict) -> None:
    get(client, auditor, query)
    assert client.get("/audit/access-log/csv/", query).status_code == 200


def test_download(client, auditor: User, administrator: User) -> None:
    client.force_login(auditor)
    response = client.get("/audit/access-log/csv/", {"who": "wanda"})
    content = taken(response)
    assert csv_of(content).startswith("\ufeffNumber,")
    rows = rows_of(content)
    assert len(rows) == 62
    assert rows[-1]["Client"] == "4711"
    assert rows[0]["User"] == "'=Wanda Worker"
    about = about_of(content)
    assert about["List"] == "Access log" and about["User (name or e-mail)"] == "wanda"
    assert about["Rows"] == "62 of 62" and about["Taken by"].startswith(str(auditor))
    listed, said = sheets_of(taken(client.get("/audit/access-log/xlsx/", {"who": "wanda"})))
    assert listed.count("<row ") == 63 and "62 of 62" in said and "<f>" not in listed
    assert client.get("/audit/access-log/pdf/").status_code == 404
    with acting(administrator):
        kinds = AccessLog.objects.filter(action="downloaded", user_id=auditor.pk).order_by("pk")
        assert [one.details["kind"] for one in kinds] == ["csv", "xlsx"]


def test_a_part_of_the_log_says_of_how_much_and_by_which_filters(
    client, auditor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_TAKEN_ROWS", 3)
    client.force_login(auditor)
    query = {"who": "wanda", "first": "01/31/2020", "last": "yesterday-ish", "action": "exported"}
    content = taken(client.get("/audit/access-log/csv/", query))
    said = about_of(content)
    assert len(rows_of(content)) == 3 and re.fullmatch(r"3 of 60, the latest", said["Rows"])
    assert said["From"] == "January 31, 2020" and said["To"] == "could not be read, and was left out"
    assert said["Action"] == "Data exported"


def test_a_name_turns_no_other_text_round(client, auditor: User, administrator: User) -> None:
    """A mark of direction in a name holds within the name: else the sentence could be read backwards."""
    person = factories.make_user(display_name="\u202eevil")
    with acting(administrator):
        record_access(
            by=administrator.pk, action=Access.ROLE_CHANGED, subject=f"user:{person.pk}", done="given",
            role="auditor",
        )  # fmt: skip
    assert "><bdi>\u202eevil</bdi></a> the role Auditor" in get(client, auditor)


@pytest.mark.parametrize("name", ["\x0b=1+1", "\u200b@SUM(A1)", " -1", "＝1"])
def test_a_name_that_is_a_formula_is_disarmed(client, auditor: User, name: str) -> None:
    person = factories.make_user(display_name=name)
    with acting(person):
        record_access(by=person.pk, action=Access.SIGNED_IN)
    client.force_login(auditor)
    response = client.get("/audit/access-log/csv/", {"who": person.email})
    (row,) = rows_of(taken(response))
    assert row["User"] == f"'{name}"


@pytest.mark.parametrize("path", ["/audit/", "/audit/access-log/csv/"])
def test_others_are_refused(client, auditor: User, path: str) -> None:
    assert client.get(path).status_code == 302
    for user in (factories.make_user(), factories.make_hmis_user(factories.make_organization())):
        client.force_login(user)
        assert client.get(path).status_code == 403


def test_nobody_changes_the_log(auditor: User, administrator: User) -> None:
    from django.db import ProgrammingError, transaction

    for statement in ("UPDATE audit_accesslog SET subject = ''", "DELETE FROM audit_accesslog"):
        with (
            acting(administrator),
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
        ):
            connection.cursor().execute(statement)
