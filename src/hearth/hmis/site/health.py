"""`/health/`: is this process alive. `/health/ready/`: can it serve (database, migrations, worker)."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

WORKER_SEEN_WITHIN = timedelta(minutes=2)
_migrated = False


@login_not_required
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; touches nothing else."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when everything works, 503 otherwise, with what is missing.

    A missing worker makes imports wait, but pages work: it is reported and does not make the answer 503.
    """
    checks = {"database": _database_answers()}
    checks["migrations"] = checks["database"] and _is_migrated()
    worker = checks["migrations"] and _worker_was_seen()
    is_ready = all(checks.values())
    words = {name: "ok" if passed else "failed" for name, passed in checks.items()}
    words["worker"] = "ok" if worker else "not seen"
    return JsonResponse(
        {"status": "ok" if is_ready else "unavailable", "checks": words}, status=200 if is_ready else 503
    )


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _is_migrated() -> bool:
    """Whether every migration of this version is applied; remembered once true."""
    global _migrated
    if not _migrated:
        try:
            executor = MigrationExecutor(connection)
            _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError:
            return False
    return _migrated


def _worker_was_seen() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > now() - %s)",
                [WORKER_SEEN_WITHIN],
            )
            return bool(cursor.fetchone()[0])
    except DatabaseError:
        return False
