"""Who may see and change clients (access/row_policies.py: ClientIdentity)."""

from django.db import migrations

from hearth.hmis.access.policies_sql import SecureRows


class Migration(migrations.Migration):
    dependencies = [("clients", "0001_initial"), ("access", "0003_acting_rights")]
    operations = [SecureRows("Client", "ClientIdentity", "ClientHistory")]
