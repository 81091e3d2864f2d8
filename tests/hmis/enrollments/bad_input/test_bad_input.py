"""Whatever somebody types into whatever field: a message at the field, or it is kept as text; never an error
page of ours, and where it is refused nothing is written.

The pages are those of the applications' addresses, and their forms those that stand on them: a new page or a
new field takes part by itself, and a page with a parameter that nobody knows fails (`world.py`).
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urljoin

import pytest
from django import forms
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearth.hmis.ui.money import MoneyField
from tests.hmis.enrollments.bad_input import values
from tests.hmis.enrollments.bad_input.page_forms import PageForm, Pairs, body, forms_of
from tests.hmis.enrollments.bad_input.world import APPS, NO_FORMS, OF_SCRIPTS, World
from tests.sizes import LONG, size

pytestmark = pytest.mark.long

PATTERNS = {
    f"{urls.app_name}:{one.name}": one
    for urls in APPS
    for one in urls.urlpatterns
    if f"{urls.app_name}:{one.name}" not in NO_FORMS | OF_SCRIPTS
}
#: So many times each form is sent, with other values each time.
TIMES = size(3, values.MOST)
#: What is kept beside clients' records whatever becomes of a form: drafts, and whom one opened lately.
BESIDE = ("enrollments_draft", "enrollments_draftanswer", "clients_recentclient")
FAR_DAYS = ("01/01/0001", "12/31/9999", "9999-12-31")


@pytest.fixture(scope="module")
def world(database_of_module: None) -> World:
    return World()


def writings() -> dict[str, int]:
    """How often rows of clients' records, and of their history, were written in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE relname ~ '^(clients|enrollments|local|organizations|consent|coordinated_entry)_'"
            " AND NOT relname = ANY(%s)",
            [list(BESIDE)],
        )
        return {name: count for name, count in cursor.fetchall() if count}


def sent(world: World, address: str, pairs: Pairs) -> tuple[HttpResponse, dict[str, int]]:
    """What the page answers, and what was written; all of it is undone."""
    with transaction.atomic():
        before = writings()  # those of transactions before stand there a while
        answer = world.post(address, body(pairs))
        written = {name: count for name, count in writings().items() if count != before.get(name, 0)}
        transaction.set_rollback(True)
    return answer, written


def pages(world: World, name: str) -> Iterator[tuple[str, PageForm, dict[str, forms.Field]]]:
    """The forms of the pages of one address, with the fields behind their inputs."""
    for address in world._of(name, PATTERNS[name]):
        answer = world.browser.get(address)
        if answer.status_code == 405:  # a button on another page
            yield address, PageForm(address), {}
        elif answer.status_code == 200:
            fields = fields_of(answer)
            for one in forms_of(answer.content):
                yield urljoin(address, one.action), one, fields


def bound_forms(answer: HttpResponse) -> Iterator[forms.BaseForm]:
    """The forms that a page was made with."""
    seen: set[int] = set()
    waiting = [value for part in answer.context or () for value in part.flatten().values()]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, forms.BaseForm):
            yield one
        elif isinstance(one, list | tuple):
            waiting.extend(one)
        elif isinstance(getattr(one, "forms", None), list):  # the card of one person
            waiting.extend(one.forms)


def fields_of(answer: HttpResponse) -> dict[str, forms.Field]:
    return {one.add_prefix(name): field for one in bound_forms(answer) for name, field in one.fields.items()}


def kind_of(field: forms.Field | None) -> tuple[str, ...] | None:
    match field:
        case forms.DateField():
            return values.DAYS
        case forms.DecimalField() | forms.IntegerField():
            return values.NUMBERS
        case forms.ChoiceField():
            return values.CHOICES
        case forms.CharField():
            return values.TEXTS
    return None


