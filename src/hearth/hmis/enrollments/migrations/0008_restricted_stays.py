"""The enrollments of restricted clients are found at once; one that is entered while its client is being
restricted waits for the end of that, and so does the restriction for the enrollment."""

from importlib import import_module

from django.db import migrations, models

DEFINER = import_module("hearth.hmis.enrollments.migrations.0007_columns_keep_in_step").DEFINER


def takes_restriction(lock: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION enrollment_takes_restriction() RETURNS trigger {DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
    its boolean;
BEGIN
    PERFORM set_config('app.keeps_step', 'on', true);
    SELECT c.is_restricted INTO its FROM clients_client c WHERE c.id = NEW.client_id {lock};
    IF TG_WHEN = 'BEFORE' THEN
        NEW.is_restricted := coalesce(its, false);
    ELSE
        UPDATE enrollments_enrollment SET is_restricted = its WHERE id = NEW.id AND is_restricted <> its;
    END IF;
    PERFORM set_config('app.keeps_step', coalesce(before, ''), true);
    RETURN NEW;
END $$;
"""



class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0008_restrictions'),
        ('enrollments', '0007_columns_keep_in_step'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='enrollment',
            index=models.Index(condition=models.Q(('is_restricted', True)), fields=['client', 'project'], name='enrollment_restricted'),
        ),
        migrations.RunSQL(takes_restriction("FOR KEY SHARE"), takes_restriction("")),
    ]
