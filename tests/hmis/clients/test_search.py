"""Whoever is looked for is found, with the reason, by those who may, and nothing of it leaks."""

import random
from datetime import date

import pytest
from django.db import connection
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients import queries, search_keys
from hearth.hmis.clients.models import Client
from hearth.hmis.clients.search.names import words
from hearth.hmis.clients.search.question import read
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)

PEOPLE = [
    ("john", {"first_name": "John", "last_name": "Smith", "dob": date(1990, 4, 1), "ssn": "123456789"}),
    (
        "maria",
        {"first_name": "María", "last_name": "de la Cruz", "dob": date(1985, 12, 3), "ssn": "xxxxx4321"},
    ),
    ("brien", {"first_name": "Siobhan", "last_name": "O’Brien-Núñez", "dob": date(2001, 1, 31)}),
    ("william", {"first_name": "William", "middle_name": "Henry", "last_name": "Fairbanks", "dob": None}),
    ("xiong", {"first_name": "Mai", "last_name": "Xiong", "dob": date(1977, 7, 7)}),
    ("abdi", {"first_name": "Abdirahman", "last_name": "Hussein", "dob": date(1999, 9, 9)}),
    ("mary", {"first_name": "Mary Ann", "last_name": "Littlewolf", "dob": date(1960, 6, 15)}),
    ("maryann", {"first_name": "Maryann", "last_name": "Delacroix", "dob": date(1961, 6, 15)}),
    ("katherine", {"first_name": "Katherine", "last_name": "Desjarlait", "dob": date(1990, 4, 2)}),
    ("nameless", {"first_name": None, "last_name": None, "dob": date(1950, 5, 5)}),
]


@pytest.fixture
def people(as_administrator: User) -> dict[str, Client]:
    made = {key: factories.make_client(**fields) for key, fields in PEOPLE}
    for number in range(30):
        factories.make_client(first_name="Zzyzx", last_name=f"Filler{number}", dob=date(1930, 1, 1))
    return made


def found(user: User, text: str, page: int = 1) -> list[queries.Found]:
    return list(queries.search(user, read(text, TODAY), page=page, today=TODAY))


@pytest.mark.parametrize(
    ("text", "who", "reason"),
    [
        ("john smith", "john", "same name"),
        ("SMITH, JOHN", "john", "same name"),
        ("jhon smith", "john", "similar spelling: Jhon ~ John"),
        ("jon smyth", "john", "another form of the name: Jon ~ John"),
        ("jack smith", "john", "another form of the name: Jack ~ John"),
        ("joh smi", "john", "name begins the same: Joh ~ John"),
        ("smithh jonn", "john", "similar spelling"),
        ("maria de la cruz", "maria", "same name"),
        ("maria delacruz", "maria", "same name"),
        ("cruz maria", "maria", "same name"),
        ("obrien nunez", "brien", "same name"),
        ("o'brien", "brien", "same name"),
        ("siobhan obrian", "brien", "similar spelling: Obrian ~ Obrien"),
        ("bill fairbanks", "william", "another form of the name: Bill ~ William"),
        ("fairbnaks", "william", "similar spelling"),
        ("henry fairbanks", "william", "same name"),
        ("mai siong", "xiong", "Siong ~ Xiong"),
        ("mai xyooj", "xiong", "another form of the name: Xyooj ~ Xiong"),
        ("cabdiraxmaan xuseen", "abdi", "another form of the name"),
        ("maryann littlewolf", "mary", "same name"),
        ("mary ann delacroix", "maryann", "another form of the name: Ann ~ Maryann"),
        ("mary ann de la croix", "maryann", "another form of the name: Croix ~ Delacroix"),
        ("catherine desjarlais", "katherine", "Catherine ~ Katherine"),
        ("4/1/1990", "john", "same birth date"),
        ("1/4/1990", "john", "day and month the other way round"),
        ("smith 4/1/1991", "john", "almost the same birth date"),
        ("smith 1990", "john", "born in 1990"),
        ("smith april 1990", "john", "born in April 1990"),
        ("smith 1/1/1970", "john", "another birth date"),
        ("123-45-6789", "john", "same Social Security number"),
        ("6789", "john", "same last four of the SSN"),
        ("4321", "maria", "same last four of the SSN"),
        ("fairbanks 1/1/1970", "william", "birth date not recorded"),
        ("5/5/1950", "nameless", "same birth date"),
    ],
)  # fmt: skip
def test_is_found_with_the_reason(people, administrator, text: str, who: str, reason: str) -> None:
    results = found(administrator, text)
    assert results, "nobody was found"
    assert results[0].client == people[who]
    assert any(reason in line for line in results[0].reasons), results[0].reasons


