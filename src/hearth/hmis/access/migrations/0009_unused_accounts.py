"""Accounts that nobody signs in with are locked; only who administers everybody lifts that.

Time counts from this migration on for accounts that are there, so that nobody is locked without a warning.
"""

import django.db.models.functions.datetime
from django.db import migrations, models

GUARD = """
    CREATE OR REPLACE FUNCTION hearth_guards_user() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF (NEW.password, NEW.email, NEW.is_active, NEW.second_factor_due{columns_new})
            IS NOT DISTINCT FROM (OLD.password, OLD.email, OLD.is_active, OLD.second_factor_due{columns_old})
        THEN
            RETURN NEW;
        END IF;
        IF hearth_user_id() IS NULL THEN
            IF NEW.is_active AND NOT OLD.is_active THEN
                RAISE insufficient_privilege USING MESSAGE = 'Nobody acts: the account stays as it is';
            END IF;
        ELSIF hearth_user_id() <> OLD.id AND NOT hearth_may_administer(OLD.id) THEN
            RAISE insufficient_privilege USING MESSAGE = 'This account is not yours to administer';
        {lock}END IF;
        RETURN NEW;
    END $$;
"""
LOCK = """ELSIF OLD.locked_unused_at IS NOT NULL AND NOT hearth_everywhere('user_edit')
            AND (NEW.is_active OR NEW.locked_unused_at IS DISTINCT FROM OLD.locked_unused_at)
        THEN
            RAISE insufficient_privilege USING MESSAGE = 'A system administrator lifts this lock';
        """


class Migration(migrations.Migration):

    dependencies = [('access', '0008_grants')]

    operations = [
        migrations.AddField(
            model_name='user',
            name='used_from',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
        ),
        migrations.AddField(
            model_name='user',
            name='locked_unused_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RunSQL(
            GUARD.format(columns_new=', NEW.locked_unused_at', columns_old=', OLD.locked_unused_at', lock=LOCK),
            GUARD.format(columns_new='', columns_old='', lock=''),
        ),
    ]
