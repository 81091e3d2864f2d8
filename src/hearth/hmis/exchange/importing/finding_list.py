"""The list of an import's findings: filtered by severity, organization, project, check, file and column."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import reverse

from hearth.hmis.access.models import User
from hearth.hmis.exchange.importing import findings, queries, record_pages
from hearth.hmis.exchange.models import ImportRun
from hearth.hmis.ui.record_list import KINDS, Asked, Column, Filter, RecordList, page_of

COLUMNS = (
    Column("severity", "Severity"),
    Column("project", "Organization and project"),
    Column("file", "File"),
    Column("key", "Record"),
    Column("column", "Column"),
    Column("value_class", "Value"),
    Column("sentence", "What is wrong"),
    Column("remedy", "What to do", sorts=False, starts=False),
    Column("check", "Check", sorts=False, starts=False),
    Column("origin", "Rule", sorts=False, starts=False),
)
#: The column of the list under which each column of a finding stands, where it has none of its own.
_UNDER = {"organization": "project", "line": "key"}
HEADINGS = tuple(
    (_UNDER.get(column, column), said)
    for column, said in zip(findings.COLUMNS, findings.HEADINGS, strict=True)
)


@dataclass(frozen=True, slots=True)
class Place:
    """The findings of one project, of an organization itself, or of neither. `counts`: (severity, findings)
    in the order of the severities; `address`: the list of them."""

    organization: str
    project: str
    counts: list[tuple[str, int]]
    address: str


@dataclass(frozen=True, slots=True)
class Findings:
    """The list as the page shows it. `severities`: the codes there are, in words, the worst first."""

    shown: RecordList
    places: list[Place]
    severities: list[tuple[str, str]]
    wanted: findings.Filter
    names: findings.Names


def listed(user: User, run: ImportRun, path: Path, query: Mapping[str, Any]) -> Findings:
    """The findings of a run that an address asks for, with links to the records that are stored."""
    there = findings.places(path)
    keys = {
        "organization": {one for one, _, _ in there if one},
        "project": {one for _, one, _ in there if one},
    }
    names = record_pages.names(user, run, keys)
    asked = Asked(query, columns=COLUMNS, filters=_filters(run, keys, names))
    wanted = findings.Filter(**asked.chosen, order=asked.order)
    total = findings.count(path, wanted)
    first = min(asked.offset, max(0, (total - 1) // asked.size * asked.size))
    found = findings.page(path, wanted, first, asked.size)
    addresses = record_pages.addresses(user, run, found)
    for one in found:
        one["address"] = addresses.get((one["file"], one["key"]), "")
        for kind in keys:
            one[kind] = names.get(kind, {}).get(str(one[kind]), one[kind])
    shown = RecordList(
        asked,
        page_of(found, asked.page, asked.size, total),
        "Findings, one a row of the export",
        "finding",
        reverse("exchange:import", args=[run.pk]),
        of=findings.count(path, findings.Filter()),
        can_download=True,
        download_at={kind: reverse("exchange:import_findings", args=[run.pk, kind]) for kind in KINDS},
        own_order="by severity, file, check and line",
        empty=("The list is empty", "Nothing was found."),
        id="findings",
    )
    severities = [(code, words) for code, words, _, _ in queries.severities(run)]
    return Findings(shown, _places(there, names, severities, asked), severities, wanted, names)


def _filters(
    run: ImportRun, keys: Mapping[str, set[str]], names: findings.Names
) -> list[Filter]:  # fmt: skip
    summary = run.findings_summary
    in_words = {one["check"]: one.get("sentence") or one["check"] for one in summary}

    def of(column: str) -> list[str]:
        return list(dict.fromkeys(str(one[column]) for one in summary if one[column]))

    def named(kind: str) -> tuple[tuple[str, str], ...]:
        texts = [(key, names.get(kind, {}).get(key, key)) for key in keys[kind]]
        named = sorted(texts, key=lambda one: (one[1].casefold(), one[0]))
        return (*named, (findings.NOBODY, f"Of no {kind}"))

    return [
        Filter("severity", "Severity", tuple((code, words) for code, words, _, _ in queries.severities(run))),
        Filter("organization", "Organization", named("organization")),
        Filter("project", "Project", named("project")),
        Filter(
            "check", "Check", tuple((one, in_words[one]) for one in sorted(of("check"), key=in_words.get))
        ),
        Filter("file", "File", tuple((one, one) for one in sorted(of("file")))),
        Filter("column", "Column", tuple((one, one) for one in sorted(of("column")))),
    ]


def _places(
    there: list[tuple[str | None, str | None, dict[str, int]]],
    names: findings.Names,
    severities: list[tuple[str, str]],
    asked: Asked,
) -> list[Place]:
    """By organization and project, those of no project last."""
    found = []
    is_placed = any(organization or project for organization, project, _ in there)
    for organization, project, counts in there:
        chosen = {"organization": organization or findings.NOBODY, "project": project or findings.NOBODY}
        nothing = dict.fromkeys((one.key for one in asked.filters), "")
        found.append(
            Place(
                names.get("organization", {}).get(organization or "", organization or ""),
                names.get("project", {}).get(project or "", project or ""),
                [(code, counts.get(code, 0)) for code, _ in severities],
                asked.address(**nothing | chosen, sort=""),
            )
        )
    if not is_placed:
        return []
    return sorted(found, key=lambda one: (not one.organization, one.organization, one.project))
