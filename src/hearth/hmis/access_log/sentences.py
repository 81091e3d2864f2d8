"""What an entry of the access log says, as a sentence: "Opened Client 10105".

Each action has its sentence, of words and of `Ref`s that pages show as links (`subjects`). Particulars that
no sentence knows are added as they were written, so that nothing of an entry is left out.
"""

from collections.abc import Mapping

from hearth.formats import counted, number, units
from hearth.hmis.access.requirements import REQUIREMENTS
from hearth.hmis.access_log import of_clients
from hearth.hmis.access_log.particulars import (
    Details,
    Parts,
    Sentence,
    named_clients,
    subject_of,
    who_was_shown,
)
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.audit.subjects import Ref, number_names

_SEARCHED_BY = {
    "name": "name", "birth_date": "birth date", "ssn": "SSN", "ssn_last4": "last four of the SSN", "id": "ID",
}  # fmt: skip
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
    "exchange": "imports and exports", "lists": "kept views of lists", "local": "local answers",
    "organizations": "organizations, projects and CoCs", "people": "people and their grants",
    "reports": "reports", "site": "the state of the installation", "ui": "a page of the frame",
}  # fmt: skip
_FACTORS = {"totp": "an authenticator app", "recovery_codes": "recovery codes", "webauthn": "a security key"}
_LIMITS = {"search": "searches", "ssn": "Social Security numbers shown"}


