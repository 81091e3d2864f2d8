"""Guessing of passwords and codes is limited, written down and told, and locks nobody out who is known."""

import base64
import hmac
import struct
import time

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from axes.models import AccessAttempt
from django.test import Client

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.models import AccessLog
from tests import factories
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

LOCKED = 429


@pytest.fixture
def person() -> User:
    return factories.make_user(email="someone@example.org", password=PASSWORD)


def sign_in(browser: Client, password: str = PASSWORD, *, login: str = "someone@example.org", **where: str):
    return browser.post("/account/login/", {"login": login, "password": password}, **where)


def code_step(browser: Client, code: str, **where: str):
    return browser.post("/account/two-step/authenticate/", {"code": code}, **where)


def totp(secret: str) -> str:
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), "sha1")
    (number,) = struct.unpack_from(">I", digest, digest[-1] & 0x0F)
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06d}"


def log(*actions: str) -> list[tuple[int | None, dict]]:
    with acting(factories.make_auditor()):
        found = AccessLog.objects.filter(action__in=actions).order_by("id")
        return list(found.values_list("user_id", "details"))


def test_a_stranger_locks_himself_and_not_a_known_device(person: User) -> None:
    own = Client()
    assert sign_in(own, REMOTE_ADDR="192.0.2.1").status_code == 302
    own.post("/account/logout/")
    stranger = Client()
    statuses = [
        sign_in(stranger, f"guess {n}", REMOTE_ADDR=f"198.51.100.{n // 5}").status_code for n in range(40)
    ]
    assert statuses[4] == LOCKED
    assert statuses[-1] == LOCKED
    # Also from an address that nobody tried from, and from the user's own without the device.
    assert sign_in(Client(), REMOTE_ADDR="203.0.113.9").status_code == LOCKED
    assert sign_in(own, REMOTE_ADDR="198.51.100.1").status_code == 302


def test_one_address_locks_itself_only(person: User) -> None:
    for n in range(6):
        sign_in(Client(), f"guess {n}", REMOTE_ADDR="198.51.100.1")
    assert sign_in(Client(), REMOTE_ADDR="198.51.100.1").status_code == LOCKED
    assert sign_in(Client(), REMOTE_ADDR="192.0.2.7").status_code == 302


