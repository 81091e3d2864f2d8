"""The documents that an installation begins with, then who reads and writes them.

A published text is what people signed, so nothing of it can be changed any more, by whomever: only the day on
which the next version takes its place is added.
"""

from datetime import date

from django.conf import settings
from django.db import migrations

from hearth.hmis.consent.example_documents import read_folder
from hearth.hmis.consent.models.document import ConsentDocuments


def load(apps, schema_editor):
    model = apps.get_model("consent", "ConsentDocument")
    today = date.today()
    model.objects.bulk_create(
        model(
            kind=one.kind,
            language=one.language,
            version=1,
            title=one.title,
            text=one.text,
            is_example=bool(one.text),
            begins_on=today if one.text else None,
        )
        for one in read_folder(settings.CONSENT_DOCUMENTS)
    )


SECURE = f"""
    SET CONSTRAINTS ALL IMMEDIATE;  -- else ALTER TABLE finds events pending
    ALTER TABLE consent_consentdocument ENABLE ROW LEVEL SECURITY;
    ALTER TABLE consent_consentdocument FORCE ROW LEVEL SECURITY;
    CREATE POLICY reads ON consent_consentdocument FOR SELECT USING ({ConsentDocuments.reads});
    CREATE POLICY adds ON consent_consentdocument FOR INSERT WITH CHECK ({ConsentDocuments.writes});
    CREATE POLICY changes ON consent_consentdocument FOR UPDATE
        USING ({ConsentDocuments.writes}) WITH CHECK ({ConsentDocuments.writes});
    CREATE POLICY removes ON consent_consentdocument FOR DELETE
        USING ({ConsentDocuments.writes} AND begins_on IS NULL);
    ALTER TABLE consent_consentdocumenthistory ENABLE ROW LEVEL SECURITY;
    ALTER TABLE consent_consentdocumenthistory FORCE ROW LEVEL SECURITY;
    CREATE POLICY reads ON consent_consentdocumenthistory FOR SELECT USING ({ConsentDocuments.reads});
    CREATE POLICY adds ON consent_consentdocumenthistory FOR INSERT WITH CHECK (pg_trigger_depth() > 0);
    REVOKE UPDATE, DELETE ON consent_consentdocumenthistory FROM hearth_web, hearth_loader;
    REVOKE INSERT, UPDATE, DELETE ON consent_consentdocument FROM hearth_loader;

    CREATE FUNCTION hearth_published_stays() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF OLD.begins_on IS NOT NULL
           AND (to_jsonb(NEW) - 'replaced_on') IS DISTINCT FROM (to_jsonb(OLD) - 'replaced_on')
           OR OLD.replaced_on IS NOT NULL AND NEW.replaced_on IS DISTINCT FROM OLD.replaced_on THEN
            RAISE EXCEPTION 'a published version stays as it is' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER published_stays BEFORE UPDATE ON consent_consentdocument
        FOR EACH ROW EXECUTE FUNCTION hearth_published_stays();
    REVOKE ALL ON FUNCTION hearth_published_stays FROM PUBLIC, hearth_web, hearth_loader;
"""
SECURE_BACK = """
    DROP TRIGGER published_stays ON consent_consentdocument;
    DROP FUNCTION hearth_published_stays;
    DROP POLICY reads ON consent_consentdocumenthistory;
    DROP POLICY adds ON consent_consentdocumenthistory;
    ALTER TABLE consent_consentdocumenthistory NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE consent_consentdocumenthistory DISABLE ROW LEVEL SECURITY;
    DROP POLICY reads ON consent_consentdocument;
    DROP POLICY adds ON consent_consentdocument;
    DROP POLICY changes ON consent_consentdocument;
    DROP POLICY removes ON consent_consentdocument;
    ALTER TABLE consent_consentdocument NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE consent_consentdocument DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_closed_doors"),
        ("consent", "0001_documents"),
    ]
    operations = [
        migrations.RunPython(load, migrations.RunPython.noop),
        migrations.RunSQL(SECURE, SECURE_BACK),
    ]