def is_impossible(field: forms.Field | None, value: str) -> bool:
    """Whether no record may say that: told here by hand, not asked of the field."""
    if value == "":
        return False
    match field:
        case forms.DateField():
            return value in FAR_DAYS or not (value.strip()[:1].isdecimal() and value[-4:].isdecimal()
                                             and value.count("/") == 2 and value[:5] not in ("02/30", "13/45")
                                             and value[-4:] != "0000")  # fmt: skip
        case MoneyField():
            dollars, _, cents = value.strip().removeprefix("$").partition(".")
            figures = dollars.replace(",", "") + cents
            return not (figures.isascii() and figures.isdecimal()) or len(figures) > 8
        case forms.DecimalField() | forms.IntegerField():
            return not value.replace("_", "").replace(",", "").isdecimal() or len(value) > 9 or "," in value
        case forms.ChoiceField():
            known = {str(code) for code, _ in _flat(field.choices)}
            return value not in known
        case forms.CharField():
            return field.max_length is not None and len(value.strip()) > field.max_length
    return False


def _flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    for code, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield code, label


def typed(form: PageForm, fields: dict[str, forms.Field], pick: Callable[[int, str], str]) -> Pairs:
    """The form with something else in each field; the crumb that proves where it was sent from stays."""
    found = [(name, value) for name, value in form.sent if name == "csrfmiddlewaretoken"]
    return found + [
        (name, pick(number, name)) for number, name in enumerate(form.names) if name != "csrfmiddlewaretoken"
    ]


def check(world: World, address: str, pairs: Pairs, fields: dict[str, forms.Field]) -> list[str]:
    """What is wrong with the answer."""
    answer, written = sent(world, address, pairs)
    said = dict(pairs)
    found = []
    if answer.status_code >= 500:
        found.append(f"{answer.status_code}")
    if answer.status_code != 302 and written:
        found.append(f"refused with {answer.status_code}, and written all the same: {written}")
    aside = {"draft-save", "look", "do", "language"} & said.keys()
    if answer.status_code == 302 and written and not aside:
        wrong = [name for name, value in said.items() if is_impossible(fields.get(name), value)]
        found += [f"{name} = {said[name][:20]!r} is taken" for name in wrong]
    if answer.status_code == 200 and not aside:
        for form in bound_forms(answer):
            if not form.is_bound or getattr(form, "is_left_out", False):  # a card that is not recorded
                continue
            for name, field in form.fields.items():
                value = said.get(form.add_prefix(name), "")
                if is_impossible(field, value) and name not in form.errors:
                    found.append(f"nothing is said of {name} = {value[:20]!r}")
    return [f"{address}: {one}" for one in found]


def sorted_out(found: list[str]) -> list[str]:
    return sorted(set(found))[:40]


def test_the_pages_of_intake_and_enrollment_have_forms(world: World) -> None:
    found = {(name, form.action) for name in PATTERNS for _, form, _ in pages(world, name)}
    assert len({name for name, _ in found}) >= 18
    assert list(world.addresses())  # each page says of whom it is


@pytest.mark.parametrize("name", PATTERNS)
def test_nothing_that_is_typed_breaks_a_form(world: World, name: str) -> None:
    found: list[str] = []
    for address, form, fields in pages(world, name):

        def pick(number: int, name: str, time: int = 0, fields: Any = fields) -> str:
            kind = kind_of(fields.get(name)) or values.KINDS[(number + time) % len(values.KINDS)]
            return kind[(number + time * (1 if LONG else 3)) % len(kind)]

        for time in range(TIMES):
            pairs = typed(form, fields, lambda number, name, time=time, pick=pick: pick(number, name, time))
            found += check(world, address, pairs, fields)
        found += check(world, address, [*pairs, *pairs], fields)  # each key twice
        for button in form.buttons[: size(2, 20)]:
            found += check(world, address, [*pairs, button], fields)
    assert sorted_out(found) == []


