"""What an entry of the access log says, as a sentence: "Opened Client 10105".

Each action has its sentence, of words and of `Ref`s that pages show as links (`subjects`). Particulars that
no sentence knows are added as they were written, so that nothing of an entry is left out.
"""

from collections.abc import Callable, Mapping
from typing import Any

from hearth.formats import counted, number, units
from hearth.hmis.access.requirements import REQUIREMENTS
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.audit.subjects import KINDS, Ref, number_names

Part = str | Ref
Parts = list[Part]

#: So many clients of a page of results are named; the rest is counted (the file has all).
MOST_CLIENTS = 25

_SEARCHED_BY = {
    "name": "name", "birth_date": "birth date", "ssn": "SSN", "ssn_last4": "last four of the SSN", "id": "ID",
}  # fmt: skip
_PAGES = {
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
}
_CORRECTED = {"birth": "birth date", "ssn": "SSN", "race": "race and ethnicity", "veteran": "veteran status"}
_ENDED = {
    "finished": "finished", "failed": "failed", "refused": "refused", "cancelled": "cancelled",
    "asking": "waits for an answer",
}  # fmt: skip
_ANSWERS = {
    "remove": "removed", "keep": "kept", "take_back": "taken back",
    "spare": "removed but for what was changed here",
}  # fmt: skip
#: What the views of an application show, for a refusal.
PLACES = {
    "audit": "the access log", "clients": "client records", "consent": "consent and its documents",
    "enrollments": "enrollments",
    "exchange": "imports and exports", "lists": "kept views of lists",
    "organizations": "organizations, projects and CoCs", "people": "people and their grants",
    "reports": "reports", "site": "the state of the installation", "ui": "a page of the frame",
}  # fmt: skip
_FACTORS = {"totp": "an authenticator app", "recovery_codes": "recovery codes", "webauthn": "a security key"}
_LIMITS = {"search": "searches", "ssn": "Social Security numbers shown"}