def sentence(entry: AccessLog, roles: Mapping[str, str]) -> Parts:
    """The words and references of an entry, in order. `roles`: names of roles by code."""
    details = Details(entry.details or {})
    said = SENTENCES[Access(entry.action)](entry, details, roles)
    if rest := details.unsaid():
        said.append("; " + "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in rest.items()))
    return said


def _searched(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    asked = " and ".join(_SEARCHED_BY.get(kind, kind) for kind in details("kinds", ()))
    total = details("total", 0)
    before = "Opened the same results again of a search" if details("again") else "Searched for clients"
    return [f"{before}{f' by {asked}' if asked else ''}: {number(total)} found", *who_was_shown(details)]


def _imported(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
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
        return ["Answered the question of ", subject_of(entry), f" ({'; '.join(answers)})" if answers else ""]
    if state == "compared":
        return [
            f"Compared {counted(details('records', 0), 'record')} of ",
            subject_of(entry),
            " with what is stored",
        ]
    if entry.subject.startswith("datasource:"):  # the second zip, which has no run
        return [f"Took in {counted(rows or 0, 'row')} of local answers of ", subject_of(entry)]
    details("data_source")  # the import is named after it
    many = f", {counted(rows, 'record')}" if rows is not None else ""
    return ["Ran ", subject_of(entry), f": {_ENDED.get(state, state or 'ended')}{many}"]


def _exported(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    clients, enrollments, hashed = details("clients"), details("enrollments"), details("hashed")
    parts: Parts = ["Made ", subject_of(entry)]
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


def _reported(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    subject = subject_of(entry)
    coc, scope, _, projects = details("coc"), details("scope"), details("report"), details("projects")
    of_all = ", in figures alone of everything there" if details("everything") else ""
    if not isinstance(subject, Ref):
        kind = "HIC" if scope == "HIC" else "LSA of chosen projects" if scope == "PROJECT" else "LSA"
        return [f"Ran the {kind} {coc} on the command line"]
    return ["Ran ", subject, f" of {counted(projects, 'project')}" if projects else "", of_all]


def _members_viewed(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    other = details("compared")
    subject = subject_of(entry)
    if not isinstance(subject, Ref):  # a list of its own, such as that of clients to be asked
        return [f"Opened the {subject}", *who_was_shown(details)]
    if subject.kind == "project":
        return ["Opened the roster of ", subject, *who_was_shown(details)]
    parts: Parts = ["Opened ", subject, ", the people of a number"]
    if other:
        parts = ["Compared ", Ref("reportrun", other), " with ", subject]
    return [*parts, *_number_of(details), *who_was_shown(details)]


def _number_of(details: Details) -> Parts:
    """Which number of a report it was."""
    file, row, flag, figure = details("file"), details("row"), details("flag"), details("figure")
    said = []
    if file:
        said.append(f"{file} row {number(row)}" if row else str(file))
    for kind, key in (("flag", flag), ("figure", figure)):
        if key:
            said.append(number_names[kind](str(key)) if kind in number_names else f"{kind} {key}")
    return [f" ({', '.join(said)})"] if said else []


def _downloaded(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    subject, kind, rows = subject_of(entry), details("kind"), details("rows")
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
            else "the roster of"
            if subject.kind == "project"
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
    return [*parts, "; in it ", *named_clients(listed)] if listed else parts


def _refused(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
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


def _signed_in(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    return ["Signed in"]


def _signed_out(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    return ["Signed out"]


def _tried(what: str, details: Details) -> Parts:
    account, address, locked = details("account"), details("address"), details("locked")
    parts: Parts = [what]
    parts += [" on the account of ", Ref("user", account)] if account else [" on no account of this site"]
    parts.append(f", from {address}" if address else "")
    parts.append("; the account was locked for this address" if locked else "")
    return parts


def _sign_in_failed(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    return _tried("Failed to sign in", details)


def _second_step_failed(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    return _tried("Failed at the second step", details)


def _about_user(entry: AccessLog) -> Parts:
    subject = subject_of(entry)
    own = isinstance(subject, Ref) and subject.id == entry.user_id
    return [" of the own account"] if own else [" of ", subject]


def _second_step_changed(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    kind, done = details("kind"), details("done", "changed")
    factor = f" ({_FACTORS.get(kind, kind)})" if kind else ""
    return ["The second step", *_about_user(entry), f"{factor} was {done}"]


def _password_changed(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    way = ", with a link from a mail" if details("way") == "mail" else ""
    return ["The password", *_about_user(entry), f" was changed{way}"]


def _password_reset_asked(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    account, address, is_sent = details("account"), details("address"), details("sent", True)
    parts: Parts = ["Asked by mail for a new password of the account of ", Ref("user", account or 0)]
    parts.append(f", from {address}" if address else "")
    return parts if is_sent else [*parts, "; no mail was sent, there were several within the hour"]


def _session_ended(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    return [f"Ended {counted(details('sessions', 1), 'other session')}", *_about_user(entry)]


def _role_changed(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    role, given = details("role"), details("done", "given") == "given"
    name = roles.get(role, str(role).replace("_", " "))
    parts: Parts = ["Gave " if given else "Took from ", subject_of(entry), f" the role {name}"]
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


def _user_changed(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    done, sessions = details("done", "changed"), details("sessions")
    ended = f" ({counted(sessions, 'session')} ended)" if sessions is not None else ""
    days, tries = details("days"), details("tries")
    forgotten = f" ({counted(tries, 'failed try,failed tries')} forgotten)" if tries is not None else ""
    since = f" for {counted(days, 'day')}" if days is not None else ""
    return ["The account of ", subject_of(entry), f" was {done}{since}{ended}{forgotten}"]


def _project_group_changed(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    done, project, grants = details("done", "changed"), details("project"), details("grants", 0)
    reached = f": {counted(grants, 'grant')} {units(grants, 'reaches,reach')} it"
    if project is None:
        return [f"{str(done).capitalize()} ", subject_of(entry), reached]
    put = done == "put in"
    return ["Put " if put else "Took ", Ref("project", project), " into " if put else " out of ",
            subject_of(entry), reached]  # fmt: skip


def _requirement_changed(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    kind, version, done = details("requirement"), details("version", 0), details("done", "changed")
    since, again = details("counts_from"), details("asks_again")
    what = f"{REQUIREMENTS[kind].name if kind in REQUIREMENTS else kind}, version {version}"
    if done == "published":
        counts = f"counts from {since}" if since else "closes nothing"
        return [f"Published {what}: {counts}", "; everybody is asked again" if again else ""]
    if done == "signed":
        return [f"Signed {what}"]
    return [f"{str(done).capitalize()} for ", subject_of(entry), f": {what}"]


def _limited(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    limit, minutes = details("limit", 0), details("minutes", 0)
    what = _LIMITS.get(entry.subject, entry.subject)
    return [f"Was stopped for {counted(minutes, 'minute')}: more than {number(limit)} {what} within an hour"]


def _secret_key_changed(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    sessions, people = details("sessions", 0), details("people", 0)
    return [
        f"The secret key was replaced: {counted(sessions, 'session')} ended,"
        f" {counted(people, 'second step')} {units(people, 'is')} to be set up again"
    ]


def _ssns_forgotten(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    clients = details("clients", 0)
    return [
        f"The key of Social Security numbers was lost: those of {counted(clients, 'client')} were given up"
    ]


def _document_changed(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    done, again = details("done", "changed"), details("asks_again")
    drafts = {"begun": "Began a draft of", "discarded": "Discarded the draft of"}
    asked = "; everyone who answered on an earlier version is asked again" if again else ""
    return [f"{drafts.get(done, str(done).capitalize())} ", subject_of(entry), asked]


def _files_forgotten(entry: AccessLog, details: Details, roles: Mapping[str, str]) -> Parts:
    files = details("files", 0)
    return [f"The key of sealed files was lost: {counted(files, 'file')} {units(files, 'was')} given up"]


SENTENCES: dict[Access, Sentence] = {
    Access.CLIENT_VIEWED: of_clients.client_viewed,
    Access.CLIENT_ADDED: of_clients.client_added,
    Access.CLIENT_CHANGED: of_clients.client_changed,
    Access.ENROLLED: of_clients.enrolled,
    Access.EXITED: of_clients.exited,
    Access.STAGE_RECORDED: of_clients.stage_recorded,
    Access.RECORD_CORRECTED: of_clients.record_corrected,
    Access.RECORD_REMOVED: of_clients.record_removed,
    Access.DRAFT_CHANGED: of_clients.draft_changed,
    Access.SSN_REVEALED: of_clients.ssn_revealed,
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
    Access.CONSENT_RECORDED: of_clients.consent_recorded,
    Access.FILE_ADDED: of_clients.file_added,
    Access.FILES_FORGOTTEN: _files_forgotten,
    Access.RESTRICTION_CHANGED: of_clients.restriction_changed,
    Access.SSNS_FORGOTTEN: _ssns_forgotten,
}
