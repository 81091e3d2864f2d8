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
_LIST_KEYS = ("list", "name", "used_in", "since", "until", "note", "reference", "names", "options")
_OPTION_KEYS = (
    "label", "category", "used_for", "exit_outcome", "status", "status_since", "since", "until", "note",
    "earlier",
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
    return List(
        id=block.text("list"),
        name=block.text("name"),
        options=tuple(options),
        names=_names(block.block("names"), written, {option.code for option in options}),
        used_in=block.optional("used_in") or "",
        note=block.optional("note") or "",
        reference=block.optional("reference") or "",
        since=since,
        until=until,
        at=block.at("list"),
    )


def _names(block: Block, written: Block, in_force: set[str]) -> Mapping[str, str]:
    """What codes are called, of those that are in force."""
    for name in block:
        if not _NAME.fullmatch(name):
            raise StandardsError(
                block.at(name), f"'{name}' cannot be the name of a code.", "Write capitals, such as ES_NBN."
            )
        if block.text(name) not in written:
            raise StandardsError(
                block.at(name),
                f"'{name}: {block.text(name)}' names a code that the list does not have.",
                "Correct the code, or add it below 'options'.",
            )
    return MappingProxyType({name: block.text(name) for name in block if block.text(name) in in_force})


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
