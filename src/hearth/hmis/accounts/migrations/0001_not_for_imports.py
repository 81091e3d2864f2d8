"""What one signs in with and where one is signed in is nothing that an import (hearth_loader) writes."""

from django.db import migrations

TABLES = (
    "mfa_authenticator, usersessions_usersession, account_emailaddress, account_emailconfirmation,"
    " axes_accessattempt"
)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_closed_doors"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("axes", "0010_accessattemptexpiration"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(
            f"REVOKE INSERT, UPDATE, DELETE ON {TABLES} FROM hearth_loader",
            f"GRANT INSERT, UPDATE, DELETE ON {TABLES} TO hearth_loader",
        )
    ]
