"""A writer is a user of the data source that UserID belongs to, which need not be the record's own: who
corrects an imported record here is the user here (see migration 0004)."""

from importlib import import_module

from django.db import migrations

before = import_module("hearth.hmis.enrollments.migrations.0004_who_wrote")


def _function(text: str, name: str) -> str:
    start = text.index(f"CREATE FUNCTION {name}")
    return "CREATE OR REPLACE" + text[start + len("CREATE") : text.index("END $$;", start)] + "END $$;"


NAMES = ("hearth_notes_writers", "hearth_note_writers")
BACK = [_function(before.WRITERS, name) for name in NAMES]
BACK.append(_function(before.KNOWING, "hearth_knows_change"))
NOW = [
    body.replace("SELECT DISTINCT organization_id, data_source_id,",
                 "SELECT DISTINCT organization_id, coalesce(user_data_source_id, data_source_id),")
    .replace("h.data_source_id, h.user_id", "coalesce(h.user_data_source_id, h.data_source_id) AS source, h.user_id")
    .replace("c.data_source_id, c.user_id", "coalesce(c.user_data_source_id, c.data_source_id) AS source, c.user_id")
    .replace("next_one.data_source_id", "next_one.source")
    for body in BACK
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("enrollments", "0010_whose_keys"),
        ("clients", "0013_whose_keys"),
        ("coordinated_entry", "0008_whose_keys"),
    ]
    operations = [migrations.RunSQL(NOW, BACK)]
