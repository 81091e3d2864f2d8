"""What decides who sees a row stays in step: of records with their enrollment, of enrollments with their
project and client, and of old versions with their record, also where the record was deleted.

The functions that write other rows than the changed one do so for the owner, past row-level security
(`app.keeps_step`, migration 0006); the changed row itself was let through by its policy. They write only what
is true elsewhere. Row triggers before a change fill in what nobody may choose; an added row is put right
afterwards (migration 0003). A table of records adds itself with `keeps_in_step`: the trigger
`added_takes_enrollment` is by what the functions know it.

Versions are brought in step after each statement, by triggers whose names come after those that keep them.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

from hearth.hmis.hud.rendered_once import RenderedOnce

TABLES = import_module("hearth.hmis.enrollments.migrations.0006_columns_take_their_values").TABLES

COLUMNS = ("organization_id", "project_id", "is_shared", "shared_until", "is_restricted")


def listed(alias: str) -> str:
    return ", ".join(f"{alias}.{column}" for column in COLUMNS)


def taken(alias: str) -> str:
    return ", ".join(f"{column} = {alias}.{column}" for column in COLUMNS)


BARE = ", ".join(COLUMNS)
NEW = ", ".join(f"NEW.{column}" for column in COLUMNS)
DEFINER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

RULES = f"""
-- ------------------------------------------------------------ the changed or added row itself
CREATE OR REPLACE FUNCTION record_takes_enrollment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT {BARE} INTO {NEW} FROM enrollments_enrollment WHERE id = NEW.enrollment_id;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING MESSAGE = 'The enrollment of this record is not there, or not yours to use';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION added_record_takes_enrollment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its record;
BEGIN
    SELECT {BARE} INTO its FROM enrollments_enrollment WHERE id = NEW.enrollment_id;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING MESSAGE = 'The enrollment of this record is not there, or not yours to use';
    END IF;
    IF ({NEW}) IS DISTINCT FROM ({listed("its")}) THEN
        EXECUTE format('UPDATE %I SET organization_id = $1, is_shared = $2 WHERE id = $3', TG_TABLE_NAME)
            USING its.organization_id, its.is_shared, NEW.id;
    END IF;
    RETURN NULL;
END $$;