def sentence(entry: AccessLog, roles: Mapping[str, str]) -> Parts:
    """The words and references of an entry, in order. `roles`: names of roles by code."""
    details = _Details(entry.details or {})
    said = SENTENCES[Access(entry.action)](entry, details, roles)
    if rest := details.unsaid():
        said.append("; " + "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in rest.items()))
    return said


class _Details:
    """The particulars of an entry, which knows what of them a sentence has said."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values, self._said = values, set[str]()

    def __call__(self, name: str, default: Any = None) -> Any:
        self._said.add(name)
        return self._values.get(name, default)

    def unsaid(self) -> dict[str, Any]:
        return {
            name: value
            for name, value in self._values.items()
            if name not in self._said and value not in (None, "", [], {})
        }


def _subject(entry: AccessLog) -> Part:
    """ "importrun:17" as a reference; other text as it is."""
    kind, _, pk = entry.subject.partition(":")
    return Ref(kind, int(pk)) if kind in KINDS and pk.isascii() and pk.isdigit() else entry.subject


def _clients(ids: Any) -> Parts:
    ids = list(ids or ())
    parts: Parts = []
    for one in ids[:MOST_CLIENTS]:
        parts += [", ", Ref("client", one)]
    if len(ids) > MOST_CLIENTS:
        parts.append(f" and {counted(len(ids) - MOST_CLIENTS, 'more client')}")
    return parts[1:]


def _shown(details: _Details) -> Parts:
    """Who was on the page that somebody looked at, and how many more there were."""
    page, shown, hidden = details("page", 1), details("shown"), details("hidden")
    parts: Parts = []
    if shown:
        parts += [f"; page {number(page)} showed ", *_clients(shown)]
    if hidden:
        parts.append(f"; {counted(hidden, 'more was,more were')} hidden from this user")
    return parts


def _client_viewed(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    page, _, pk = entry.subject.partition(":")
    client = Ref("client", entry.client_id or 0)
    if pk.isascii() and pk.isdigit():
        before = "Opened the change history of " if "history" in page else "Opened "
        return [before, Ref("enrollment", int(pk)), " of ", client]
    restricted = details("restricted_without_stay")
    ending = [", restricted, without a stay in common"] if restricted else []
    return [f"Opened {_PAGES.get(page, f'{page} of ')}", client, *ending]


def _ssn_revealed(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    return ["Had the full Social Security number shown of ", Ref("client", entry.client_id or 0)]


def _searched(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    asked = " and ".join(_SEARCHED_BY.get(kind, kind) for kind in details("kinds", ()))
    total = details("total", 0)
    before = "Opened the same results again of a search" if details("again") else "Searched for clients"
    return [f"{before}{f' by {asked}' if asked else ''}: {number(total)} found", *_shown(details)]


def _imported(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    state, rows = details("state"), details("rows")
    if state == "answered":
        answers = []
        for name, what in (("missing", "missing from the full refresh"), ("newer", "newer here")):
            answer, records = details(name), details(f"{name}_records")
            if records:
                done = _ANSWERS.get(answer or "", answer) or "not answered"
                answers.append(f"{counted(records, 'record')} {what}: {done}")
        if one_by_one := details("one_by_one"):
            answers.append(f"{counted(one_by_one, 'record')} answered otherwise")
        return ["Answered the question of ", _subject(entry), f" ({'; '.join(answers)})" if answers else ""]
    if state == "compared":
        return [
            f"Compared {counted(details('records', 0), 'record')} of ",
            _subject(entry),
            " with what is stored",
        ]
    details("data_source")  # the import is named after it
    many = f", {counted(rows, 'record')}" if rows is not None else ""
    return ["Ran ", _subject(entry), f": {_ENDED.get(state, state or 'ended')}{many}"]


def _exported(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    clients, enrollments, hashed = details("clients"), details("enrollments"), details("hashed")
    parts: Parts = ["Made ", _subject(entry)]
    held = [
        counted(count, one)
        for count, one in ((clients, "client"), (enrollments, "enrollment"))
        if count is not None
    ]
    if held:
        parts.append(f": {', '.join(held)}")
    if hashed is not None:
        parts.append(", names hashed" if hashed else ", with names")
    return parts


def _reported(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    subject = _subject(entry)
    coc, scope, _, projects = details("coc"), details("scope"), details("report"), details("projects")
    of_all = ", in figures alone of everything there" if details("everything") else ""
    if not isinstance(subject, Ref):
        kind = "HIC" if scope == "HIC" else "LSA of chosen projects" if scope == "PROJECT" else "LSA"
        return [f"Ran the {kind} {coc} on the command line"]
    return ["Ran ", subject, f" of {counted(projects, 'project')}" if projects else "", of_all]


def _members_viewed(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    other = details("compared")
    subject = _subject(entry)
    if not isinstance(subject, Ref):  # a list of its own, such as that of clients to be asked
        return [f"Opened the {subject}", *_shown(details)]
    parts: Parts = ["Opened ", subject, ", the people of a number"]
    if other:
        parts = ["Compared ", Ref("reportrun", other), " with ", subject]
    return [*parts, *_number_of(details), *_shown(details)]


def _number_of(details: _Details) -> Parts:
    """Which number of a report it was."""
    file, row, flag, figure = details("file"), details("row"), details("flag"), details("figure")
    said = []
    if file:
        said.append(f"{file} row {number(row)}" if row else str(file))
    for kind, key in (("flag", flag), ("figure", figure)):
        if key:
            said.append(number_names[kind](str(key)) if kind in number_names else f"{kind} {key}")
    return [f" ({', '.join(said)})"] if said else []


def _downloaded(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    subject, kind, rows = _subject(entry), details("kind"), details("rows")
    hidden, searched, listed = details("hidden"), details("searched"), details("shown")
    filters = details("filters") or {}
    form = f" as {'Excel' if kind == 'xlsx' else str(kind).upper()}" if kind else ""
    many = f": {counted(rows, 'row')}" if rows is not None else ""
    if isinstance(subject, Ref) and subject.kind == "sealedfile":
        parts: Parts = ["Downloaded ", subject, " of ", Ref("client", entry.client_id or 0)]
    elif isinstance(subject, Ref):
        what = (
            "a list of the findings of"
            if subject.kind == "importrun"
            else "a list of"
            if kind
            else "the file of"
        )
        parts = [f"Downloaded {what} ", subject, *_number_of(details), f"{form}{many}"]
    else:
        parts = [f"Downloaded the {subject}{form}{many}"]
    if hidden:
        parts.append(f"; {counted(hidden, 'more was,more were')} hidden from this user")
    if filters or searched:
        parts.append("; filtered")
    return [*parts, "; in it ", *_clients(listed)] if listed else parts


def _refused(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    place = PLACES.get(entry.subject.partition(":")[0], "a page")
    needed, _ = details("needed"), details("method")
    why = f"the right is missing ({needed.replace('_', ' ').replace(',', ', ')})" if needed else ""
    parts: Parts = [f"Was refused {place}: {why or 'not there, or not for this user'}"]
    for name, pk in (("client", entry.client_id), ("enrollment", details("enrollment"))):
        if pk:
            parts += ["; asked for ", Ref(name, pk)]
    if pk := details("pk"):
        parts.append(f"; asked for number {pk}")
    return parts


def _signed_in(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    return ["Signed in"]


def _signed_out(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    return ["Signed out"]


def _tried(what: str, details: _Details) -> Parts:
    account, address, locked = details("account"), details("address"), details("locked")
    parts: Parts = [what]
    parts += [" on the account of ", Ref("user", account)] if account else [" on no account of this site"]
    parts.append(f", from {address}" if address else "")
    parts.append("; the account was locked for this address" if locked else "")
    return parts


def _sign_in_failed(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    return _tried("Failed to sign in", details)


def _second_step_failed(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    return _tried("Failed at the second step", details)


def _about_user(entry: AccessLog) -> Parts:
    subject = _subject(entry)
    own = isinstance(subject, Ref) and subject.id == entry.user_id
    return [" of the own account"] if own else [" of ", subject]


def _second_step_changed(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    kind, done = details("kind"), details("done", "changed")
    factor = f" ({_FACTORS.get(kind, kind)})" if kind else ""
    return ["The second step", *_about_user(entry), f"{factor} was {done}"]


def _password_changed(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    way = ", with a link from a mail" if details("way") == "mail" else ""
    return ["The password", *_about_user(entry), f" was changed{way}"]


def _password_reset_asked(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    account, address, is_sent = details("account"), details("address"), details("sent", True)
    parts: Parts = ["Asked by mail for a new password of the account of ", Ref("user", account or 0)]
    parts.append(f", from {address}" if address else "")
    return parts if is_sent else [*parts, "; no mail was sent, there were several within the hour"]


def _session_ended(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    return [f"Ended {counted(details('sessions', 1), 'other session')}", *_about_user(entry)]


def _role_changed(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    role, given = details("role"), details("done", "given") == "given"
    name = roles.get(role, str(role).replace("_", " "))
    parts: Parts = ["Gave " if given else "Took from ", _subject(entry), f" the role {name}"]
    details("scope")
    for place in ("organization", "project"):
        # The entries of before there were grants have the organization's number under its name alone.
        if number_of := details(f"{place}_id") or details(place):
            return [*parts, " at ", Ref(place, number_of)]
    if coc := details("coc_code"):
        return [*parts, f" in {coc}"]
    if group := details("project_group_id"):
        return [*parts, f" for the group of projects {group}"]
    if funder := details("funder"):
        return [*parts, f" for the funding source {funder}", *filter(None, [details("funding_grant_id")])]
    return parts


def _user_changed(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    done, sessions = details("done", "changed"), details("sessions")
    ended = f" ({counted(sessions, 'session')} ended)" if sessions is not None else ""
    days, tries = details("days"), details("tries")
    forgotten = f" ({counted(tries, 'failed try,failed tries')} forgotten)" if tries is not None else ""
    since = f" for {counted(days, 'day')}" if days is not None else ""
    return ["The account of ", _subject(entry), f" was {done}{since}{ended}{forgotten}"]


def _project_group_changed(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    done, project, grants = details("done", "changed"), details("project"), details("grants", 0)
    reached = f": {counted(grants, 'grant')} {units(grants, 'reaches,reach')} it"
    if project is None:
        return [f"{str(done).capitalize()} ", _subject(entry), reached]
    put = done == "put in"
    return ["Put " if put else "Took ", Ref("project", project), " into " if put else " out of ",
            _subject(entry), reached]  # fmt: skip


def _requirement_changed(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    kind, version, done = details("requirement"), details("version", 0), details("done", "changed")
    since, again = details("counts_from"), details("asks_again")
    what = f"{REQUIREMENTS[kind].name if kind in REQUIREMENTS else kind}, version {version}"
    if done == "published":
        counts = f"counts from {since}" if since else "closes nothing"
        return [f"Published {what}: {counts}", "; everybody is asked again" if again else ""]
    if done == "signed":
        return [f"Signed {what}"]
    return [f"{str(done).capitalize()} for ", _subject(entry), f": {what}"]


def _limited(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    limit, minutes = details("limit", 0), details("minutes", 0)
    what = _LIMITS.get(entry.subject, entry.subject)
    return [f"Was stopped for {counted(minutes, 'minute')}: more than {number(limit)} {what} within an hour"]


def _secret_key_changed(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    sessions, people = details("sessions", 0), details("people", 0)
    return [
        f"The secret key was replaced: {counted(sessions, 'session')} ended,"
        f" {counted(people, 'second step')} {units(people, 'is')} to be set up again"
    ]


def _ssns_forgotten(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    clients = details("clients", 0)
    return [
        f"The key of Social Security numbers was lost: those of {counted(clients, 'client')} were given up"
    ]


def _consent_recorded(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
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


def _document_changed(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    done, again = details("done", "changed"), details("asks_again")
    drafts = {"begun": "Began a draft of", "discarded": "Discarded the draft of"}
    asked = "; everyone who answered on an earlier version is asked again" if again else ""
    return [f"{drafts.get(done, str(done).capitalize())} ", _subject(entry), asked]


def _file_added(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    purpose, organization = details("purpose"), details("organization")
    what = f" ({str(purpose).replace('_', ' ')}) of "
    parts: Parts = ["Stored ", _subject(entry), what, Ref("client", entry.client_id or 0)]
    return [*parts, " at ", Ref("organization", organization)] if organization else parts


def _files_forgotten(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    files = details("files", 0)
    return [f"The key of sealed files was lost: {counted(files, 'file')} {units(files, 'was')} given up"]


def _restriction_changed(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    done, until = details("done", "changed"), details("until")
    details("restriction")
    client = Ref("client", entry.client_id or 0)
    if done == "ended":
        return ["Ended a restriction of ", client]
    return [f"{str(done).capitalize()} ", client, f" until before {until}" if until else " without an end"]


def _client_added(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    apart = details("not_the_same", 0)
    said = f", told apart from {counted(apart, 'client')} who {units(apart, 'is')} alike" if apart else ""
    return ["Added ", Ref("client", entry.client_id or 0), said]


def _client_changed(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    changed = ", ".join(_CORRECTED.get(one, one) for one in details("changed", []))
    return ["Corrected ", Ref("client", entry.client_id or 0), f": {changed}" if changed else ""]


def _exited(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    return ["Recorded the exit of ", Ref("client", entry.client_id or 0), " from ", _subject(entry)]


def _enrolled(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    project = details("project")
    parts: Parts = ["Enrolled ", Ref("client", entry.client_id or 0)]
    return [*parts, " in ", Ref("project", project)] if project else parts


def _draft_changed(entry: AccessLog, details: _Details, roles: Mapping[str, str]) -> Parts:
    done, kind, project = details("done", "changed"), details("kind", ""), details("project")
    answers = details("answers")
    words = {"begun": "Began", "discarded": "Discarded", "expired": "Removed after its time"}
    parts: Parts = [f"{words.get(done, str(done).capitalize())} a draft"]
    parts += [f" ({str(kind).replace('_', ' ')})"] if kind else []
    parts += [f" with {counted(answers, 'answer')}"] if answers is not None else []
    parts += [" of ", Ref("client", entry.client_id or 0)]
    return [*parts, " in ", Ref("project", project)] if project else parts


Sentence = Callable[[AccessLog, _Details, Mapping[str, str]], Parts]
SENTENCES: dict[Access, Sentence] = {
    Access.CLIENT_VIEWED: _client_viewed,
    Access.CLIENT_ADDED: _client_added,
    Access.CLIENT_CHANGED: _client_changed,
    Access.ENROLLED: _enrolled,
    Access.EXITED: _exited,
    Access.DRAFT_CHANGED: _draft_changed,
    Access.SSN_REVEALED: _ssn_revealed,
    Access.SEARCHED: _searched,
    Access.IMPORTED: _imported,
    Access.EXPORTED: _exported,
    Access.REPORTED: _reported,
    Access.MEMBERS_VIEWED: _members_viewed,
    Access.DOWNLOADED: _downloaded,
    Access.REFUSED: _refused,
    Access.SIGNED_IN: _signed_in,
    Access.SIGNED_OUT: _signed_out,
    Access.SIGN_IN_FAILED: _sign_in_failed,
    Access.SECOND_STEP_FAILED: _second_step_failed,
    Access.SECOND_STEP_CHANGED: _second_step_changed,
    Access.PASSWORD_CHANGED: _password_changed,
    Access.PASSWORD_RESET_ASKED: _password_reset_asked,
    Access.SESSION_ENDED: _session_ended,
    Access.ROLE_CHANGED: _role_changed,
    Access.REQUIREMENT_CHANGED: _requirement_changed,
    Access.PROJECT_GROUP_CHANGED: _project_group_changed,
    Access.USER_CHANGED: _user_changed,
    Access.LIMITED: _limited,
    Access.SECRET_KEY_CHANGED: _secret_key_changed,
    Access.DOCUMENT_CHANGED: _document_changed,
    Access.CONSENT_RECORDED: _consent_recorded,
    Access.FILE_ADDED: _file_added,
    Access.FILES_FORGOTTEN: _files_forgotten,
    Access.RESTRICTION_CHANGED: _restriction_changed,
    Access.SSNS_FORGOTTEN: _ssns_forgotten,
}
