"""Nobody changes or removes old versions of local answers and of funding."""

from django.db import migrations

HISTORY = "local_localanswerhistory, local_householdfundinghistory"


class Migration(migrations.Migration):
    dependencies = [("local", "0004_funding_by_its_day")]
    operations = [
        migrations.RunSQL(
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {HISTORY} FROM hearth_web, hearth_loader",
            f"GRANT UPDATE, DELETE ON {HISTORY} TO hearth_web, hearth_loader",
        )
    ]
