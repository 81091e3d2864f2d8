"""An enrollment is given to another client only by who may know that client.

Whoever may not know a restricted client could otherwise move an enrollment of their own to the client's number,
and have a stay in common from then on. Asked as whoever changes the row, under row-level security.
"""

from django.db import migrations

RULE = """
    CREATE FUNCTION enrollment_of_known_client() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM clients_client WHERE id = NEW.client_id) THEN
            RAISE foreign_key_violation
                USING MESSAGE = 'The client of this enrollment is not there, or not yours to use';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER of_known_client BEFORE UPDATE OF client_id ON enrollments_enrollment
        FOR EACH ROW WHEN (NEW.client_id <> OLD.client_id) EXECUTE FUNCTION enrollment_of_known_client();
"""
RULE_BACK = """
    DROP TRIGGER of_known_client ON enrollments_enrollment;
    DROP FUNCTION enrollment_of_known_client;
"""


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0008_restricted_stays")]
    operations = [migrations.RunSQL(RULE, RULE_BACK)]
