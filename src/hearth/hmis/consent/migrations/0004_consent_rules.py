"""What a client's answers open, in the database: so that it holds whoever writes, and for all at once.

`hearth_settle_consents` works out what the answers of clients open, and which of them is current; what is
open follows from that alone, by `hearth_consent_opens`, which triggers ask of each row that is written and
`hearth_apply_consents` of all rows of a client, with all their old versions, also of deleted ones.

All of it works for the owner past row-level security (`app.keeps_step`, enrollments migration 0006): rows of
every organization follow, and nobody is told of whom. Nothing is decided here that is not in the answers.
"""

from importlib import import_module

from django.db import migrations

from hearth.hmis.access.policies_sql import SecureRows

step = import_module("hearth.hmis.enrollments.migrations.0006_columns_take_their_values")
follow = import_module("hearth.hmis.enrollments.migrations.0007_columns_keep_in_step")
later = import_module("hearth.hmis.coordinated_entry.migrations.0006_columns_take_their_values")

#: Records and the column of their own day; without one they are as open as their enrollment.
DAYS = {
    "enrollments_exit": "exit_date",
    "enrollments_services": "date_provided",
    "coordinated_entry_assessment": "assessment_date",
    "coordinated_entry_assessmentquestions": None,
    "coordinated_entry_assessmentresults": None,
    "coordinated_entry_event": "event_date",
}
RECORDS = {table: DAYS.get(table, "information_date") for table in (*step.TABLES, *later.TABLES)}
_DAY_OF_ASSESSMENT = (
    "(SELECT a.assessment_date FROM coordinated_entry_assessment a WHERE a.id = r.assessment_id)"
)


def day_of(column: str | None) -> str:
    return f"r.{column}" if column else _DAY_OF_ASSESSMENT


OWN = ("consent_consent", "consent_consenttaking")

#: Whether the current answer `c`, taken as `t`, opens something: the law of `hearth_consent_opens`, of which
#: tests hold that it says the same.
OPENS = (
    "(coalesce(coalesce({own}, {stay}) <@ t.open_days, t.open_days = '{{(,)}}'::datemultirange, false)"
    " OR (t.keeps_marks AND {was}))"
)

BEGIN = "PERFORM set_config('app.keeps_step', 'on', true);"
END = "PERFORM set_config('app.keeps_step', coalesce(before, ''), true);"
DEFINER = follow.DEFINER

SECURE = """
-- An answer is never changed; that its signature came is written down.
REVOKE UPDATE, DELETE ON consent_consent, consent_consenthistory, consent_consenttaking,
    consent_consenttakinghistory FROM hearth_web, hearth_loader;
GRANT UPDATE (signature_due, method) ON consent_consenttaking TO hearth_web;
CREATE POLICY step_adds ON consent_consent FOR INSERT TO CURRENT_USER
    WITH CHECK ((SELECT current_setting('app.keeps_step', true)) = 'on');
CREATE POLICY step_adds ON consent_consenttaking FOR INSERT TO CURRENT_USER
    WITH CHECK ((SELECT current_setting('app.keeps_step', true)) = 'on');
"""
#: The trigger of enrollments migration 0007, which leaves to `hearth_apply_consents` what that does itself.
STEP_BEFORE = follow.RULES[
    follow.RULES.index("CREATE FUNCTION hearth_records_keep_step") : follow.RULES.index(
        "CREATE TRIGGER records_keep_step"
    )
].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
KEEPS_STEP = STEP_BEFORE.replace(
    "IF changed = '{}' THEN", "IF changed = '{}' OR current_setting('app.cascades', true) = 'on' THEN"
)
DELETED_BEFORE = follow.RULES[
    follow.RULES.index("CREATE FUNCTION hearth_deleted_keep_step") : follow.RULES.index(
        "CREATE OR REPLACE FUNCTION enrollments_follow_project"
    )
].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
RECORD_BEFORE = follow.RULES[
    follow.RULES.index("CREATE OR REPLACE FUNCTION record_takes_enrollment") : follow.RULES.index(
        "CREATE OR REPLACE FUNCTION added_record_takes_enrollment"
    )
]

OPENS_STAY = OPENS.format(own="e.entry_date", stay="e.entry_date", was="e.is_shared")
OPENS_RECORD = OPENS.format(own="%2$s", stay="e.entry_date", was="r.is_shared").replace("'", "''")

