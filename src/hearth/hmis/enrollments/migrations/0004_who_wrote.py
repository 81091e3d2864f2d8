"""Who may know the writer of a client's record (docs/adr on writers; clients/record_source.py reads it).

A client's record is seen by everybody who works with clients; who wrote it, when, and what stood there
before is not: a writer of a victim service provider gives away whom it serves. The rule: the acting user
sees an enrollment of the client in an organization where that writer wrote. It stands once, in
`hearth_knows_writer`; pages, lists, exports and the policy on old versions ask it.

`enrollments_writer` says in which organizations each writer wrote: the user of a data source (UserID) and
the user of Hearth. Triggers keep it for ordinary writes, `hearth_note_writers` for the bulk import. Nobody
but its owner and the import's role reads it. A row stays when what was written is deleted: it was written.
"""

from importlib import import_module

from django.db import migrations

OF_ENROLLMENT = import_module("hearth.hmis.enrollments.migrations.0002_rules_and_row_security").OF_ENROLLMENT
TABLES = tuple(f"enrollments_{model.lower()}" for model in ("Enrollment", *OF_ENROLLMENT))

WRITERS = """
CREATE TABLE enrollments_writer (
    organization_id bigint NOT NULL REFERENCES organizations_organization ON DELETE CASCADE,
    data_source_id bigint NOT NULL REFERENCES organizations_datasource ON DELETE CASCADE,
    user_id text,      -- HUD's UserID in the data source
    account_id bigint, -- the user of Hearth
    UNIQUE NULLS NOT DISTINCT (organization_id, data_source_id, user_id, account_id)
);
REVOKE ALL ON enrollments_writer FROM PUBLIC, hearth_web;

CREATE FUNCTION hearth_notes_writers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO enrollments_writer (organization_id, data_source_id, user_id, account_id)
    SELECT DISTINCT organization_id, data_source_id, user_id, updated_by_id FROM written
    WHERE user_id IS NOT NULL OR updated_by_id IS NOT NULL
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION hearth_notes_writers FROM PUBLIC, hearth_web, hearth_loader;

-- For the bulk import, whose triggers are off: the rows of one table written since a moment.
CREATE FUNCTION hearth_note_writers(written regclass, since timestamptz) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    EXECUTE format(
        'INSERT INTO enrollments_writer (organization_id, data_source_id, user_id, account_id)'
        ' SELECT DISTINCT organization_id, data_source_id, user_id, updated_by_id FROM %s'
        ' WHERE updated_at >= $1 AND (user_id IS NOT NULL OR updated_by_id IS NOT NULL)'
        ' ON CONFLICT DO NOTHING', written) USING since;
END $$;
REVOKE ALL ON FUNCTION hearth_note_writers FROM PUBLIC, hearth_web;
"""

WRITERS_BACK = """
DROP FUNCTION hearth_note_writers, hearth_notes_writers;
DROP TABLE enrollments_writer;
"""

