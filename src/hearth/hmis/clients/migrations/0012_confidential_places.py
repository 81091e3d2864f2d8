"""An enrollment in a project whose name is confidential to whoever asks tells them no organization: neither who
wrote a client's record (`hearth_knows_writer`) nor who looked (`hearth_who_looked`)."""

from django.db import migrations

CHANGES = (
    ("hearth_knows_writer", "e.client_id = client AND e.date_deleted IS NULL",
     "e.client_id = client AND e.date_deleted IS NULL"
     " AND e.project_id <> ALL ((SELECT hearth_hidden_projects())::bigint[])"),
    ("hearth_who_looked", "e.client_id = client AND e.date_deleted IS NULL",
     "e.client_id = client AND e.date_deleted IS NULL"
     " AND e.project_id <> ALL ((SELECT hearth_hidden_projects())::bigint[])"),
    ("hearth_who_looked", "o.victim_service_provider = 1 AND NOT",
     "(o.victim_service_provider = 1 OR p.id = ANY ((SELECT hearth_hidden_projects())::bigint[])) AND NOT"),
)  # fmt: skip


def _changed(function: str, old: str, new: str) -> str:
    return f"""
        DO $do$ DECLARE body text := pg_get_functiondef('{function}'::regproc);
        BEGIN
            IF strpos(body, $old${old}$old$) = 0 THEN
                RAISE EXCEPTION '{function} is not as it was';
            END IF;
            EXECUTE replace(body, $old${old}$old$, $new${new}$new$);
        END $do$;
    """


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0011_restrictions_stay"),
        ("enrollments", "0009_moved_to_clients_one_knows"),
        ("access", "0008_grants"),
    ]
    operations = [
        migrations.RunSQL(_changed(function, old, new), _changed(function, new, old))
        for function, old, new in CHANGES
    ]
