"""Storing and opening sealed files, and clearing away what no row knows of.

A file is sealed in memory and written sealed: no clear copy of it is on a disk at any time. Its own random
key is sealed in its row, so that a file whose row was never committed can be opened by nobody.
"""

import hashlib
import os
import secrets
import time
from functools import lru_cache
from pathlib import Path

import psycopg
import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.clients.models import Client
from hearth.hmis.consent.file_kinds import CheckedFile
from hearth.hmis.consent.models import Consent, ConsentDocument, SealedFile
from hearth.hmis.consent.models.sealed_file import FilePurpose
from hearth.hmis.organizations.models import Organization
from hearth.server import database, keys, sealed_store, seals

log = structlog.get_logger(__name__)

#: How long a file without a row is kept. Nobody can open it, unless a newer back-up brings its row.
ORPHAN_DAYS = 30


class NotOpened(Exception):
    """A file cannot be opened; the text says why and what to do."""


@lru_cache(maxsize=1)
def _cipher() -> AESGCM:
    return seals.files_cipher(keys.files_key())


def folder() -> Path:
    """Where sealed files lie."""
    return Path(settings.MEDIA_ROOT) / "sealed"


def bound_to(file: SealedFile) -> bytes:
    """What a file opens with besides its key: whose it is, and what."""
    ids = (file.organization_id, file.client_id, file.document_id)
    parts: tuple[object, ...] = (file.name, *ids, file.purpose, file.kind, file.size, file.sha256)
    if file.consent_id is not None:  # those of before show no answer
        parts = (*parts, file.consent_id)
    return "|".join(map(str, parts)).encode()


def taking_organizations(user: User) -> QuerySet[Organization]:
    """The organizations that somebody may take papers and signatures for, by name."""
    rows = Organization.objects.restrict(user).filter(date_deleted=None)
    if not user.everywhere(Permission.CLIENT_EDIT):
        rows = rows.filter(projects__any_of=user.projects(Permission.CLIENT_EDIT)).distinct()
    return rows.order_by("organization_name", "pk")


def may_take(by: User, organization: Organization) -> bool:
    """Whether somebody may take papers and signatures for an organization: they edit clients in a project of
    it, or everywhere."""
    own = organization.projects.filter(pk__any_of=by.projects(Permission.CLIENT_EDIT))
    return by.everywhere(Permission.CLIENT_EDIT) or own.exists()


@transaction.atomic
def store(
    *,
    by: User,
    organization: Organization,
    client: Client,
    purpose: FilePurpose,
    file: CheckedFile,
    document: ConsentDocument | None = None,
    consent: Consent | None = None,
) -> SealedFile:
    """Seal a file that was checked, and write it down as the organization's; `document`: what was signed;
    `consent`: the answer that it shows.

    Raises PermissionDenied unless `by` may edit clients there, and OSError where it cannot be written. There
    is no row without its file.
    """
    if not may_take(by, organization):
        raise PermissionDenied
    own_key = os.urandom(32)
    row = SealedFile(
        name=secrets.token_hex(16), organization=organization, client=client, document=document,
        consent=consent,
        purpose=purpose, kind=file.kind, size=len(file.content),
        sha256=hashlib.sha256(file.content).hexdigest(),
        sealed_key=seals.seal_bytes(_cipher(), own_key), created_by=by,
    )  # fmt: skip
    sealed_store.write(folder(), row.name, seals.seal_bytes(AESGCM(own_key), file.content, bound_to(row)))
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except Exception:
        sealed_store.path_of(folder(), row.name).unlink(missing_ok=True)
        raise
    record_access(
        by=by.pk, action=Access.FILE_ADDED, client=client.pk, subject=f"sealedfile:{row.pk}",
        purpose=row.purpose, organization=organization.pk,
    )  # fmt: skip
    return row


def of_client(user: User, client: Client) -> QuerySet[SealedFile]:
    """The files of a client that the user may open, the newest first."""
    rows = SealedFile.objects.restrict(user).filter(client=client).defer("sealed_key")
    return rows.select_related("organization", "document", "consent", "created_by")


def found(user: User, pk: int) -> SealedFile | None:
    """The file of that number, where the user may open it."""
    return SealedFile.objects.restrict(user).filter(pk=pk).first()


def content(*, by: User, file: SealedFile) -> bytes:
    """What is in a file, noted in the access log. Raises NotOpened with a sentence."""
    if file.sealed_key is None:
        raise NotOpened("This file cannot be opened any more: the key that sealed it was lost.")
    try:
        sealed = sealed_store.path_of(folder(), file.name).read_bytes()
    except OSError as error:
        log.error("sealed_file_missing", file=file.pk)
        raise NotOpened(
            "This file is not in the data folder. Tell an administrator, who can restore it from a back-up."
        ) from error
    try:
        own_key = seals.opened_bytes(_cipher(), bytes(file.sealed_key))
        clear = seals.opened_bytes(AESGCM(own_key), sealed, bound_to(file))
    except InvalidTag as error:
        log.error("sealed_file_changed", file=file.pk)
        raise NotOpened(
            "This file was changed since it was stored, and is not shown. Tell an administrator, who can"
            " restore it from a back-up."
        ) from error
    record_access(by=by.pk, action=Access.DOWNLOADED, client=file.client_id, subject=f"sealedfile:{file.pk}")
    return clear


def sweep(days: float = ORPHAN_DAYS) -> str | None:
    """Remove files that no row knows of and that are older than so many days; says how many.

    Asks as the role that passes row-level security: to a query that sees only part of the rows, every other
    file would be an orphan. Raises psycopg.Error, before anything is removed, where it does not.
    """
    old = [
        path for path in sealed_store.names(folder()) if time.time() - path.stat().st_mtime > days * 24 * 3600
    ]
    if not old:
        return None
    with psycopg.connect(database.url("loader"), connect_timeout=5) as connection:
        connection.execute("SET LOCAL row_security = off")  # an error then, instead of fewer rows
        rows = connection.execute(
            "SELECT name FROM consent_sealedfile WHERE name = ANY(%s)", [[path.name for path in old]]
        ).fetchall()
    known = {name for (name,) in rows}
    orphans = [path for path in old if path.name not in known]
    for path in orphans:
        path.unlink(missing_ok=True)
    return f"Sealed files that no record knows of, removed: {len(orphans)}." if orphans else None
