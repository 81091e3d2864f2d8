"""Requests of one browser that overlap do not take back what the others stored in the session."""

import pytest
from django.contrib.sessions.backends.base import UpdateError

from hearth.hmis.accounts.session_store import SessionStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def key() -> str:
    began = SessionStore()
    began.update({"seen": 1, "searches": {"one": "orla"}, "gone": True})
    began.create()
    began.save()
    return began.session_key


def two(key: str) -> tuple[SessionStore, SessionStore]:
    """The session as two requests have read it at the same moment."""
    one, other = SessionStore(key), SessionStore(key)
    assert one["seen"] == other["seen"]
    return one, other


def test_each_stores_its_own_change(key) -> None:
    one, other = two(key)
    one["seen"] = 2
    other["searches"]["two"] = "wystan"  # within a value
    other["said"] = ["Saved."]
    one.save(), other.save()
    assert dict(SessionStore(key).items()) == {
        "seen": 2,
        "searches": {"one": "orla", "two": "wystan"},
        "gone": True,
        "said": ["Saved."],
    }


def test_what_one_takes_away_stays_away(key) -> None:
    one, other = two(key)
    del one["gone"]
    other["seen"] = 3
    one.save(), other.save()
    assert "gone" not in SessionStore(key)
    assert SessionStore(key)["seen"] == 3


def test_what_is_saved_twice_is_not_changed_a_second_time(key) -> None:
    one, other = two(key)
    one["seen"] = 2
    one.save()
    other["seen"] = 5
    other.save()
    one["said"] = ["Saved."]
    one.save()
    assert SessionStore(key)["seen"] == 5
    assert one["seen"] == 5


def test_a_new_key_takes_everything_along(key) -> None:
    signing_in = SessionStore(key)
    signing_in["who"] = 7
    signing_in.cycle_key()
    signing_in.save()
    now = SessionStore(signing_in.session_key)
    assert (now["who"], now["seen"], now["gone"]) == (7, 1, True)
    assert not SessionStore().exists(key)


def test_a_session_that_ended_meanwhile_stays_ended(key) -> None:
    one, other = two(key)
    one.flush()
    other["seen"] = 9
    with pytest.raises(UpdateError):
        other.save()
    assert not SessionStore().exists(key)
