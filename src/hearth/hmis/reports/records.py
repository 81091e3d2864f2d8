"""The application's records as reports know them: what is read for a report, and who a key belongs to.

Reports name records by HUD's keys as the snapshot writes them. Beside its files every report keeps which of
our records a key stands for (`ids/<file>.parquet`: key, id); names are looked up here when a page is shown,
and only of records that the viewer may see then.
"""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from hearth.hmis.access import field_rights
from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.organizations.confidential import CONFIDENTIAL_ORGANIZATION, CONFIDENTIAL_PROJECT, hidden_ids
from hearth.hmis.organizations.models import Project
from hearth.hmis.reports import snapshot
from hearth.hmis.reports.heartbeat import ReportHeartbeat
from hearth.reporting import engine
from hearth.reporting.engine import Connection, name, text
from hearth.reporting.opening.bundle import damage_told
from hearth.reporting.runtime.inputs import Narrow, only_enrollments, without_values
from hearth.reporting.sources import snapshot as states
from hearth.standards.load import Registry

#: HUD's files whose records the pages lead to, and their keys.
KEYS = {"Client": "PersonalID", "Enrollment": "EnrollmentID", "Project": "ProjectID"}
_IDS = "ids"
_LISTED = ("hud_id", "first_name", "middle_name", "last_name", "name_suffix")
_BETWEEN = "\x1e"  # the control character made to stand between records


def current(heartbeat: ReportHeartbeat) -> Path:
    """The records as they are now, as the report engine reads them."""
    return snapshot.refreshed(progress=heartbeat.reading, should_stop=heartbeat.should_stop)


def project_keys(source: Path, registry: Registry, projects: Sequence[int]) -> list[str]:
    """The ProjectIDs of our projects in what was read."""
    with engine.connected() as connection, states.opened(source, connection, registry):
        rows = engine.rows(
            connection,
            "SELECT ProjectID FROM Project WHERE list_contains($1, _id) ORDER BY 1",
            [list(projects)],
        )
    return [key for (key,) in rows]


def narrowing(user: User, registry: Registry) -> Narrow | None:
    """Leave out the enrollments that a user may not see, and the fields: their report is made of what they
    may see, like their exports. A report of all that there is needs nothing left out."""
    blank = withheld_values(user)
    if user.sees_all:
        return (lambda connection: without_values(connection, blank)) if blank else None
    seen = Enrollment.objects.restrict(user).values_list("pk", flat=True)
    numbers = ",".join(map(str, seen.iterator(chunk_size=50_000)))

    def narrow(connection: Connection) -> None:
        engine.run(
            connection,
            "CREATE TABLE _seen AS"
            " SELECT CAST(unnest(string_split($1, ',')) AS BIGINT) AS _id WHERE $1 <> ''",
            [numbers],
        )
        kept = "SELECT EnrollmentID FROM Enrollment SEMI JOIN _seen USING (_id)"
        only_enrollments(connection, registry, kept)
        without_values(connection, blank)

    return narrow


def shared_with(user: User, projects: Collection[int]) -> list[int]:
    """Enrollments of other projects that tell of people of these: they are in a report of these projects."""
    seen = Enrollment.objects.restrict(user)
    people = seen.filter(project_id__in=projects).values("client_id")
    others = seen.filter(client_id__in=people).exclude(project_id__any_of=user.own_projects)
    return list(others.values_list("pk", flat=True))


def withheld_values(user: User) -> dict[str, dict[str, str]]:
    """What stands instead of the fields that a user may not see (`access/field_rights.py`): file → column →
    an expression over its row."""
    lost = field_rights.all_missing(user)
    found: dict[str, dict[str, str]] = {}
    for right in field_rights.field_rights():
        if right.permission not in lost:
            continue
        for hud in right.written:
            file, _, column = hud.partition(".")
            value = str(right.instead.get(hud, "NULL"))
            if hud in field_rights.OF_HIV_ROWS:
                value = f"CASE WHEN DisabilityType = {field_rights.HIV} THEN {value} ELSE {name(column)} END"
            found.setdefault(file, {})[column] = value
    return found | _neutral_names()


