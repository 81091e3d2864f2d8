"""What must never be false of enrollments, and who may see them.

Triggers instead of application code, because the rules must hold whoever writes. The bulk import writes
with triggers off (`session_replication_role`) and puts in what they would: see exchange/writing.
"""

from django.db import migrations

from hearth.hmis.access.policies_sql import SecureRows

OF_ENROLLMENT = (
    "Exit",
    "IncomeBenefits",
    "HealthAndDV",
    "EmploymentEducation",
    "Disabilities",
    "Services",
    "CurrentLivingSituation",
    "YouthEducationStatus",
)

RULES = """
CREATE FUNCTION enrollment_takes_organization() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT organization_id INTO STRICT NEW.organization_id FROM organizations_project WHERE id = NEW.project_id;
    RETURN NEW;
END $$;
CREATE TRIGGER takes_organization BEFORE INSERT OR UPDATE OF project_id, organization_id
    ON enrollments_enrollment FOR EACH ROW EXECUTE FUNCTION enrollment_takes_organization();

CREATE FUNCTION record_takes_enrollment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT organization_id, is_shared INTO NEW.organization_id, NEW.is_shared
    FROM enrollments_enrollment WHERE id = NEW.enrollment_id;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING MESSAGE = 'The enrollment of this record is not there, or not yours to use';
    END IF;
    RETURN NEW;
END $$;

-- Later tables of an enrollment add themselves by a trigger named keeps_step (see coordinated_entry).
CREATE FUNCTION records_keep_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'UPDATE %I SET organization_id = $1, is_shared = $2 WHERE enrollment_id = $3', TG_ARGV[0]
    ) USING NEW.organization_id, NEW.is_shared, NEW.id;
    RETURN NULL;
END $$;

CREATE FUNCTION enrollments_follow_project() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE enrollments_enrollment SET organization_id = NEW.organization_id WHERE project_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER enrollments_follow AFTER UPDATE OF organization_id ON organizations_project
    FOR EACH ROW WHEN (OLD.organization_id IS DISTINCT FROM NEW.organization_id)
    EXECUTE FUNCTION enrollments_follow_project();

-- 3.10, 3.11: an exit is never before its entry. A faulty row of an import is marked is_faulty.
CREATE FUNCTION exit_not_before_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entry date;
BEGIN
    IF NOT NEW.is_faulty THEN
        SELECT entry_date INTO entry FROM enrollments_enrollment WHERE id = NEW.enrollment_id;
        IF NEW.exit_date < entry THEN
            RAISE check_violation USING MESSAGE = 'The exit is before the entry',
                CONSTRAINT = 'exit_not_before_entry';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER not_before_entry BEFORE INSERT OR UPDATE OF exit_date, enrollment_id, is_faulty
    ON enrollments_exit FOR EACH ROW EXECUTE FUNCTION exit_not_before_entry();

CREATE FUNCTION entry_not_after_exit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM enrollments_exit
        WHERE enrollment_id = NEW.id AND exit_date < NEW.entry_date AND NOT is_faulty AND date_deleted IS NULL
    ) THEN
        RAISE check_violation USING MESSAGE = 'The exit is before the entry',
            CONSTRAINT = 'exit_not_before_entry';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER not_after_exit BEFORE UPDATE OF entry_date ON enrollments_enrollment
    FOR EACH ROW EXECUTE FUNCTION entry_not_after_exit();
"""

RULES_BACK = """
DROP TRIGGER not_after_exit ON enrollments_enrollment;
DROP TRIGGER not_before_entry ON enrollments_exit;
DROP TRIGGER enrollments_follow ON organizations_project;
DROP TRIGGER takes_organization ON enrollments_enrollment;
DROP FUNCTION entry_not_after_exit(), exit_not_before_entry(), enrollments_follow_project(),
    records_keep_step(), record_takes_enrollment(), enrollment_takes_organization();
"""


def follows_enrollment(table: str) -> migrations.RunSQL:
    """A table's rows take organization and sharing from their enrollment, and keep step with it."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER takes_enrollment BEFORE INSERT OR UPDATE OF enrollment_id, organization_id, is_shared
            ON {table} FOR EACH ROW EXECUTE FUNCTION record_takes_enrollment();
        CREATE TRIGGER keeps_step_{table} AFTER UPDATE OF organization_id, is_shared, project_id
            ON enrollments_enrollment FOR EACH ROW
            WHEN (OLD.organization_id IS DISTINCT FROM NEW.organization_id
                  OR OLD.is_shared IS DISTINCT FROM NEW.is_shared)
            EXECUTE FUNCTION records_keep_step('{table}');
        """,
        f"""
        DROP TRIGGER keeps_step_{table} ON enrollments_enrollment;
        DROP TRIGGER takes_enrollment ON {table};
        """,
    )


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0001_initial"), ("access", "0003_acting_rights")]
    operations = [
        migrations.RunSQL(RULES, RULES_BACK),
        *[follows_enrollment(f"enrollments_{model.lower()}") for model in OF_ENROLLMENT],
        *[SecureRows(model, "OfOrganization", f"{model}History") for model in ("Enrollment", *OF_ENROLLMENT)],
    ]
