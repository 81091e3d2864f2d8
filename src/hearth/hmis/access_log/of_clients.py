"""What was done with one client and their stays, as sentences of the access log."""

from collections.abc import Mapping

from hearth.formats import counted, units
from hearth.hmis.access_log.particulars import Details, Parts, subject_of
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.audit.subjects import Ref

PAGES = {
    "client": "",
    "client identity": "the identity form of ",
    "client names": "the other names of ",
    "client contact": "how to reach ",
    "client family": "the family of ",
    "client history": "the change history of ",
    "client restriction": "the restrictions of ",
    "enrolling": "the page to enroll ",
    "client account": "the account of who looked at ",
    "enrollment": "an enrollment of ",
    "enrollment history": "the change history of an enrollment of ",
    "household": "the page to put together a household with ",
    "papers": "the consent papers of ",
    "a printed document": "a consent document to print for ",
    "who sees": "the page of who can see ",
}
CORRECTED = {
    "birth": "birth date", "ssn": "SSN", "race": "race and ethnicity", "veteran": "veteran status",
    "service": "military service",
}  # fmt: skip
#: What is kept beside the identity: added and ended rather than corrected.
_KEPT_BESIDE = {
    "other names": "other names", "contact": "ways to reach them", "language": "language",
    "family": "family",
}  # fmt: skip
STAGES = {
    "start": "answers at the start",
    "update": "answers of an update",
    "annual": "answers of an annual assessment",
    "exit": "answers at the exit",
    "post_exit": "answers after the exit",
    "move-in": "the move-in date",
    "contact": "a contact",
    "engagement": "the date of engagement",
    "path": "the PATH status",
    "assessment": "a coordinated entry assessment",
    "event": "a coordinated entry event",
    "case-manager": "the case manager",
}
#: What was put right in a household, as its pages are addressed.
PUT_RIGHT = {
    "head": "Changed the head of the household of ",
    "coc": "Changed the CoC of the household of ",
    "start": "Corrected a start date in the household of ",
    "remove": "Removed an enrollment in the household of ",
    "reopen": "Took back an exit in the household of ",
    "separate": "Made two households of that of ",
    "unite": "Made one household of another and that of ",
    "person": "Moved to the right person an enrollment in the household of ",
    "project": "Moved to the right project an enrollment in the household of ",
    "undo": "Undid the own last change in the household of ",
}
REASONS = {
    "mistake": "recorded by mistake",
    "never_left": "the client never left",
    "other_person": "the exit of somebody else",
}