def test_is_found_by_hmis_id_and_by_our_own(people, administrator) -> None:
    john = people["john"]
    assert found(administrator, john.hud_id.lower())[0].reasons == ["same PersonalID"]
    assert found(administrator, f"#{john.pk}")[0].client == john


def test_an_all_but_right_name_still_finds(people, administrator) -> None:
    (first, *_) = found(administrator, "john xqwzp")
    assert first.client == people["john"]
    assert "not in this name: Xqwzp" in first.reasons


def test_the_right_birth_date_decides_between_namesakes(people, administrator) -> None:
    other = factories.make_client(first_name="John", last_name="Smith", dob=date(1950, 2, 2))
    assert found(administrator, "john smith 2/2/1950")[0].client == other
    assert found(administrator, "john smith 4/1/1990")[0].client == people["john"]


def test_a_wrong_birth_date_costs(people, administrator) -> None:
    """Of three namesakes the one of another birth date comes last, behind the one without any; a wrong date
    makes a name less likely than the name alone, a day as well as a month and a year."""
    right = factories.make_client(first_name="Orla", last_name="Fennimore", dob=date(1980, 5, 6))
    wrong = factories.make_client(first_name="Orla", last_name="Fennimore", dob=date(1963, 11, 30))
    blank = factories.make_client(first_name="Orla", last_name="Fennimore", dob=None)
    alone = {one.client: one.score for one in found(administrator, "orla fennimore")}
    for asked in ("5/6/1980", "1980", "May 1980"):
        hits = found(administrator, f"orla fennimore {asked}")
        assert [one.client for one in hits[:3]] == [right, blank, wrong], asked
        scores = {one.client: one.score for one in hits}
        assert scores[wrong] < alone[wrong], asked
        assert scores[blank] == alone[blank], asked
        assert scores[right] > alone[right], asked


def test_pages_have_25_and_do_not_overlap(people, administrator) -> None:
    first, second = found(administrator, "zzyzx"), found(administrator, "zzyzx", page=2)
    assert (len(first), len(second)) == (25, 5)
    assert not {one.client.pk for one in first} & {one.client.pk for one in second}
    assert found(administrator, "zzyzx", page=999)


def test_changed_and_deleted_clients(people, administrator) -> None:
    john = people["john"]
    john.last_name = "Goodsky"
    john.save()
    assert found(administrator, "john goodsky")[0].client == john
    john.date_deleted = factories.WHEN
    john.save()
    assert john in [one.client for one in found(administrator, "john goodsky")]
    worker = factories.make_hmis_user(factories.make_organization())
    with acting(worker):
        assert john not in [one.client for one in found(worker, "john goodsky")]
    Client.objects.filter(pk=john.pk).delete()
    assert john.pk not in [one.client.pk for one in found(administrator, "john goodsky")]


def test_who_may_search(people) -> None:
    worker = factories.make_hmis_user(factories.make_organization())
    with acting(worker):
        assert found(worker, "john smith")[0].client == people["john"]
    for user in (factories.make_auditor(), factories.make_user()):
        with acting(user):
            assert found(user, "john smith") == []
    with acting(None), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM hearth_search_clients('{john}', '{}', '{}', '{}', NULL, NULL,"
                       " NULL, NULL, '{}', 0, 25)")  # fmt: skip
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    "statement",
    ["SELECT * FROM clients_searchkey", "SELECT * FROM clients_searchname",
     "SELECT * FROM hearth_likely_words('john', '{}', 1000, '{}', 9)",
     "SELECT hearth_search_without_indexes()",
     "DELETE FROM clients_searchkey"],
)  # fmt: skip
def test_the_web_role_cannot_read_the_keys(statement: str) -> None:
    from django.db import ProgrammingError, transaction

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


def slow_score(typed: list[str], name: list[str]) -> float:
    """Slow obvious twin: mean over typed words of the closest word of the name, by optimal alignment."""

    def distance(a: str, b: str) -> int:
        table = {(i, -1): i + 1 for i in range(-1, len(a))} | {(-1, j): j + 1 for j in range(-1, len(b))}
        for i, x in enumerate(a):
            for j, y in enumerate(b):
                table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (x != y))
                if i and j and x == b[j - 1] and a[i - 1] == y:
                    table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
        return table[len(a) - 1, len(b) - 1]

    return sum(max(1 - distance(t, n) / max(len(t), len(n)) for n in name) for t in typed) / len(typed)


