"""Records that are changed here after their import are marked, so that the next import knows them.

`row_hash` tells an unchanged row on the next import. Whoever changes what a record says, past the import,
leaves 0 there (`importing.newer.CHANGED_HERE`): the row differs from whatever an export says of it, and the
import does not write over it by itself. What HUD has no column for (sharing, marks, who and when, the tribal
nation, search hashes) does not count, nor does the organization that a record repeats from its project.

No trigger stands before added rows (ADR 0007); the import writes with triggers off and sets the hash itself.
"""

from django.db import migrations

TABLES = (
    "organizations_organization", "organizations_sourceuser", "organizations_project", "organizations_funder",
    "organizations_projectcoc", "organizations_inventory", "organizations_affiliation",
    "organizations_hmisparticipation", "organizations_ceparticipation", "clients_client",
    "enrollments_enrollment", "enrollments_exit", "enrollments_incomebenefits", "enrollments_healthanddv",
    "enrollments_employmenteducation", "enrollments_disabilities", "enrollments_services",
    "enrollments_currentlivingsituation", "enrollments_youtheducationstatus", "coordinated_entry_assessment",
    "coordinated_entry_assessmentquestions", "coordinated_entry_assessmentresults", "coordinated_entry_event",
)  # fmt: skip

FUNCTION = """
CREATE FUNCTION hearth_mark_changed_here() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    own text[] := ARRAY['is_shared', 'is_faulty', 'created_at', 'created_by_id', 'updated_at', 'updated_by_id',
                        'tribal_nation_id', 'ssn_index', 'ssn_last4_index'];
BEGIN
    IF TG_TABLE_NAME <> 'organizations_project' THEN
        own := own || 'organization_id'::text;
    END IF;
    IF to_jsonb(OLD) - own IS DISTINCT FROM to_jsonb(NEW) - own THEN
        NEW.row_hash := 0;
    END IF;
    RETURN NEW;
END
$$;
"""
TRIGGER = """
CREATE TRIGGER changed_here BEFORE UPDATE ON {table} FOR EACH ROW
    WHEN (OLD.row_hash IS NOT NULL AND NEW.row_hash IS NOT DISTINCT FROM OLD.row_hash)
    EXECUTE FUNCTION hearth_mark_changed_here();
CREATE INDEX {table}_changed_here ON {table} (data_source_id) WHERE row_hash = 0;
"""
BACK = "DROP INDEX {table}_changed_here; DROP TRIGGER changed_here ON {table};"


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0003_imports_ask"),
        ("organizations", "0002_residential_project_may_be_absent"),
        ("clients", "0004_recent_clients"),
        ("enrollments", "0003_added_rows_are_checked_afterwards"),
        ("coordinated_entry", "0003_added_rows_are_checked_afterwards"),
    ]

    operations = [
        migrations.RunSQL(
            [FUNCTION, *(TRIGGER.format(table=table) for table in TABLES)],
            [*(BACK.format(table=table) for table in TABLES), "DROP FUNCTION hearth_mark_changed_here()"],
        )
    ]
