"""Why a client was found, in plain words."""

from collections.abc import Mapping
from typing import Any

from hearth.hmis.clients.search.birth_dates import BirthDate
from hearth.hmis.clients.search.question import Question
from hearth.hmis.ui import formats

_BIRTH = {
    "same": "same birth date",
    "swapped": "same birth date with day and month the other way round",
    "near": "almost the same birth date: one figure differs",
}
_SSN = {"all": "same Social Security number", "last4": "same last four of the SSN"}
_ID = {"hud": "same PersonalID", "own": "same client ID"}


def in_words(found: Mapping[str, Any], question: Question, birth_known: bool) -> list[str]:
    """The reasons that the database gave for one client; what was asked and does not fit comes last.

    `found`: {"words": [[how, typed, found], …], "dob": …, "ssn": …, "id": …}, absent where nothing fits.
    """
    fits = [_ID[found["id"]]] if "id" in found else []
    fits += [_SSN[found["ssn"]]] if "ssn" in found else []
    fits += _names(found.get("words", []), question)
    if "dob" in found:
        fits.append(_BIRTH.get(found["dob"]) or _span(question.birth))
    if question.names and len(found.get("words", [])) < len(question.names):
        hit = {typed for _, typed, _ in found.get("words", [])}
        fits += [f"not in this name: {word.title()}" for word in question.names if word not in hit]
    if question.birth and question.birth.is_day and "dob" not in found:
        fits.append("another birth date" if birth_known else "birth date not recorded")
    return fits


def is_exact(found: Mapping[str, Any], question: Question) -> bool:
    """Whether nothing that was asked is otherwise in this client's record.

    An ID and all of an SSN decide alone. Else every word of a name must be a word of the client's (of another
    name too) as it was typed, and birth date or last four must fit; four figures may be a year or the last
    four, and then one of the two is enough.
    """
    if "id" in found or found.get("ssn") == "all":
        return True
    hits = found.get("words", [])
    if question.ssn or len(hits) < len(question.names) or any(_plain(how) != "same" for how, *_ in hits):
        return False
    has_birth, has_last4 = found.get("dob") in ("same", "span"), found.get("ssn") == "last4"
    if question.birth and question.birth.is_day:
        return has_birth and (has_last4 or not question.last4)
    if question.birth or question.last4:
        return has_birth or has_last4
    return bool(hits)


#: Before how a word was found that is of another name of the client (migration 0016).
_OTHER = "other:"


def _plain(how: str) -> str:
    return how.removeprefix(_OTHER)


def _names(hits: list[list[str]], question: Question) -> list[str]:
    same = [typed for how, typed, _ in hits if how == "same"]
    if same and len(same) == len(question.names):
        return ["same name"]
    reasons = [f"same name: {' '.join(word.title() for word in same)}"] if same else []
    others = [(_plain(how), typed, word) for how, typed, word in hits if how.startswith(_OTHER)]
    if others:
        known_as = " ".join(word.title() for _, _, word in others)
        alike = any(how != "same" for how, _, _ in others)
        reasons.append(f"also known as {known_as}{', a name that is alike' if alike else ''}")
    for how, typed, word in hits:
        pair = f"{typed.title()} ~ {word.title()}"
        if how == "nickname":
            reasons.append(f"another form of the name: {pair}")
        elif how == "sound":
            reasons.append(f"name sounds alike: {pair}")
        elif how == "spelling":
            reasons.append(f"similar spelling: {pair}")
        elif how == "start":
            reasons.append(f"name begins the same: {pair}")
    return reasons


def _span(birth: BirthDate | None) -> str:
    if birth is None:
        return "same birth date"
    if birth.first.month == birth.last.month:
        return f"born in {formats.month(birth.first)}"
    return f"born in {birth.first.year}"