def test_a_known_device_is_limited_as_well_and_known_to_its_own_account_only(person: User) -> None:
    own = Client()
    sign_in(own)
    cookie = own.cookies["hearth_device"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    own.post("/account/logout/")
    assert [sign_in(own, f"guess {n}", REMOTE_ADDR=f"192.0.2.{n}").status_code for n in range(5)][
        -1
    ] == LOCKED
    insider = factories.make_user(email="insider@example.org", password=PASSWORD)
    other = Client()
    sign_in(other, login=insider.email)
    other.post("/account/logout/")
    for n in range(30):
        sign_in(Client(), f"guess {n}", REMOTE_ADDR=f"198.51.100.{n}")
    assert sign_in(other, REMOTE_ADDR="192.0.2.99").status_code == LOCKED
    forged = Client()
    forged.cookies["hearth_device"] = cookie.value + "x"
    assert sign_in(forged, REMOTE_ADDR="192.0.2.98").status_code == LOCKED


def test_a_failure_carries_account_and_address_and_nothing_typed(person: User) -> None:
    sign_in(Client(), "not this one", login="  SomeOne@Example.org ", REMOTE_ADDR="198.51.100.1")
    sign_in(Client(), "x", login="secretword1@example.org", REMOTE_ADDR="198.51.100.2")
    assert log("sign_in_failed") == [
        (None, {"account": person.pk, "address": "198.51.100.1"}),
        (None, {"address": "198.51.100.2"}),
    ]
    kept = str(list(AccessAttempt.objects.values()))
    for typed in ("not this one", "someone@example.org", "SomeOne", "Secret", "secret"):
        assert typed not in kept
    auditor = Client()
    auditor.force_login(factories.make_auditor())
    text = auditor.get("/audit/", {"who": "someone@"}).content.decode()
    assert "on the account of " in text
    assert "?who=someone%40example.org" in text
    assert "198.51.100.2" not in text


@pytest.mark.parametrize("kind", ["totp", "recovery"])
def test_codes_are_limited_logged_and_told(person: User, kind: str) -> None:
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    recovery = RecoveryCodes.activate(person)

    def right() -> str:
        return totp(secret) if kind == "totp" else recovery.get_unused_codes()[0]

    browser = Client()
    assert sign_in(browser).headers["Location"].endswith("/two-step/authenticate/")
    wrong = ["000000", "12345678", "111111", "abcdefgh", "222222"]
    statuses = [code_step(browser, code).status_code for code in wrong]
    assert statuses == [200, 200, 200, 200, LOCKED]
    assert code_step(browser, right()).status_code == LOCKED
    # The password does not help where its codes were guessed, in whatever session.
    assert sign_in(Client()).status_code == LOCKED
    failures = log("second_step_failed")
    assert [details["account"] for _, details in failures] == [person.pk] * 5
    assert not any(code in str(failures) for code in wrong)
    assert {"locked": True, "account": person.pk, "address": "127.0.0.1"} in [
        details for _, details in log("sign_in_failed")
    ]
    own = Client()
    sign_in(own, REMOTE_ADDR="192.0.2.1")
    assert code_step(own, right(), REMOTE_ADDR="192.0.2.1").status_code == 302
    text = own.get("/").content.decode()
    assert "somebody tried 5 wrong codes of the second step on your account" in text
    assert "change your password now" in text
    # Told once.
    own.post("/account/logout/")
    again = Client()
    assert User.objects.get(pk=person.pk).wrong_codes == 0
    sign_in(again, REMOTE_ADDR="192.0.2.1")
    code_step(again, recovery.get_unused_codes()[-1], REMOTE_ADDR="192.0.2.1")
    assert "somebody tried" not in again.get("/").content.decode()


def test_wrong_passwords_are_told_from_the_third_on(person: User) -> None:
    for tries, told in ((2, False), (3, True)):
        for n in range(tries):
            # An address a round: five failures from one lock it, and the lock is told in another way.
            sign_in(Client(), f"guess {n}", REMOTE_ADDR=f"198.51.100.{tries}")
        own = Client()
        sign_in(own, REMOTE_ADDR="192.0.2.1")
        text = own.get("/").content.decode()
        assert ("somebody tried" in text) == ("somebody tried 3 wrong passwords" in text) == told


def test_the_try_that_locks_is_among_those_told_and_later_ones_are_not(person: User) -> None:
    for n in range(5):
        status = sign_in(Client(), f"guess {n}", REMOTE_ADDR="198.51.100.9").status_code
    assert status == LOCKED
    for n in range(2):  # no password is looked at any more
        assert sign_in(Client(), f"more {n}", REMOTE_ADDR="198.51.100.9").status_code == LOCKED
    own = Client()
    sign_in(own, REMOTE_ADDR="192.0.2.1")
    assert "somebody tried 5 wrong passwords on your account" in own.get("/").content.decode()


def test_sign_out_password_and_second_step_are_in_the_log(person: User) -> None:
    browser = Client()
    sign_in(browser)
    new = "another long phrase 7"
    changed = browser.post(
        "/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert changed.status_code == 302
    assert log("password_changed") == [(person.pk, {})]
    browser.post("/account/reauthenticate/", {"password": new})
    browser.get("/account/two-step/totp/activate/")
    secret = browser.session["mfa.totp.secret"]
    browser.post("/account/two-step/totp/activate/", {"code": totp(secret)})
    done = [(user, details["kind"], details["done"]) for user, details in log("second_step_changed")]
    assert (person.pk, "totp", "added") in done
    browser.post("/account/logout/")
    assert log("signed_out") == [(person.pk, {})]