RULES = f"""
-- ------------------------------------------------------------ what the answers open
-- From the first answer to the last; of one day the narrowest alone, and what was imported comes first.
CREATE FUNCTION hearth_settle_consents(clients bigint[]) RETURNS void {DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
    its record;
    whose bigint;
    opened datemultirange;
    marks boolean;
    latest bigint[] := '{{}}';
BEGIN
    {BEGIN}
    FOR its IN
        SELECT c.id, c.client_id, c.choice, c.given_on, t.opens, t.applies, t.guardian, t.open_days, t.keeps_marks,
            (p.dob + interval '18 years')::date AS of_age_on,
            row_number() OVER (PARTITION BY c.client_id ORDER BY c.choice = 'as_imported', c.given_on DESC,
                t.opens, t.applies = 'all', c.id DESC) = 1 AS is_latest,
            row_number() OVER (PARTITION BY c.client_id, c.choice = 'as_imported', c.given_on
                ORDER BY t.opens, t.applies = 'all', c.id DESC) = 1 AS is_narrowest
        FROM consent_consent c JOIN consent_consenttaking t ON t.consent_id = c.id
            JOIN clients_client p ON p.id = c.client_id
        WHERE c.client_id = ANY (clients)
        ORDER BY c.client_id, c.choice <> 'as_imported', c.given_on
    LOOP
        CONTINUE WHEN NOT its.is_narrowest;
        IF whose IS DISTINCT FROM its.client_id THEN
            whose := its.client_id;
            opened := '{{}}';
            marks := false;
        END IF;
        IF its.choice = 'as_imported' THEN
            marks := true;
        ELSIF NOT its.opens THEN
            opened := '{{}}';
            marks := false;
        ELSIF its.applies = 'all' THEN
            opened := '{{(,)}}';
            marks := false;
        ELSE
            opened := opened * datemultirange(daterange(NULL, its.given_on))
                + datemultirange(daterange(its.given_on, NULL));
        END IF;
        -- Who answered for a minor did so until the minor is of age.
        IF its.guardian <> '' AND its.given_on < its.of_age_on THEN
            opened := opened * datemultirange(daterange(NULL, its.of_age_on));
        END IF;
        IF (opened, marks) IS DISTINCT FROM (its.open_days, its.keeps_marks) THEN
            UPDATE consent_consenttaking SET open_days = opened, keeps_marks = marks WHERE consent_id = its.id;
        END IF;
        IF its.is_latest THEN
            latest := latest || its.id;
        END IF;
    END LOOP;
    UPDATE consent_consent SET is_current = false
    WHERE client_id = ANY (clients) AND is_current AND id <> ALL (latest);
    UPDATE consent_consent SET is_current = true WHERE id = ANY (latest) AND NOT is_current;
    {END}
END $$;

-- Whether the answers of a client open something of that day; NULL: there is none. `stay` is the first day of
-- the enrollment, which counts for what has no day; `was` whether the row was open. For the owner's functions.
CREATE FUNCTION hearth_consent_opens(its_client bigint, own date, stay date, was boolean) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(coalesce(own, stay) <@ t.open_days, t.open_days = '{{(,)}}'::datemultirange, false)
        OR (t.keeps_marks AND was)
    FROM consent_consent c JOIN consent_consenttaking t ON t.consent_id = c.id
    WHERE c.client_id = its_client AND c.is_current
$$;
CREATE FUNCTION hearth_consent_until(its_client bigint) RETURNS date
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT t.until FROM consent_consent c JOIN consent_consenttaking t ON t.consent_id = c.id
    WHERE c.client_id = its_client AND c.is_current
$$;

-- A record's own day; that of an assessment for its questions and results.
CREATE FUNCTION hearth_own_day(record jsonb) RETURNS date LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE WHEN record ? 'assessment_id'
        THEN (SELECT a.assessment_date FROM coordinated_entry_assessment a
              WHERE a.id = (record ->> 'assessment_id')::bigint)
        ELSE coalesce(record ->> 'information_date', record ->> 'date_provided', record ->> 'exit_date',
            record ->> 'assessment_date', record ->> 'event_date')::date END
$$;

-- The same as an expression over a table of records `r`.
CREATE FUNCTION hearth_own_day_of(records name) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE records
        {" ".join(f"WHEN '{table}' THEN '{day_of(day)}'" for table, day in RECORDS.items())}
    END
$$;

-- ------------------------------------------------------------ rows that are written
CREATE FUNCTION hearth_enrollment_takes_consent() RETURNS trigger {DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
    was boolean := false;
    opened boolean;
BEGIN
    {BEGIN}
    IF TG_OP = 'UPDATE' THEN
        was := OLD.is_shared AND NEW.is_shared AND OLD.client_id = NEW.client_id;
    END IF;
    opened := hearth_consent_opens(NEW.client_id, NULL, NEW.entry_date, was);
    IF opened IS NULL AND TG_OP = 'UPDATE' AND OLD.client_id <> NEW.client_id THEN
        opened := false;  -- nobody has asked this person
    END IF;
    IF opened IS NOT NULL THEN
        IF TG_WHEN = 'BEFORE' THEN
            NEW.is_shared := opened;
            NEW.shared_until := hearth_consent_until(NEW.client_id);
        ELSE
            UPDATE enrollments_enrollment SET is_shared = opened WHERE id = NEW.id
                AND (is_shared <> opened OR shared_until IS DISTINCT FROM hearth_consent_until(NEW.client_id));
        END IF;
    END IF;
    {END}
    RETURN NEW;
END $$;
CREATE TRIGGER takes_sharing BEFORE UPDATE OF client_id, entry_date, is_shared, shared_until
    ON enrollments_enrollment FOR EACH ROW EXECUTE FUNCTION hearth_enrollment_takes_consent();
CREATE TRIGGER added_takes_sharing AFTER INSERT
    ON enrollments_enrollment FOR EACH ROW EXECUTE FUNCTION hearth_enrollment_takes_consent();

-- What an enrollment carries its records do, but for whether they are open: that is for their own day to say.
CREATE OR REPLACE FUNCTION record_takes_enrollment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT organization_id, project_id, shared_until, is_restricted
    INTO NEW.organization_id, NEW.project_id, NEW.shared_until, NEW.is_restricted
    FROM enrollments_enrollment WHERE id = NEW.enrollment_id;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING MESSAGE = 'The enrollment of this record is not there, or not yours to use';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION hearth_record_takes_consent() RETURNS trigger {DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
    its record;
    was boolean := false;
    opened boolean;
BEGIN
    {BEGIN}
    IF TG_OP = 'UPDATE' THEN
        was := OLD.is_shared AND NEW.is_shared;
    END IF;
    SELECT e.client_id, e.entry_date, e.is_shared INTO its
    FROM enrollments_enrollment e WHERE e.id = NEW.enrollment_id;
    IF FOUND THEN
        opened := its.is_shared AND coalesce(
            hearth_consent_opens(its.client_id, hearth_own_day(to_jsonb(NEW)), its.entry_date, was), true);
        IF TG_WHEN = 'BEFORE' THEN
            NEW.is_shared := opened;
        ELSE
            EXECUTE format('UPDATE %I SET is_shared = $1 WHERE id = $2 AND is_shared <> $1', TG_TABLE_NAME)
                USING opened, NEW.id;
        END IF;
    END IF;
    {END}
    RETURN NEW;
END $$;

-- What an assessment opens or closes by its day, it does for its questions and results.
CREATE FUNCTION hearth_parts_follow_assessment() RETURNS trigger {DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
BEGIN
    {BEGIN}
    UPDATE coordinated_entry_assessmentquestions SET is_shared = is_shared WHERE assessment_id = NEW.id;
    UPDATE coordinated_entry_assessmentresults SET is_shared = is_shared WHERE assessment_id = NEW.id;
    {END}
    RETURN NULL;
END $$;
CREATE TRIGGER parts_follow AFTER UPDATE OF assessment_date ON coordinated_entry_assessment FOR EACH ROW
    WHEN (OLD.assessment_date IS DISTINCT FROM NEW.assessment_date)
    EXECUTE FUNCTION hearth_parts_follow_assessment();

-- Another person, or another first day: all that hangs on it is asked anew.
CREATE FUNCTION hearth_stay_asks_anew() RETURNS trigger {DEFINER} AS $$
BEGIN
    PERFORM hearth_apply_consents(ARRAY[NEW.client_id]);
    RETURN NULL;
END $$;
CREATE TRIGGER sharing_asked_anew AFTER UPDATE OF client_id, entry_date ON enrollments_enrollment FOR EACH ROW
    WHEN (OLD.client_id <> NEW.client_id OR OLD.entry_date IS DISTINCT FROM NEW.entry_date)
    EXECUTE FUNCTION hearth_stay_asks_anew();

{KEEPS_STEP}

-- Deleted records of these enrollments are as open as they would be.
CREATE OR REPLACE FUNCTION hearth_deleted_keep_step(changed bigint[]) RETURNS void {DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
    records name;
BEGIN
    {BEGIN}
    FOR records IN SELECT hearth_record_tables() LOOP
        EXECUTE format(
            'UPDATE %1$I h SET organization_id = o.organization_id, project_id = o.project_id,'
            ' is_shared = o.opened AND (o.by_day OR h.is_shared), shared_until = o.shared_until,'
            ' is_restricted = o.is_restricted FROM ('
            '   SELECT d.pgh_obj_id, e.organization_id, e.project_id, e.shared_until, e.is_restricted,'
            '     e.is_shared AND coalesce(hearth_consent_opens(e.client_id, hearth_own_day(to_jsonb(d)),'
            '       e.entry_date, true), true) AS opened,'
            '     coalesce(hearth_consent_opens(e.client_id, hearth_own_day(to_jsonb(d)), e.entry_date, false),'
            '       true) AS by_day'
            '   FROM %1$I d JOIN enrollments_enrollment e ON e.id = d.enrollment_id'
            '   WHERE d.enrollment_id = ANY ($1) AND d.pgh_label = ''before_delete'') o'
            ' WHERE h.pgh_obj_id = o.pgh_obj_id AND (h.organization_id, h.project_id, h.is_shared, h.shared_until,'
            '   h.is_restricted) IS DISTINCT FROM (o.organization_id, o.project_id,'
            '   o.opened AND (o.by_day OR h.is_shared), o.shared_until, o.is_restricted)', records || 'history')
        USING changed;
    END LOOP;
    {END}
END $$;

-- ------------------------------------------------------------ everything of a client, at once
-- One statement a table. Returns how many rows are open or closed otherwise than before; old versions of a
-- row count with it. An import, whose triggers are off, gets the same.
CREATE FUNCTION hearth_apply_consents(clients bigint[]) RETURNS bigint {DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
    touched bigint := 0;
    records name;
    ids bigint[];
    stays bigint[];
    gone bigint[];
BEGIN
    {BEGIN}
    PERFORM set_config('app.cascades', 'on', true);
    WITH changed AS (
        UPDATE enrollments_enrollment e SET is_shared = o.opened, shared_until = o.until FROM (
            SELECT e.id, {OPENS_STAY} AS opened, t.until
            FROM enrollments_enrollment e JOIN consent_consent c ON c.client_id = e.client_id AND c.is_current
                JOIN consent_consenttaking t ON t.consent_id = c.id
            WHERE e.client_id = ANY (clients)
        ) o WHERE o.id = e.id AND (e.is_shared, e.shared_until) IS DISTINCT FROM (o.opened, o.until)
        RETURNING e.id
    ) SELECT coalesce(array_agg(id), '{{}}') INTO ids FROM changed;
    touched := touched + cardinality(ids);
    PERFORM hearth_versions_keep_step('enrollments_enrollment', ids);
    stays := ARRAY(SELECT id FROM enrollments_enrollment WHERE client_id = ANY (clients));
    FOR records IN SELECT hearth_record_tables() LOOP
        EXECUTE format(
            'WITH changed AS (UPDATE %1$I r SET is_shared = o.opened, shared_until = o.shared_until FROM ('
            '   SELECT r.id, e.shared_until, e.is_shared AND (c.id IS NULL OR {OPENS_RECORD}) AS opened'
            '   FROM %1$I r JOIN enrollments_enrollment e ON e.id = r.enrollment_id'
            '     LEFT JOIN consent_consent c ON c.client_id = e.client_id AND c.is_current'
            '     LEFT JOIN consent_consenttaking t ON t.consent_id = c.id'
            '   WHERE r.enrollment_id = ANY ($1)) o'
            ' WHERE o.id = r.id AND (r.is_shared, r.shared_until) IS DISTINCT FROM (o.opened, o.shared_until)'
            ' RETURNING r.id) SELECT coalesce(array_agg(id), ''{{}}'') FROM changed',
            records, hearth_own_day_of(records))
        INTO ids USING stays;
        touched := touched + cardinality(ids);
        PERFORM hearth_versions_keep_step(records::text::regclass, ids);
    END LOOP;
    PERFORM hearth_deleted_keep_step(stays);
    -- Enrollments that were deleted, and what hung on them.
    gone := ARRAY(
        SELECT pgh_obj_id FROM enrollments_enrollmenthistory
        WHERE client_id = ANY (clients) AND pgh_label = 'before_delete');
    IF gone <> '{{}}' THEN
        UPDATE enrollments_enrollmenthistory h SET is_shared = o.opened, shared_until = o.until,
            pgh_was_shared = nullif(coalesce(h.pgh_was_shared, h.is_shared), o.opened)
        FROM (
            SELECT d.pgh_obj_id, hearth_consent_opens(d.client_id, NULL, d.entry_date, d.is_shared) AS opened,
                hearth_consent_until(d.client_id) AS until
            FROM enrollments_enrollmenthistory d WHERE d.pgh_obj_id = ANY (gone) AND d.pgh_label = 'before_delete'
        ) o WHERE h.pgh_obj_id = o.pgh_obj_id AND o.opened IS NOT NULL
            AND (h.is_shared, h.shared_until) IS DISTINCT FROM (o.opened, o.until);
        FOR records IN SELECT hearth_record_tables() LOOP
            EXECUTE format(
                'UPDATE %1$I h SET is_shared = o.opened, shared_until = o.shared_until FROM ('
                '   SELECT d.pgh_obj_id, x.shared_until, x.is_shared AND coalesce(hearth_consent_opens('
                '     x.client_id, hearth_own_day(to_jsonb(d)), x.entry_date, d.is_shared), true) AS opened'
                '   FROM %1$I d JOIN enrollments_enrollmenthistory x ON x.pgh_obj_id = d.enrollment_id'
                '     AND x.pgh_label = ''before_delete'''
                '   WHERE d.enrollment_id = ANY ($1) AND d.pgh_label = ''before_delete'') o'
                ' WHERE h.pgh_obj_id = o.pgh_obj_id'
                '   AND (h.is_shared, h.shared_until) IS DISTINCT FROM (o.opened, o.shared_until)',
                records || 'history') USING gone;
        END LOOP;
    END IF;
    PERFORM set_config('app.cascades', '', true);
    {END}
    RETURN touched;
END $$;

-- What the action asks for; whoever asks decides nothing by it.
CREATE FUNCTION hearth_follow_answers(clients bigint[]) RETURNS bigint {DEFINER} AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7301002, one) FROM (SELECT DISTINCT hashint8(c) AS one FROM unnest(clients) c
        ORDER BY 1) AS locks;
    PERFORM hearth_settle_consents(clients);
    RETURN hearth_apply_consents(clients);
END $$;

-- A corrected day of birth moves the day until which a guardian's answer holds.
CREATE FUNCTION hearth_consent_follows_birth() RETURNS trigger {DEFINER} AS $$
BEGIN
    PERFORM hearth_follow_answers(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
CREATE TRIGGER consent_follows AFTER UPDATE OF dob ON clients_client FOR EACH ROW
    WHEN (OLD.dob IS DISTINCT FROM NEW.dob) EXECUTE FUNCTION hearth_consent_follows_birth();

-- ------------------------------------------------------------ rows stored as shared
-- Their people get an answer "as imported": it keeps the marks, opens nothing later, and is to be asked for.
CREATE FUNCTION hearth_note_shared(source bigint, since timestamptz) RETURNS bigint {DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
    noted bigint;
BEGIN
    {BEGIN}
    WITH people AS (
        SELECT DISTINCT e.client_id FROM enrollments_enrollment e
        WHERE e.is_shared AND e.created_at >= since AND (source IS NULL OR e.data_source_id = source)
            AND NOT EXISTS (SELECT FROM consent_consent c WHERE c.client_id = e.client_id)
    ), answers AS (
        INSERT INTO consent_consent (id, client_id, choice, given_on, form_version, is_current)
        SELECT nextval(pg_get_serial_sequence('consent_consent', 'id')), client_id, 'as_imported', current_date, '',
            true FROM people RETURNING id
    )
    INSERT INTO consent_consenttaking (consent_id, opens, applies, method, language, witness, guardian,
        signature_due, open_days, keeps_marks)
    SELECT id, false, 'all', '', '', '', '', false, '{{}}', true FROM answers;
    GET DIAGNOSTICS noted = ROW_COUNT;
    {END}
    RETURN noted;
END $$;

-- At the end of an import: rows that it wrote are as open as their people's answers say.
CREATE FUNCTION hearth_consents_of_import(source bigint, since timestamptz, shares boolean) RETURNS void
{DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
    people bigint[];
    written bigint[];
    records name;
BEGIN
    {BEGIN}
    IF EXISTS (SELECT FROM consent_consent WHERE choice <> 'as_imported') THEN
        people := ARRAY(SELECT id FROM clients_client WHERE data_source_id = source AND updated_at >= since
            UNION SELECT client_id FROM enrollments_enrollment WHERE data_source_id = source AND updated_at >= since);
        FOR records IN SELECT hearth_record_tables() LOOP
            EXECUTE format(
                'SELECT array_agg(DISTINCT e.client_id) FROM %I r JOIN enrollments_enrollment e'
                ' ON e.id = r.enrollment_id WHERE r.data_source_id = $1 AND r.updated_at >= $2', records)
            INTO written USING source, since;
            people := people || coalesce(written, '{{}}');
        END LOOP;
        people := ARRAY(SELECT DISTINCT c.client_id FROM consent_consent c WHERE c.client_id = ANY (people));
        PERFORM hearth_settle_consents(people);
        PERFORM hearth_apply_consents(people);
    END IF;
    {END}
    IF shares THEN
        PERFORM hearth_note_shared(source, since);
    END IF;
END $$;

REVOKE ALL ON FUNCTION hearth_settle_consents, hearth_consent_opens, hearth_consent_until, hearth_own_day,
    hearth_own_day_of, hearth_enrollment_takes_consent, hearth_record_takes_consent, hearth_stay_asks_anew, hearth_parts_follow_assessment,
    hearth_apply_consents, hearth_follow_answers, hearth_consent_follows_birth, hearth_note_shared,
    hearth_consents_of_import FROM PUBLIC, hearth_web, hearth_loader;
GRANT EXECUTE ON FUNCTION hearth_follow_answers TO hearth_web;
GRANT EXECUTE ON FUNCTION hearth_consents_of_import TO hearth_loader;
"""


