"""A password that somebody else set is changed by its user at the next sign-in: a trigger marks the account,
whatever sets the password, and only a new password of the user's own takes the mark away."""

from django.db import migrations, models

MARK = """
    CREATE FUNCTION hearth_marks_given_password() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF hearth_user_id() IS NOT NULL AND NEW.password IS DISTINCT FROM OLD.password THEN
            NEW.password_due := hearth_user_id() <> OLD.id;
        ELSIF OLD.password_due AND hearth_user_id() IS DISTINCT FROM OLD.id THEN
            NEW.password_due := true;
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER marks_given_password BEFORE UPDATE OF password, password_due ON access_user
        FOR EACH ROW EXECUTE FUNCTION hearth_marks_given_password();
    REVOKE ALL ON FUNCTION hearth_marks_given_password FROM PUBLIC, hearth_web, hearth_loader;
"""
MARK_BACK = """
    DROP TRIGGER marks_given_password ON access_user;
    DROP FUNCTION hearth_marks_given_password;
"""


class Migration(migrations.Migration):

    dependencies = [('access', '0010_requirements')]

    operations = [
        migrations.AddField(
            model_name='user',
            name='password_due',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.RunSQL(MARK, MARK_BACK),
    ]
