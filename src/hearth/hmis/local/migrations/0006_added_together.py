"""What a statement adds to a stay takes what decides about it at once, and no longer row by row.

The rules are those of enrollments migration 0007 and consent migration 0004. Row by row, each record of a
household of eight looked up its enrollment through row-level security, with the rights of whoever writes worked
out anew, and each enrollment sent its change to all tables of records: two thirds of a save. Here, because this
app stands above all whose tables these are; a table of records that comes later brings `at_once`.
"""

from importlib import import_module

from django.db import migrations

rules = import_module("hearth.hmis.consent.migrations.0004_consent_rules")
step = import_module("hearth.hmis.enrollments.migrations.0007_columns_keep_in_step")
own = import_module("hearth.hmis.local.migrations.0002_row_security")

RECORDS = (*rules.RECORDS, *own.TABLES)

FUNCTIONS = f"""
CREATE FUNCTION added_records_take_enrollment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    missing boolean;
    others bigint[];
BEGIN
    SELECT bool_or(e.id IS NULL), array_agg(n.id) FILTER (
        WHERE e.id IS NOT NULL AND ({step.listed("n")}) IS DISTINCT FROM ({step.listed("e")}))
    INTO missing, others
    FROM new_rows n LEFT JOIN enrollments_enrollment e ON e.id = n.enrollment_id;
    IF missing THEN
        RAISE foreign_key_violation USING MESSAGE = 'The enrollment of this record is not there, or not yours to use';
    END IF;
    IF others IS NOT NULL THEN
        EXECUTE format('UPDATE %I r SET organization_id = e.organization_id, is_shared = e.is_shared'
            ' FROM enrollments_enrollment e WHERE r.id = ANY ($1) AND e.id = r.enrollment_id', TG_TABLE_NAME)
        USING others;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION hearth_added_records_take_consent() RETURNS trigger {rules.DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
BEGIN
    {rules.BEGIN}
    EXECUTE format(
        'UPDATE %I r SET is_shared = o.opened FROM ('
        '   SELECT n.id, e.is_shared AND coalesce(hearth_consent_opens(e.client_id, hearth_own_day(to_jsonb(n)),'
        '     e.entry_date, false), true) AS opened'
        '   FROM new_rows n JOIN enrollments_enrollment e ON e.id = n.enrollment_id OFFSET 0) o'
        ' WHERE r.id = o.id AND r.is_shared <> o.opened', TG_TABLE_NAME);
    {rules.END}
    RETURN NULL;
END $$;

CREATE FUNCTION hearth_added_enrollments_take_consent() RETURNS trigger {rules.DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
BEGIN
    {rules.BEGIN}
    UPDATE enrollments_enrollment e SET is_shared = o.opened FROM (
        SELECT n.id, hearth_consent_opens(n.client_id, NULL, n.entry_date, false) AS opened,
            hearth_consent_until(n.client_id) AS until
        FROM new_rows n OFFSET 0) o
    WHERE e.id = o.id AND o.opened IS NOT NULL
        AND (e.is_shared <> o.opened OR e.shared_until IS DISTINCT FROM o.until);
    {rules.END}
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION hearth_added_records_take_consent, hearth_added_enrollments_take_consent
    FROM PUBLIC, hearth_web, hearth_loader;
"""
FUNCTIONS_BACK = (
    "DROP FUNCTION hearth_added_enrollments_take_consent, hearth_added_records_take_consent,"
    " added_records_take_enrollment"
)


def _triggers(table: str, *, of_statement: bool, **functions: str) -> str:
    each = "REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT" if of_statement else "FOR EACH ROW"
    return "".join(
        f"DROP TRIGGER {name} ON {table};"
        f"CREATE TRIGGER {name} AFTER INSERT ON {table} {each} EXECUTE FUNCTION {function}();"
        for name, function in functions.items()
    )


def at_once(table: str) -> migrations.RunSQL:
    """Records that a statement adds to the table follow their enrollments and their clients' answers."""
    return migrations.RunSQL(
        _triggers(
            table, of_statement=True, added_takes_enrollment="added_records_take_enrollment",
            added_takes_sharing="hearth_added_records_take_consent",
        ),
        _triggers(
            table, of_statement=False, added_takes_enrollment="added_record_takes_enrollment",
            added_takes_sharing="hearth_record_takes_consent",
        ),
    )  # fmt: skip


STAYS = "enrollments_enrollment"


class Migration(migrations.Migration):
    dependencies = [
        ("local", "0005_old_versions_stay"),
        ("enrollments", "0016_moved_to_the_right_client"),
        ("coordinated_entry", "0008_whose_keys"),
        ("consent", "0008_files_of_answers"),
    ]
    operations = [
        migrations.RunSQL(FUNCTIONS, FUNCTIONS_BACK),
        *[at_once(table) for table in RECORDS],
        migrations.RunSQL(
            _triggers(STAYS, of_statement=True, added_takes_sharing="hearth_added_enrollments_take_consent"),
            _triggers(STAYS, of_statement=False, added_takes_sharing="hearth_enrollment_takes_consent"),
        ),
    ]