@pytest.mark.parametrize("name", PATTERNS)
def test_one_wrong_field_among_right_ones_is_told(world: World, name: str) -> None:
    """The whole form is refused for each field; the ordinary run looks at each kind of field once a page."""
    found: list[str] = []
    for address, form, fields in pages(world, name):
        seen: set[Any] = set()
        for number, one in enumerate(form.names):
            field = fields.get(one)
            if field is None or (not LONG and type(field) in seen):
                continue
            seen.add(type(field))
            impossible = [value for value in kind_of(field) or () if is_impossible(field, value)]
            if impossible:
                pairs = [(key, value) for key, value in form.sent if key != one]
                pairs.append((one, impossible[number % len(impossible)]))
                found += check(world, address, pairs, fields)
    assert sorted_out(found) == []


@pytest.mark.parametrize("name", PATTERNS)
def test_texts_of_any_script_are_kept_or_refused(world: World, name: str) -> None:
    """Where everything else is as the page had it."""
    found: list[str] = []
    for address, form, fields in pages(world, name):
        texts = [one for one in form.names if type(fields.get(one)) is forms.CharField]
        for value in values.TEXTS[: size(4, 99)] if texts else ():
            pairs = [(key, was) for key, was in form.sent if key not in texts]
            found += check(world, address, [*pairs, *((one, value) for one in texts)], fields)
    assert sorted_out(found) == []


@pytest.mark.parametrize("name", PATTERNS)
def test_forged_and_missing_hidden_inputs_break_nothing(world: World, name: str) -> None:
    found: list[str] = []
    for address, form, fields in pages(world, name):
        hidden = form.hidden - {"csrfmiddlewaretoken"}
        found += check(
            world, address, [(key, value) for key, value in form.sent if key not in hidden], fields
        )
        found += check(world, address, [], fields)
        for time in range(size(2, values.MOST) if hidden else 0):
            forged = [
                (key, values.KINDS[time % 4][(time + number) % values.MOST % len(values.KINDS[time % 4])])
                if key in hidden else (key, value)
                for number, (key, value) in enumerate(form.sent)
            ]  # fmt: skip
            found += check(world, address, forged, fields)
    assert sorted_out(found) == []


@pytest.mark.parametrize("name", PATTERNS)
def test_anything_at_all(world: World, name: str) -> None:
    """Hypothesis types."""
    known = list(pages(world, name))
    if not known:
        return

    @settings(
        max_examples=size(2, 100), deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.data())
    def run(data: Any) -> None:
        address, form, fields = data.draw(st.sampled_from(known))
        some = data.draw(st.lists(values.anything, min_size=1, max_size=12))
        pairs = typed(form, fields, lambda number, name: some[number % len(some)])
        answer, written = sent(world, address, pairs)
        assert answer.status_code < 500
        assert answer.status_code == 302 or not written

    run()


def test_nul_is_refused_before_a_form_sees_it(world: World) -> None:
    for name in PATTERNS:
        for address, form, _ in pages(world, name):
            pairs = [(key, "a\0b") for key in form.names] or [("x", "a\0b")]
            answer, written = sent(world, address, pairs)
            assert (answer.status_code, written) == (400, {}), address


@pytest.mark.parametrize("value", [*values.TEXTS, *values.CHOICES, "a\0b"])
def test_the_draft_takes_or_refuses_what_is_typed(world: World, value: str) -> None:
    """What the page saves by itself while somebody types."""
    (_, form, _), *_ = pages(world, "enrollments:exit")
    token = dict(form.sent)["draft-form"]
    save = reverse("enrollments:save_answer")
    right = {
        "form": token,
        "client": str(world.head.pk),
        "name": "Exit-Destination",
        "value": value,
        "page": "p",
    }
    for key in ("", *right):
        said = right | ({key: value} if key else {})
        answer, written = sent(world, save, list(said.items()))
        assert answer.status_code in (200, 400, 404, 409, 410), (key, value)
        assert written == {}
