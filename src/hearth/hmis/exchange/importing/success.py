"""How an import ends that succeeds, and its line in the access log: in the records' own transaction."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

import psycopg

from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.exchange.importing import unchanged
from hearth.hmis.exchange.importing.writing import Count, Writer
from hearth.hmis.exchange.models import ENDED, ImportRun
from hearth.hmis.jobs.outcome import TakenOver
from hearth.hmis.ui import formats
from hearth.hmis.ui.formats import counted, units


def write_success(
    cursor: psycopg.Cursor,
    run: ImportRun,
    data_source: int,
    counts: dict[str, dict[str, int]],
    message: str,
    seconds: dict[str, float],
) -> None:
    """The end of a run that succeeded. `seconds` per part and in "total". Raises `TakenOver`, which undoes
    all of it, where another attempt has begun or the run was ended meanwhile."""
    rows = sum(sum(count.values()) for count in counts.values())
    total = seconds["total"]
    progress = {
        "rows_done": rows,
        "rows_total": rows,
        "rows_per_second": round(rows / total) if total else rows,
        "seconds_left": 0,
        "share": 1,
        "seconds": seconds,
    }
    parameters = run.parameters | {"reader": unchanged.reader()}
    cursor.execute(
        "UPDATE exchange_importrun SET state = 'finished', finished_at = clock_timestamp(),"
        " heartbeat_at = now(), message = %s, counts = %s, progress = %s, parameters = %s,"
        " findings_summary = %s, findings_file = %s, data_source_id = %s, year = %s, sha256 = %s,"
        " file_bytes = %s WHERE id = %s AND attempts = %s AND NOT state = ANY(%s)",
        [
            message, json.dumps(counts), json.dumps(progress), json.dumps(parameters),
            json.dumps(run.findings_summary), run.findings_file, data_source, run.year, run.sha256,
            run.file_bytes, run.pk, run.attempts, list(ENDED),
        ],
    )  # fmt: skip
    if not cursor.rowcount:
        raise TakenOver
    cursor.execute(
        "INSERT INTO audit_accesslog (at, user_id, action, subject, details) VALUES (%s, %s, %s, %s, %s)",
        [
            datetime.now(UTC), run.created_by_id, Access.IMPORTED.value, f"importrun:{run.pk}",
            json.dumps({"state": "finished", "data_source": data_source, "rows": rows}),
        ],
    )  # fmt: skip


def success_message(writer: Writer, contradicting: int) -> str:
    """What happened to the records, in one to three sentences. `contradicting`: how many of them do so with
    stored ones."""
    total = Count()
    for count in writer.counts.values():
        total.added += count.added
        total.changed += count.changed
        total.deleted += count.deleted
        total.unchanged += count.unchanged
        total.left_out += count.left_out
    if not (total.added or total.changed or total.deleted):
        known = counted(total.unchanged, "record is as it was,records are as they were")
        return f"Nothing has changed: {'all ' if total.unchanged != 1 else ''}{known}."
    text = (
        f"{counted(total.added, 'record')} added, {total.changed:,} changed, {total.deleted:,} deleted,"
        f" {total.unchanged:,} unchanged."
    )
    if total.left_out:
        text += (
            f" {counted(total.left_out, 'deleted record was,deleted records were')} left out: what they"
            " belonged to was never here."
        )
    if contradicting:
        text += (
            f" {counted(contradicting, 'record contradicts,records contradict')} others that are stored and"
            " that this export does not have;"
            f" {units(contradicting, 'it is,they are')} marked as faulty."
        )
    return text


def as_unchanged(same: ImportRun) -> dict[str, dict[str, int]]:
    """The counts of an import that found everything as the import `same` had left it."""
    return {
        file: asdict(Count(unchanged=sum(count.values()) - count.get("left_out", 0)))
        for file, count in same.counts.items()
    }


def day(run: ImportRun) -> str:
    """The day a run finished, for a sentence."""
    return formats.day(run.finished_at) or "before"
