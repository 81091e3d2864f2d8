"""`/health/`: is this process alive. `/health/ready/`: can it serve (database, migrations, worker,
the night before)."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from hearth.hmis.access.comparable import database_agrees
from hearth.hmis.site import queries

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

    A missing worker makes imports wait, and a duty of the night that failed is an operator's task, but pages
    work: both are reported and do not make the answer 503.
    """
    checks = {"database": _database_answers()}
    checks["migrations"] = checks["database"] and _is_migrated()
    checks["sharing"] = checks["migrations"] and database_agrees()
    worker = checks["migrations"] and queries.worker_was_seen()
    is_ready = all(checks.values())
    words = {name: "ok" if passed else "failed" for name, passed in checks.items()}
    words["worker"] = "ok" if worker else "not seen"
    words["night"] = queries.night_in_a_word() if checks["migrations"] else "failed"
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