def test_random_typos_find_whom_the_slow_twin_finds(as_administrator: User) -> None:
    from bench.invented_names import MISTAKES, People

    people = People(seed=7, firsts=300, lasts=700)
    rows = people.invent(400)
    clients = [
        factories.make_client(first_name=first, middle_name=middle, last_name=last, dob=day)
        for first, middle, last, day in rows
    ]
    names = {c.pk: words(f"{c.first_name} {c.middle_name} {c.last_name}") for c in clients}
    dice = random.Random(11)
    missed = []
    typos = ("letters swapped", "letter dropped", "letter doubled", "letter changed", "both names mistyped")
    for _ in range(150):
        client = dice.choice(clients)
        first, last = client.first_name.lower(), client.last_name.lower()
        if min(len(first), len(last)) < 3 or not last.isalpha():
            continue
        text = MISTAKES[dice.choice(typos)](dice, first, last)
        ranked = sorted(names, key=lambda pk: -slow_score(words(text), names[pk]))
        if client.pk not in ranked[:10]:
            continue  # so badly mistyped that nobody could tell
        if client.pk not in [one.client.pk for one in found(as_administrator, text)]:
            missed.append(text)
    assert len(missed) <= 3, missed


def test_python_and_database_write_names_alike(as_administrator: User) -> None:
    names = [
        "O’Brien-Núñez",
        "de la Cruz",
        "ŁUKASZ sørensen",
        "Đặng",
        "Ŋaŋa",
        "Mc Donald, Jr.",
        "a_b%c",
        "Æsa",
    ]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute("SELECT hearth_words(%s)", [name])
            assert cursor.fetchone()[0] == words(name), name


# ---------------------------------------------------------------------------------------------- pages


@pytest.fixture
def worker(people) -> User:
    return factories.make_hmis_user(factories.make_organization())


def test_search_page_by_post(client, people, worker, administrator, caplog) -> None:
    client.force_login(worker)
    page = client.post(reverse("clients:search"), {"q": "jhon smith 123-45-6789"}, follow=True)
    assert page.status_code == 200
    text = page.content.decode()
    assert "Smith, John" in text
    assert "similar spelling: Jhon ~ John" in text
    assert page["Cache-Control"] == "no-store, private"
    with acting(administrator):
        (entry,) = AccessLog.objects.filter(action="searched")
    assert entry.user_id == worker.pk
    assert entry.details["kinds"] == ["name", "ssn", "id"]
    assert people["john"].pk in entry.details["shown"]
    assert "jhon" not in str(entry.details).lower()
    assert "smith" not in caplog.text.lower()
    assert "6789" not in caplog.text


def test_what_is_searched_is_never_taken_from_an_address(client, worker) -> None:
    client.force_login(worker)
    page = client.get(reverse("clients:search"), {"q": "john smith"})
    assert "Smith, John" not in page.content.decode()
    assert 'value="john smith"' not in page.content.decode()


def test_htmx_gets_the_results_alone(client, worker) -> None:
    client.force_login(worker)
    page = client.post(
        reverse("clients:search"),
        {"q": "john"},
        headers={"HX-Request": "true", "HX-Target": "search-results"},
        follow=True,
    )
    text = page.content.decode()
    assert "<html" not in text
    assert "Smith, John" in text
    assert "HX-Push-Url" not in page


def test_nobody_found_says_what_to_try(client, worker) -> None:
    client.force_login(worker)
    text = client.post(reverse("clients:search"), {"q": "qqqqwwww"}, follow=True).content.decode()
    assert "Nobody was found" in text
    assert "Try another way before you take somebody for new" in text


@pytest.mark.parametrize(
    "typed",
    ["", "a", "' OR 1=1 --", "'; DROP TABLE clients_client; --", "<script>alert(1)</script>", "%", "_", "\\",
     "x" * 10_000, "{john,smith}", "NULL", "😀 😀", "مريم", "9" * 40, "99999999999999999999", "1/1/0001",
     "\u202e\u0300\u0300", "a" * 39 + " " + "b" * 41, "$$", "{{ 7*7 }}", "-1", "0"],
)  # fmt: skip
def test_hostile_input_gets_a_page(client, worker, typed: str) -> None:
    client.force_login(worker)
    response = client.post(reverse("clients:search"), {"q": typed}, follow=True)
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize("page", ["99999999999999999999", "-1", "0", "x", ""])
def test_a_page_that_is_none_is_the_first(client, worker, page: str) -> None:
    client.force_login(worker)
    address = client.post(reverse("clients:search"), {"q": "zzyzx"}).url
    response = client.get(address, {"page": page})
    assert response.status_code == 200
    assert response.context["found"].number == 1