def takes_consent(table: str, day: str | None) -> str:
    columns = ", ".join(filter(None, ("enrollment_id", "is_shared", "shared_until", day)))
    if table.endswith(("questions", "results")):
        columns += ", assessment_id"
    return f"""
        CREATE TRIGGER takes_sharing BEFORE UPDATE OF {columns} ON {table}
            FOR EACH ROW EXECUTE FUNCTION hearth_record_takes_consent();
        CREATE TRIGGER added_takes_sharing AFTER INSERT ON {table}
            FOR EACH ROW EXECUTE FUNCTION hearth_record_takes_consent();
    """


def takes_no_consent(table: str) -> str:
    return f"DROP TRIGGER added_takes_sharing ON {table}; DROP TRIGGER takes_sharing ON {table};"


SECURE_BACK = """
DROP POLICY step_adds ON consent_consenttaking;
DROP POLICY step_adds ON consent_consent;
GRANT UPDATE, DELETE ON consent_consent, consent_consenthistory, consent_consenttaking,
    consent_consenttakinghistory TO hearth_web, hearth_loader;
"""
RULES_BACK = f"""
DROP TRIGGER consent_follows ON clients_client;
DROP TRIGGER sharing_asked_anew ON enrollments_enrollment;
DROP TRIGGER parts_follow ON coordinated_entry_assessment;
DROP TRIGGER added_takes_sharing ON enrollments_enrollment;
DROP TRIGGER takes_sharing ON enrollments_enrollment;
{RECORD_BEFORE}
{STEP_BEFORE}
{DELETED_BEFORE}
DROP FUNCTION hearth_consents_of_import, hearth_note_shared, hearth_consent_follows_birth, hearth_follow_answers,
    hearth_apply_consents, hearth_parts_follow_assessment, hearth_stay_asks_anew, hearth_record_takes_consent,
    hearth_enrollment_takes_consent, hearth_own_day_of, hearth_own_day, hearth_consent_until, hearth_consent_opens,
    hearth_settle_consents;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0008_grants"),
        ("consent", "0003_consent"),
        ("enrollments", "0007_columns_keep_in_step"),
        ("coordinated_entry", "0007_columns_keep_in_step"),
    ]
    operations = [
        SecureRows("Consent", "OfClient", "ConsentHistory"),
        SecureRows("ConsentTaking", "OfTakingOrganization", "ConsentTakingHistory"),
        migrations.RunSQL(SECURE, SECURE_BACK),
        step.lets_owner_keep_step(*OWN),
        migrations.RunSQL(RULES, RULES_BACK),
        *[migrations.RunSQL(takes_consent(*one), takes_no_consent(one[0])) for one in RECORDS.items()],
        migrations.RunSQL("SELECT hearth_note_shared(NULL, '-infinity')", migrations.RunSQL.noop),
    ]
