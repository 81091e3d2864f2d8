"""Reads `lists/*.yaml`: one pick list each, its codes in HUD's order."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from hearth.standards.document import Block, StandardsError, as_of, in_force, read
from hearth.standards.model import List, Option, Place

STATUSES = ("current", "retired", "legacy", "test", "not in CSV")
# Groups of projects that HUD's exit destination tables distinguish.
EXIT_FROM = ("SO", "ES-EE", "ES-NbN", "TH", "HP and PH", "SH", "SSO")
_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_GROUP = re.compile(r"[a-z][a-z0-9_]*")
_LIST_KEYS = ("list", "name", "used_in", "since", "until", "note", "reference", "names", "groups", "options")
_OPTION_KEYS = (
    "label", "category", "used_for", "exit_outcome", "status", "status_since", "stands_for", "since", "until",
    "note", "earlier",
)  # fmt: skip


def list_number(path: str) -> str:
    """`lists/4.11.A_WhenDVOccurred.yaml` → `4.11.A`."""
    return path.split("/")[-1].partition("_")[0]


def read_list(folder: Path, path: str, year: int) -> List | None:
    block = read(folder, path)
    block.allow(_LIST_KEYS)
    since, until = block.year("since"), block.year("until")
    if not in_force(since, until, year):
        return None
    options = []
    written = block.block("options")
    for code, entry in written.items():
        if isinstance(entry, str):
            options.append(Option(code=code, label=entry, at=written.at(code)))
        elif option := _option(code, written.block(code), written.at(code), year):
            options.append(option)
    codes = {option.code for option in options}
    names = _named(block)
    groups = _grouped(block, names)
    return List(
        id=block.text("list"),
        name=block.text("name"),
        options=tuple(options),
        names=MappingProxyType({name: code for name, code in names.items() if code in codes}),
        groups=MappingProxyType({name: some for name, some in groups.items() if codes.issuperset(some)}),
        used_in=block.optional("used_in") or "",
        note=block.optional("note") or "",
        reference=block.optional("reference") or "",
        since=since,
        until=until,
        at=block.at("list"),
    )


def _named(block: Block) -> dict[str, str]:
    """What single codes are called, of every year."""
    names, options = block.block("names"), block.block("options")
    for name in names:
        if not _NAME.fullmatch(name):
            raise StandardsError(
                names.at(name), f"'{name}' cannot be the name of a code.", "Write capitals, such as ES_NBN."
            )
        if names.text(name) not in options:
            raise StandardsError(
                names.at(name),
                f"'{name}: {names.text(name)}' names a code that the list does not have.",
                "Correct the code, or add it below 'options'.",
            )
    return {name: names.text(name) for name in names}


def _grouped(block: Block, names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """What several codes together are called, of every year."""
    groups, options = block.block("groups"), block.block("options")
    for name in groups:
        if not _GROUP.fullmatch(name):
            raise StandardsError(
                groups.at(name), f"'{name}' cannot be the name of a group.", "Write small letters and _."
            )
        for member in groups.texts(name):
            if member not in names and member not in options:
                raise StandardsError(
                    groups.at(name),
                    f"'{name}' has {member}, which is neither a name nor a code of the list.",
                    "Correct it, or add it below 'names' or 'options'.",
                )
    return {name: tuple(names.get(one, one) for one in groups.texts(name)) for name in groups}


def _option(code: str, block: Block, at: Place, year: int) -> Option | None:
    block.allow(_OPTION_KEYS)
    since, until = block.year("since"), block.year("until")
    if not in_force(since, until, year):
        return None
    now = as_of(block, year)
    status, status_since = now.optional("status") or "current", now.year("status_since")
    if status not in STATUSES:
        raise StandardsError(
            now.at("status"), f"'status: {status}' is not known.", f"Use one of: {', '.join(STATUSES)}."
        )
    return Option(
        code=code,
        label=now.text("label"),
        category=now.optional("category") or "",
        status=status if status_since is None or status_since <= year else "current",
        status_since=status_since,
        stands_for=now.optional("stands_for") or "",
        used_for=now.texts("used_for"),
        exit_outcome=_exit_outcome(now),
        note=now.optional("note") or "",
        since=since,
        until=until,
        at=at,
    )


def _exit_outcome(block: Block) -> Mapping[str, str]:
    written = block.block("exit_outcome")
    outcome: dict[str, str] = {}
    for kind in written:
        groups = EXIT_FROM if written[kind] == "all" else written.texts(kind)
        for group in groups:
            if kind not in ("positive", "excluded") or group not in EXIT_FROM:
                raise StandardsError(
                    written.at(kind),
                    f"'{kind}: {group}' is not an exit outcome.",
                    f"Write positive or excluded, and 'all' or some of {', '.join(EXIT_FROM)}.",
                )
            outcome[group] = kind
    return MappingProxyType(outcome)