def test_nul_is_refused_politely(client, worker) -> None:
    client.force_login(worker)
    assert client.post(reverse("clients:search"), {"q": "john\x00smith"}).status_code == 400


@pytest.mark.parametrize("name", ["clients:search", "clients:recent"])
def test_others_are_refused(client, people, administrator, name: str) -> None:
    assert client.get(reverse(name)).status_code == 302
    auditor = factories.make_auditor()
    client.force_login(auditor)
    assert client.get(reverse(name)).status_code == 403
    with acting(administrator):
        assert AccessLog.objects.filter(action="refused", user_id=auditor.pk).exists()


def test_recent_clients_are_ones_own(client, people, worker) -> None:
    client.force_login(worker)
    client.get(reverse("clients:detail", args=[people["john"].pk]))
    assert "Smith, John" in client.get(reverse("clients:recent")).content.decode()
    client.force_login(factories.make_hmis_user(factories.make_organization()))
    assert "Smith, John" not in client.get(reverse("clients:recent")).content.decode()


# --------------------------------------------------------------------------------------- bulk import


def test_keys_after_a_bulk_import(django_db_blocker, transactional_db) -> None:
    import psycopg

    from hearth.server import database

    with psycopg.connect(database.url("loader")) as loader, loader.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("INSERT INTO organizations_datasource (name, is_hearth, implementation_id)"
                       " VALUES ('bulk', false, '') RETURNING id")  # fmt: skip
        source = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO clients_client (data_source_id, hud_id, first_name, last_name, dob)"
            " SELECT %s, 'B' || n, 'Bulky', 'Person' || n, '1990-01-01' FROM generate_series(1, 40) AS n",
            [source],
        )
        assert search_keys.refresh(cursor, data_source_id=source) == 40
        cursor.execute(
            "UPDATE clients_client SET last_name = 'Changed', updated_at = now() + interval '1 second'"
            " WHERE hud_id = 'B7' RETURNING updated_at"
        )
        assert search_keys.refresh(cursor, data_source_id=source, since=cursor.fetchone()[0]) == 1
    administrator = factories.make_administrator()
    with acting(administrator):
        assert found(administrator, "bulky changed")[0].client.hud_id == "B7"
        assert len(found(administrator, "bulky")) == 25


@pytest.fixture
def crowd(as_administrator: User) -> dict[str, Client]:
    """More people than a search looks at, and behind them in every order the few who are meant."""
    many = [
        Client(
            data_source=factories.make_client(first_name="Aaa", last_name="Bbb").data_source,
            hud_id=f"crowd{number}",
            **fields,
        )
        for number, fields in enumerate(
            [
                {"first_name": "Oluwaseun", "last_name": f"Q{number:04d}x", "dob": None}
                for number in range(320)
            ]
            + [
                {"first_name": f"W{number:04d}z", "last_name": "", "dob": date(1980, 1, 1)}
                for number in range(620)
            ]
        )
    ]
    for one in many:
        one.save()
    return {
        "one": factories.make_client(first_name="Oluwaseun", last_name="Mbeki", dob=date(1980, 1, 1)),
        "near": factories.make_client(first_name="Oluwasen", last_name="Mbeky", dob=date(1980, 1, 1)),
    }


@pytest.mark.parametrize("text", ["Oluwaseun 1/1/1980", "Oluwaseun Mbeki", "Mbeki 1/1/1980", "oluwasen 1980"])
def test_the_most_alike_are_not_lost_in_a_crowd(crowd, administrator, text: str) -> None:
    hits = [one.client for one in found(administrator, text)[:2]]
    assert crowd["one"] in hits or crowd["near"] in hits
    if "sen" not in text:
        assert hits[0] == crowd["one"]


def test_the_same_question_has_the_same_answer_wherever_rows_lie(crowd, administrator) -> None:
    before = [one.client.pk for one in found(administrator, "oluwaseun")]
    with acting(administrator):
        for one in Client.objects.filter(pk__in=before[:5]):
            one.first_name = "Oluwaseun "  # the row moves to another place
            one.save()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    assert [one.client.pk for one in found(administrator, "oluwaseun")] == before
