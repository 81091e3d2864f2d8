"""Check values of the installation's keys, and who must set up the second step anew (server/key_checks.py).

The first process that has a key notes its check value; only the owner of the tables changes one.
"""

from django.db import migrations, models

TABLE = """
    CREATE TABLE hearth_key_check (
        purpose text PRIMARY KEY,
        check_value text NOT NULL,
        made_at timestamptz NOT NULL DEFAULT now()
    );
    REVOKE UPDATE, DELETE ON hearth_key_check FROM hearth_web, hearth_loader;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_closed_doors"),
    ]
    operations = [
        migrations.RunSQL(TABLE, "DROP TABLE hearth_key_check"),
        migrations.AddField(
            model_name="user",
            name="second_factor_due",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="Had a second step that was lost with the secret key: sets it up before anything else",
            ),
        ),
    ]