# The enrollments are read under row-level security, of the acting user like all else.
KNOWING = """
CREATE FUNCTION hearth_knows_writer(client bigint, source bigint, writer text, account bigint)
RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    places bigint[];
    is_entered_here boolean := EXISTS (SELECT FROM organizations_datasource d WHERE d.id = source AND d.is_hearth);
    knows_user boolean;
    knows_account boolean;
BEGIN
    IF hearth_sees_all() THEN
        RETURN true;
    END IF;
    places := ARRAY(
        SELECT DISTINCT e.organization_id FROM enrollments_enrollment e
        WHERE e.client_id = client AND e.date_deleted IS NULL);
    knows_user := EXISTS (
        SELECT FROM enrollments_writer w
        WHERE w.organization_id = ANY (places) AND w.data_source_id = source AND w.user_id = writer);
    knows_account := account = hearth_user_id() OR EXISTS (
        SELECT FROM enrollments_writer w WHERE w.organization_id = ANY (places) AND w.account_id = account);
    IF is_entered_here THEN
        RETURN coalesce(knows_account, false);
    END IF;
    -- Whoever imports writes for all organizations and tells of none.
    RETURN knows_user AND (account IS NULL OR knows_account OR EXISTS (
        SELECT FROM access_membership m WHERE m.user_id = account AND m.role = 'system_administrator'));
END $$;

-- Whether the writer of the version that followed an old one is known too: its row says when it came.
-- Old versions are read here past their own policy, which asks this function.
CREATE FUNCTION hearth_knows_change(client bigint, version bigint) RETURNS boolean LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    next_one record;
BEGIN
    PERFORM set_config('app.reads_versions', 'on', true);
    SELECT h.pgh_id, h.data_source_id, h.user_id, h.updated_by_id INTO next_one FROM clients_clienthistory h
    WHERE h.pgh_obj_id = client AND h.pgh_id > version ORDER BY h.pgh_id LIMIT 1;
    PERFORM set_config('app.reads_versions', '', true);
    IF next_one.pgh_id IS NULL THEN
        SELECT c.id, c.data_source_id, c.user_id, c.updated_by_id INTO next_one
        FROM clients_client c WHERE c.id = client;
        IF NOT FOUND THEN
            RETURN true;  -- removed altogether, which only an administrator can do
        END IF;
    END IF;
    RETURN hearth_knows_writer(client, next_one.data_source_id, next_one.user_id, next_one.updated_by_id);
END $$;

-- Which version came after an old one, for whoever may see that one; NULL: the record as it is now.
CREATE FUNCTION hearth_next_version(client bigint, version bigint) RETURNS bigint LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    next_one bigint;
BEGIN
    PERFORM set_config('app.reads_versions', 'on', true);
    next_one := (SELECT min(h.pgh_id) FROM clients_clienthistory h
                 WHERE h.pgh_obj_id = client AND h.pgh_id > version);
    PERFORM set_config('app.reads_versions', '', true);
    RETURN next_one;
END $$;

DROP POLICY IF EXISTS reads ON clients_clienthistory;
CREATE POLICY reads ON clients_clienthistory FOR SELECT USING (
    (SELECT hearth_sees_all()) OR ((SELECT hearth_sees_clients()) AND (
        current_setting('app.reads_versions', true) = 'on'
        OR (hearth_knows_writer(pgh_obj_id, data_source_id, user_id, updated_by_id)
            AND (pgh_changed_by IS NULL OR pgh_changed_by = (SELECT hearth_user_id())
                 OR hearth_knows_writer(pgh_obj_id, data_source_id, user_id, pgh_changed_by))
            AND hearth_knows_change(pgh_obj_id, pgh_id)))));
REVOKE ALL ON FUNCTION hearth_knows_writer, hearth_knows_change, hearth_next_version FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hearth_knows_writer, hearth_knows_change, hearth_next_version TO hearth_web;
"""

KNOWING_BACK = """
DROP POLICY reads ON clients_clienthistory;
CREATE POLICY reads ON clients_clienthistory FOR SELECT USING ((SELECT hearth_sees_clients()));
DROP FUNCTION hearth_next_version, hearth_knows_change, hearth_knows_writer;
"""


def notes_writers(table: str) -> migrations.RunSQL:
    """Whoever writes the rows of a table is noted; those who wrote what is there already, too.

    The owner reads them past row-level security, which is forced again in the same transaction."""
    when = "REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION hearth_notes_writers()"
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER notes_writers_of_added AFTER INSERT ON {table} {when};
        CREATE TRIGGER notes_writers_of_changed AFTER UPDATE ON {table} {when};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        SELECT hearth_note_writers('{table}', '-infinity');
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        """,
        f"""
        DROP TRIGGER notes_writers_of_added ON {table};
        DROP TRIGGER notes_writers_of_changed ON {table};
        """,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("enrollments", "0003_added_rows_are_checked_afterwards"),
        ("clients", "0002_row_security"),
        ("access", "0004_closed_doors"),
    ]
    operations = [
        migrations.RunSQL(WRITERS, WRITERS_BACK),
        *[notes_writers(table) for table in TABLES],
        migrations.RunSQL(KNOWING, KNOWING_BACK),
    ]
