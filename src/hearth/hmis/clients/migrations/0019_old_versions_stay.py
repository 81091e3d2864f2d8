"""Nobody changes or removes old versions of names, contact, language and family; imports write none of them."""

from django.db import migrations

HISTORY = (
    "clients_othernamehistory, clients_contacthistory, clients_spokenlanguagehistory, clients_familytiehistory"
)
TABLES = "clients_othername, clients_contact, clients_spokenlanguage, clients_familytie"

CLOSED = f"""
REVOKE UPDATE, DELETE, TRUNCATE ON {HISTORY} FROM hearth_web, hearth_loader;
REVOKE INSERT, UPDATE, DELETE ON {TABLES} FROM hearth_loader;
REVOKE ALL ON FUNCTION hearth_keep_other_words FROM PUBLIC, hearth_web, hearth_loader;
"""
OPEN_AGAIN = f"""
GRANT UPDATE, DELETE ON {HISTORY} TO hearth_web, hearth_loader;
GRANT INSERT, UPDATE, DELETE ON {TABLES} TO hearth_loader;
GRANT EXECUTE ON FUNCTION hearth_keep_other_words TO PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("clients", "0018_family")]
    operations = [migrations.RunSQL(CLOSED, OPEN_AGAIN)]