-- The restriction is nobody's to choose or to overlook: it is the client's, whether that row can be seen or not.
CREATE FUNCTION enrollment_takes_restriction() RETURNS trigger {DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
BEGIN
    PERFORM set_config('app.keeps_step', 'on', true);
    IF TG_WHEN = 'BEFORE' THEN
        SELECT c.is_restricted INTO NEW.is_restricted FROM clients_client c WHERE c.id = NEW.client_id;
        NEW.is_restricted := coalesce(NEW.is_restricted, false);
    ELSE
        UPDATE enrollments_enrollment e SET is_restricted = c.is_restricted FROM clients_client c
        WHERE e.id = NEW.id AND c.id = e.client_id AND e.is_restricted <> c.is_restricted;
    END IF;
    PERFORM set_config('app.keeps_step', coalesce(before, ''), true);
    RETURN NEW;
END $$;
CREATE TRIGGER takes_restriction BEFORE UPDATE OF client_id, is_restricted
    ON enrollments_enrollment FOR EACH ROW EXECUTE FUNCTION enrollment_takes_restriction();
CREATE TRIGGER added_takes_restriction AFTER INSERT
    ON enrollments_enrollment FOR EACH ROW EXECUTE FUNCTION enrollment_takes_restriction();

-- ------------------------------------------------------------ rows that hang on it
CREATE FUNCTION hearth_record_tables() RETURNS SETOF name LANGUAGE sql STABLE AS $$
    SELECT c.relname FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
    WHERE t.tgname = 'added_takes_enrollment' ORDER BY c.relname
$$;

CREATE FUNCTION hearth_records_keep_step() RETURNS trigger {DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
    changed bigint[] := ARRAY(
        SELECT n.id FROM old_rows o JOIN new_rows n ON n.id = o.id
        WHERE ({listed("o")}) IS DISTINCT FROM ({listed("n")}));
    records name;
BEGIN
    IF changed = '{{}}' THEN
        RETURN NULL;
    END IF;
    PERFORM set_config('app.keeps_step', 'on', true);
    FOR records IN SELECT hearth_record_tables() LOOP
        EXECUTE format(
            'UPDATE %I r SET {taken("e")} FROM enrollments_enrollment e WHERE e.id = ANY ($1)'
            ' AND r.enrollment_id = e.id AND ({listed("r")}) IS DISTINCT FROM ({listed("e")})', records)
        USING changed;
    END LOOP;
    PERFORM hearth_deleted_keep_step(changed);
    PERFORM set_config('app.keeps_step', coalesce(before, ''), true);
    RETURN NULL;
END $$;
CREATE TRIGGER records_keep_step AFTER UPDATE ON enrollments_enrollment
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION hearth_records_keep_step();

-- Deleted records of these enrollments: all their versions carry what the enrollment carries.
CREATE FUNCTION hearth_deleted_keep_step(changed bigint[]) RETURNS void {DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
    records name;
BEGIN
    PERFORM set_config('app.keeps_step', 'on', true);
    FOR records IN SELECT hearth_record_tables() LOOP
        EXECUTE format(
            'UPDATE %1$I h SET {taken("e")} FROM %1$I d JOIN enrollments_enrollment e ON e.id = d.enrollment_id'
            ' WHERE d.enrollment_id = ANY ($1) AND d.pgh_label = ''before_delete'' AND h.pgh_obj_id = d.pgh_obj_id'
            ' AND ({listed("h")}) IS DISTINCT FROM ({listed("e")})', records || 'history')
        USING changed;
    END LOOP;
    PERFORM set_config('app.keeps_step', coalesce(before, ''), true);
END $$;

CREATE OR REPLACE FUNCTION enrollments_follow_project() RETURNS trigger {DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
BEGIN
    PERFORM set_config('app.keeps_step', 'on', true);
    UPDATE enrollments_enrollment SET organization_id = NEW.organization_id WHERE project_id = NEW.id;
    PERFORM hearth_deleted_follow_project(ARRAY[NEW.id]);
    PERFORM set_config('app.keeps_step', coalesce(before, ''), true);
    RETURN NULL;
END $$;

-- Versions of enrollments that were deleted, and of what hung on them, are of their project's organization.
CREATE FUNCTION hearth_deleted_follow_project(changed bigint[]) RETURNS void {DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
    versions name;
BEGIN
    PERFORM set_config('app.keeps_step', 'on', true);
    FOR versions IN SELECT name FROM hearth_record_tables() AS name UNION ALL SELECT 'enrollments_enrollment' LOOP
        EXECUTE format(
            'UPDATE %I h SET organization_id = p.organization_id FROM organizations_project p'
            ' WHERE p.id = ANY ($1) AND h.project_id = p.id AND h.organization_id <> p.organization_id',
            versions || 'history') USING changed;
    END LOOP;
    PERFORM set_config('app.keeps_step', coalesce(before, ''), true);
END $$;

CREATE FUNCTION hearth_enrollments_follow_client() RETURNS trigger {DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
    deleted bigint[];
    records name;
BEGIN
    PERFORM set_config('app.keeps_step', 'on', true);
    UPDATE enrollments_enrollment SET is_restricted = NEW.is_restricted WHERE client_id = NEW.id;
    deleted := ARRAY(
        SELECT pgh_obj_id FROM enrollments_enrollmenthistory
        WHERE client_id = NEW.id AND pgh_label = 'before_delete');
    UPDATE enrollments_enrollmenthistory SET is_restricted = NEW.is_restricted WHERE pgh_obj_id = ANY (deleted);
    FOR records IN SELECT hearth_record_tables() LOOP
        EXECUTE format(
            'UPDATE %1$I h SET is_restricted = $1 FROM %1$I d WHERE d.enrollment_id = ANY ($2)'
            ' AND d.pgh_label = ''before_delete'' AND h.pgh_obj_id = d.pgh_obj_id', records || 'history')
        USING NEW.is_restricted, deleted;
    END LOOP;
    PERFORM set_config('app.keeps_step', coalesce(before, ''), true);
    RETURN NULL;
END $$;
CREATE TRIGGER enrollments_follow AFTER UPDATE OF is_restricted ON clients_client FOR EACH ROW
    WHEN (OLD.is_restricted IS DISTINCT FROM NEW.is_restricted) EXECUTE FUNCTION hearth_enrollments_follow_client();

-- ------------------------------------------------------------ old versions
CREATE FUNCTION hearth_versions_keep_step(records regclass, changed bigint[]) RETURNS void {DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
    its name := (SELECT relname FROM pg_class WHERE oid = records);
BEGIN
    IF its <> 'enrollments_enrollment' AND its NOT IN (SELECT hearth_record_tables()) THEN
        RAISE 'No table of an enrollment: %', its;
    END IF;
    PERFORM set_config('app.keeps_step', 'on', true);
    EXECUTE format(
        'UPDATE %I h SET {taken("r")}%s FROM %I r WHERE r.id = ANY ($1) AND h.pgh_obj_id = r.id'
        ' AND ({listed("h")}) IS DISTINCT FROM ({listed("r")})',
        its || 'history',
        -- Where an enrollment was and how it was shared, its versions go on saying beside what holds now.
        CASE its WHEN 'enrollments_enrollment'
            THEN ', pgh_moved_from = nullif(coalesce(h.pgh_moved_from, h.project_id), r.project_id)'
                ', pgh_was_shared = nullif(coalesce(h.pgh_was_shared, h.is_shared), r.is_shared)' ELSE '' END,
        its)
    USING changed;
    PERFORM set_config('app.keeps_step', coalesce(before, ''), true);
END $$;

CREATE FUNCTION hearth_versions_follow() RETURNS trigger {DEFINER} AS $$
DECLARE
    changed bigint[] := ARRAY(
        SELECT n.id FROM old_rows o JOIN new_rows n ON n.id = o.id
        WHERE ({listed("o")}) IS DISTINCT FROM ({listed("n")}));
BEGIN
    IF changed <> '{{}}' THEN
        PERFORM hearth_versions_keep_step(TG_RELID, changed);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION hearth_client_versions_follow() RETURNS trigger {DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
BEGIN
    IF EXISTS (SELECT FROM old_rows o JOIN new_rows n ON n.id = o.id WHERE o.is_restricted <> n.is_restricted) THEN
        PERFORM set_config('app.keeps_step', 'on', true);
        UPDATE clients_clienthistory h SET is_restricted = n.is_restricted FROM new_rows n
        WHERE h.pgh_obj_id = n.id AND h.is_restricted <> n.is_restricted;
        PERFORM set_config('app.keeps_step', coalesce(before, ''), true);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER versions_follow AFTER UPDATE ON clients_client
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION hearth_client_versions_follow();
CREATE TRIGGER versions_follow AFTER UPDATE ON enrollments_enrollment
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION hearth_versions_follow();
CREATE INDEX enrollmenthistory_deleted ON enrollments_enrollmenthistory (client_id)
    WHERE pgh_label = 'before_delete';

REVOKE ALL ON FUNCTION enrollment_takes_restriction, hearth_records_keep_step, hearth_deleted_keep_step,
    enrollments_follow_project, hearth_deleted_follow_project, hearth_enrollments_follow_client,
    hearth_versions_keep_step, hearth_versions_follow, hearth_client_versions_follow FROM PUBLIC, hearth_web, hearth_loader;
-- An import, whose triggers are off, asks for the same.
GRANT EXECUTE ON FUNCTION hearth_versions_keep_step, hearth_deleted_keep_step, hearth_deleted_follow_project
    TO hearth_loader;
"""

RULES_BACK = """
DROP INDEX enrollmenthistory_deleted;
DROP TRIGGER versions_follow ON enrollments_enrollment;
DROP TRIGGER versions_follow ON clients_client;
DROP TRIGGER enrollments_follow ON clients_client;
DROP TRIGGER records_keep_step ON enrollments_enrollment;
DROP TRIGGER added_takes_restriction ON enrollments_enrollment;
DROP TRIGGER takes_restriction ON enrollments_enrollment;
DROP FUNCTION hearth_client_versions_follow, hearth_versions_follow, hearth_versions_keep_step,
    hearth_enrollments_follow_client, hearth_deleted_follow_project, hearth_deleted_keep_step,
    hearth_records_keep_step, hearth_record_tables, enrollment_takes_restriction;
CREATE OR REPLACE FUNCTION enrollments_follow_project() RETURNS trigger LANGUAGE plpgsql SECURITY INVOKER AS $$
BEGIN
    UPDATE enrollments_enrollment SET organization_id = NEW.organization_id WHERE project_id = NEW.id;
    RETURN NULL;
END $$;
GRANT EXECUTE ON FUNCTION enrollments_follow_project TO PUBLIC;
CREATE OR REPLACE FUNCTION record_takes_enrollment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT organization_id, is_shared INTO NEW.organization_id, NEW.is_shared
    FROM enrollments_enrollment WHERE id = NEW.enrollment_id;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING MESSAGE = 'The enrollment of this record is not there, or not yours to use';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION added_record_takes_enrollment() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


def keeps_in_step(table: str) -> migrations.RunSQL:
    """A table of records takes all that decides about a row from its enrollment, and its versions from it."""
    before = f"ON {table} FOR EACH ROW EXECUTE FUNCTION record_takes_enrollment();"
    return migrations.RunSQL(
        f"""
        DROP TRIGGER keeps_step_{table} ON enrollments_enrollment;
        DROP TRIGGER takes_enrollment ON {table};
        CREATE TRIGGER takes_enrollment BEFORE UPDATE OF enrollment_id, {BARE} {before}
        CREATE TRIGGER versions_follow AFTER UPDATE ON {table}
            REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION hearth_versions_follow();
        CREATE INDEX {table.split("_")[-1]}history_deleted ON {table}history (enrollment_id)
            WHERE pgh_label = 'before_delete';
        """,
        f"""
        DROP INDEX {table.split("_")[-1]}history_deleted;
        DROP TRIGGER versions_follow ON {table};
        DROP TRIGGER takes_enrollment ON {table};
        CREATE TRIGGER takes_enrollment BEFORE UPDATE OF enrollment_id, organization_id, is_shared {before}
        CREATE TRIGGER keeps_step_{table} AFTER UPDATE OF organization_id, is_shared, project_id
            ON enrollments_enrollment FOR EACH ROW
            WHEN (OLD.organization_id IS DISTINCT FROM NEW.organization_id
                  OR OLD.is_shared IS DISTINCT FROM NEW.is_shared)
            EXECUTE FUNCTION records_keep_step('{table}');
        """,
    )


def has_project(*models_of_app: str) -> RenderedOnce:
    """From now on a record and its old versions always have a project."""
    return RenderedOnce(
        [
            operation
            for model in models_of_app
            for operation in (
                migrations.AlterField(
                    model,
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.project",
                    ),
                ),
                migrations.AlterField(
                    f"{model}history",
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="organizations.project",
                    ),
                ),
            )
        ]
    )


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0006_columns_take_their_values")]
    operations = [
        has_project(*(table.split("_")[1] for table in TABLES)),
        migrations.RunSQL(RULES, RULES_BACK),
        *[keeps_in_step(table) for table in TABLES],
    ]