def client_viewed(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    page, _, pk = entry.subject.partition(":")
    client = Ref("client", entry.client_id or 0)
    restricted = details("restricted_without_stay")
    ending = [", restricted, without a stay in common"] if restricted else []
    if pk.isascii() and pk.isdigit():
        before = "Opened the change history of " if "history" in page else "Opened "
        return [before, Ref("enrollment", int(pk)), " of ", client, *ending]
    return [f"Opened {PAGES.get(page, f'{page} of ')}", client, *ending]


def ssn_revealed(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    return ["Had the full Social Security number shown of ", Ref("client", entry.client_id or 0)]


def consent_recorded(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    client, signature = Ref("client", entry.client_id or 0), details("signature")
    if signature:
        return [
            "Wrote down that the consent of ",
            client,
            f" was signed ({str(signature).replace('_', ' ')})",
        ]
    if (answers := details("answers")) is not None:
        left_out = details("left_out", 0)
        rest = f"; {counted(left_out, 'line was,lines were')} left out" if left_out else ""
        changed = counted(details("records", 0), "record")
        return [f"Took in a file of {counted(answers, 'consent')}: {changed} opened or closed{rest}"]
    choice, records, organization = details("choice", ""), details("records", 0), details("organization")
    where: Parts = [" at ", Ref("organization", organization)] if organization else []
    said = f": {str(choice).replace('_', ' ')}, {counted(records, 'record')} opened or closed"
    return ["Recorded the consent of ", client, *where, said]


def file_added(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    purpose, organization = details("purpose"), details("organization")
    what = f" ({str(purpose).replace('_', ' ')}) of "
    parts: Parts = ["Stored ", subject_of(entry), what, Ref("client", entry.client_id or 0)]
    return [*parts, " at ", Ref("organization", organization)] if organization else parts


def restriction_changed(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    done, until = details("done", "changed"), details("until")
    details("restriction")
    client = Ref("client", entry.client_id or 0)
    if done == "ended":
        return ["Ended a restriction of ", client]
    return [f"{str(done).capitalize()} ", client, f" until before {until}" if until else " without an end"]


def client_added(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    apart = details("not_the_same", 0)
    said = f", told apart from {counted(apart, 'client')} who {units(apart, 'is')} alike" if apart else ""
    return ["Added ", Ref("client", entry.client_id or 0), said]


def client_changed(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    changed = details("changed", [])
    words = ", ".join(CORRECTED.get(one) or _KEPT_BESIDE.get(one, one) for one in changed)
    is_beside = bool(changed) and all(one in _KEPT_BESIDE for one in changed)
    before = "Changed what is kept of " if is_beside else "Corrected "
    apart = details("not_the_same", 0)
    said = f", told apart from {counted(apart, 'client')} who {units(apart, 'is')} alike" if apart else ""
    return [before, Ref("client", entry.client_id or 0), f": {words}" if words else "", said]


def exited(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    return ["Recorded the exit of ", Ref("client", entry.client_id or 0), " from ", subject_of(entry)]


def enrolled(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    project = details("project")
    parts: Parts = ["Enrolled ", Ref("client", entry.client_id or 0)]
    return [*parts, " in ", Ref("project", project)] if project else parts


def _whose_stay(entry: AccessLog, details: Details) -> Parts:
    project = details("project")
    parts: Parts = [Ref("client", entry.client_id or 0), ", ", subject_of(entry)]
    return [*parts, " in ", Ref("project", project)] if project else parts


def _stage(details: Details) -> str:
    stage = details("stage")
    return STAGES.get(stage, f"answers ({str(stage).replace('_', ' ')})" if stage else "answers")


def _records(details: Details) -> str:
    """How many, and of which files. Not which disability it was: that alone would say something of a client
    to whoever reads the log."""
    names = details("records") or ()
    files = sorted({name.partition("[")[0] for name in names})
    return f": {counted(len(names), 'record')} ({', '.join(files)})" if names else ""


def stage_recorded(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    unchanged, is_unusual = details("unchanged") or (), details("is_unusual")
    return [
        f"Recorded {_stage(details)} for ",
        *_whose_stay(entry, details),
        f"; looked at and answered as before: {', '.join(unchanged)}" if unchanged else "",
        "; said that the unusual day is right" if is_unusual else "",
    ]


def record_corrected(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    what, changes, reason = details("what"), details("changes"), details("reason")
    if what is None:
        return [f"Corrected {_stage(details)} for ", *_whose_stay(entry, details), _records(details)]
    return [
        PUT_RIGHT.get(what, f"Put right ({str(what).replace('_', ' ')}) the household of "),
        *_whose_stay(entry, details),
        f": {counted(changes, 'change')} in all" if changes is not None else "",
        f"; why: {REASONS.get(reason, reason)}" if reason else "",
    ]


def record_removed(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    return [f"Removed {_stage(details)} for ", *_whose_stay(entry, details), _records(details)]


def draft_changed(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    done, kind, project = details("done", "changed"), details("kind", ""), details("project")
    answers = details("answers")
    words = {"begun": "Began", "discarded": "Discarded", "expired": "Removed after its time"}
    parts: Parts = [f"{words.get(done, str(done).capitalize())} a draft"]
    parts += [f" ({str(kind).replace('_', ' ')})"] if kind else []
    parts += [f" with {counted(answers, 'answer')}"] if answers is not None else []
    parts += [" of ", Ref("client", entry.client_id or 0)]
    return [*parts, " in ", Ref("project", project)] if project else parts
