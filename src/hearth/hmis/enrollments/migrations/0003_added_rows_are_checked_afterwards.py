"""What triggers see to when a row is added, they see to after it and no longer before it.

A table with a trigger before each added row makes COPY take one row at a time, even while triggers are
off, which costs an import a seventh of PostgreSQL's time. Models fill in the organization and the sharing
(`models/repeated.py`); a row that was added with other values is corrected here, which its policy must
allow. Changed rows are seen to before the change, as they were.
"""

from importlib import import_module

from django.db import migrations

OF_ENROLLMENT = import_module("hearth.hmis.enrollments.migrations.0002_rules_and_row_security").OF_ENROLLMENT

RULES = """
DROP TRIGGER takes_organization ON enrollments_enrollment;
CREATE TRIGGER takes_organization BEFORE UPDATE OF project_id, organization_id
    ON enrollments_enrollment FOR EACH ROW EXECUTE FUNCTION enrollment_takes_organization();

CREATE FUNCTION added_enrollment_takes_organization() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its bigint;
BEGIN
    SELECT organization_id INTO STRICT its FROM organizations_project WHERE id = NEW.project_id;
    IF NEW.organization_id <> its THEN
        UPDATE enrollments_enrollment SET organization_id = its WHERE id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER added_takes_organization AFTER INSERT
    ON enrollments_enrollment FOR EACH ROW EXECUTE FUNCTION added_enrollment_takes_organization();

CREATE FUNCTION added_record_takes_enrollment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its record;
BEGIN
    SELECT organization_id, is_shared INTO its FROM enrollments_enrollment WHERE id = NEW.enrollment_id;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING MESSAGE = 'The enrollment of this record is not there, or not yours to use';
    END IF;
    IF NEW.organization_id <> its.organization_id OR NEW.is_shared <> its.is_shared THEN
        EXECUTE format('UPDATE %I SET organization_id = $1, is_shared = $2 WHERE id = $3', TG_TABLE_NAME)
            USING its.organization_id, its.is_shared, NEW.id;
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER not_before_entry ON enrollments_exit;
CREATE TRIGGER not_before_entry AFTER INSERT OR UPDATE OF exit_date, enrollment_id, is_faulty
    ON enrollments_exit FOR EACH ROW EXECUTE FUNCTION exit_not_before_entry();
"""

RULES_BACK = """
DROP TRIGGER not_before_entry ON enrollments_exit;
CREATE TRIGGER not_before_entry BEFORE INSERT OR UPDATE OF exit_date, enrollment_id, is_faulty
    ON enrollments_exit FOR EACH ROW EXECUTE FUNCTION exit_not_before_entry();
DROP TRIGGER added_takes_organization ON enrollments_enrollment;
DROP TRIGGER takes_organization ON enrollments_enrollment;
CREATE TRIGGER takes_organization BEFORE INSERT OR UPDATE OF project_id, organization_id
    ON enrollments_enrollment FOR EACH ROW EXECUTE FUNCTION enrollment_takes_organization();
DROP FUNCTION added_record_takes_enrollment(), added_enrollment_takes_organization();
"""


def checked_afterwards(table: str) -> migrations.RunSQL:
    """A table's added rows take organization and sharing from their enrollment after they were added."""
    before = f"ON {table} FOR EACH ROW EXECUTE FUNCTION record_takes_enrollment();"
    return migrations.RunSQL(
        f"""
        DROP TRIGGER takes_enrollment ON {table};
        CREATE TRIGGER takes_enrollment BEFORE UPDATE OF enrollment_id, organization_id, is_shared {before}
        CREATE TRIGGER added_takes_enrollment AFTER INSERT
            ON {table} FOR EACH ROW EXECUTE FUNCTION added_record_takes_enrollment();
        """,
        f"""
        DROP TRIGGER added_takes_enrollment ON {table};
        DROP TRIGGER takes_enrollment ON {table};
        CREATE TRIGGER takes_enrollment BEFORE INSERT OR UPDATE OF enrollment_id, organization_id, is_shared {before}
        """,
    )


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0002_rules_and_row_security")]
    operations = [
        migrations.RunSQL(RULES, RULES_BACK),
        *[checked_afterwards(f"enrollments_{model.lower()}") for model in OF_ENROLLMENT],
    ]