def _neutral_names() -> dict[str, dict[str, str]]:
    """The same for projects whose names are confidential to whoever acts, and for their organizations."""
    projects = hidden_ids("project")
    if not projects:
        return {}
    theirs = Project.objects.filter(pk__in=projects).values_list("organization_id", flat=True)
    return {
        "Project": {
            "ProjectName": _instead(projects, text(CONFIDENTIAL_PROJECT), "ProjectName"),
            "ProjectCommonName": _instead(projects, "NULL", "ProjectCommonName"),
        },
        "Organization": {
            "OrganizationName": _instead(set(theirs), text(CONFIDENTIAL_ORGANIZATION), "OrganizationName"),
            "OrganizationCommonName": _instead(set(theirs), "NULL", "OrganizationCommonName"),
        },
        "Funder": {
            "GrantID": f"CASE WHEN ProjectID IN (SELECT ProjectID FROM Project WHERE {_among(projects)})"
            " THEN NULL ELSE GrantID END",
        },
    }


def _instead(ids: Collection[int], value: str, column: str) -> str:
    return f"CASE WHEN {_among(ids)} THEN {value} ELSE {name(column)} END"


def _among(ids: Collection[int]) -> str:
    return f"_id IN ({', '.join(map(str, sorted(ids)))})"


def keep_ids(source: Path, registry: Registry, folder: Path) -> None:
    """Write beside a report which of our records the keys stand for."""
    target = folder / _IDS
    target.mkdir(mode=0o700)
    with engine.connected() as connection, states.opened(source, connection, registry):
        for file, key in KEYS.items():
            path = text(target / f"{file}.parquet")
            engine.run(
                connection,
                f"COPY (SELECT {name(key)} AS key, _id AS id FROM {name(file)} ORDER BY key)"
                f" TO {path} (FORMAT parquet, COMPRESSION zstd)",
            )


class Records:
    """The records of a report, or of two, as one viewer may see them."""

    def __init__(self, user: User, *folders: Path) -> None:
        self.user, self._folders = user, folders

    def may_see(self, enrollment_ids: Collection[str]) -> set[str]:
        """Of EnrollmentIDs those whose enrollments the viewer may see now."""
        return set(self._seen("Enrollment", enrollment_ids, Enrollment.objects.restrict(self.user)))

    def enrollments(self, enrollment_ids: Iterable[str]) -> dict[str, int]:
        """Our numbers of enrollments that the viewer may see, by EnrollmentID."""
        rows = Enrollment.objects.restrict(self.user).filter(date_deleted__isnull=True)
        return self._seen("Enrollment", enrollment_ids, rows)

    def people(self, personal_ids: Iterable[str]) -> dict[str, Client]:
        """Who they are, by PersonalID: those whose records the viewer may open."""
        rows = Client.objects.restrict(self.user)
        if not self.user.sees_all:
            rows = rows.filter(date_deleted__isnull=True)
        ids = self._seen("Client", personal_ids, rows)
        known = rows.only(*_LISTED).in_bulk(list(ids.values()))
        return {key: known[pk] for key, pk in ids.items()}

    def projects(self, project_ids: Iterable[str]) -> dict[str, Project]:
        """Projects by ProjectID."""
        rows = Project.objects.restrict(self.user)
        ids = self._seen("Project", project_ids, rows)
        known = rows.select_related("organization").in_bulk(list(ids.values()))
        return {key: known[pk] for key, pk in ids.items()}

    def _seen(self, file: str, keys: Iterable[str], rows: QuerySet[Any]) -> dict[str, int]:
        """Our numbers by key, of those that are in `rows`. A key that two reports use for different records
        is left out unless the viewer may see both."""
        pairs = self._ids(file, sorted(set(keys)))
        there = (
            set(rows.filter(pk__in={pk for _, pk in pairs}).values_list("pk", flat=True)) if pairs else set()
        )
        unseen = {key for key, pk in pairs if pk not in there}
        return {key: pk for key, pk in pairs if key not in unseen}

    def _ids(self, file: str, keys: Sequence[str]) -> list[tuple[str, int]]:
        """What the reports kept of these keys; nothing unless each of them did, because a key may stand for
        another record in each. Raises `BundleError`, also where the files go meanwhile: their
        days are over while the list is open."""
        paths = [folder / _IDS / f"{file}.parquet" for folder in self._folders]
        if not keys or not all(path.is_file() for path in paths):
            return []
        listed = ", ".join(map(text, paths))
        # One long text instead of many values: the engine takes long over each single value.
        with damage_told(*self._folders), engine.reading() as connection:
            return engine.rows(
                connection,
                f"SELECT DISTINCT key, id FROM read_parquet([{listed}]) SEMI JOIN"
                f" (SELECT unnest(string_split($1, chr({ord(_BETWEEN)}))) AS key) USING (key)",
                [_BETWEEN.join(keys)],
            )
