"""Names of projects and organizations that are confidential (organizations/confidential.py), and who may say so."""

import hearth.hmis.organizations.confidential
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from hearth.hmis.hud.rendered_once import RenderedOnce


PROTECTS = """
    CREATE FUNCTION hearth_protects_name() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF hearth_everywhere('project_name_protect') OR NEW.id = ANY (hearth_projects('project_name_protect')) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'not a project whose name this user may protect' USING ERRCODE = 'insufficient_privilege';
    END $$;
    REVOKE ALL ON FUNCTION hearth_protects_name FROM PUBLIC;
    CREATE TRIGGER protects_name BEFORE UPDATE OF name_is_confidential ON organizations_project FOR EACH ROW
        WHEN (OLD.name_is_confidential IS DISTINCT FROM NEW.name_is_confidential)
        EXECUTE FUNCTION hearth_protects_name();
"""
PROTECTS_BACK = """
    DROP TRIGGER protects_name ON organizations_project;
    DROP FUNCTION hearth_protects_name;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0004_hipaa'),
        ('access', '0008_grants'),
    ]

    operations = [RenderedOnce([
        pgtrigger.migrations.RemoveTrigger(
            model_name='project',
            name='before_change_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='project',
            name='before_delete_delete',
        ),
        migrations.AddField(
            model_name='project',
            name='name_is_confidential',
            field=models.BooleanField(blank=True, help_text="Empty: as its organization; a victim service provider's projects are confidential", null=True),
        ),
        migrations.AddField(
            model_name='projecthistory',
            name='name_is_confidential',
            field=models.BooleanField(blank=True, help_text="Empty: as its organization; a victim service provider's projects are confidential", null=True),
        ),
        migrations.AlterField(
            model_name='organization',
            name='organization_common_name',
            field=hearth.hmis.organizations.confidential.ConfidentialText(hud='Organization.OrganizationCommonName', of='organization'),
        ),
        migrations.AlterField(
            model_name='organization',
            name='organization_name',
            field=hearth.hmis.organizations.confidential.ConfidentialText(hud='Organization.OrganizationName', of='organization'),
        ),
        migrations.AlterField(
            model_name='organizationhistory',
            name='organization_common_name',
            field=hearth.hmis.organizations.confidential.ConfidentialText(hud='Organization.OrganizationCommonName', of='organization'),
        ),
        migrations.AlterField(
            model_name='organizationhistory',
            name='organization_name',
            field=hearth.hmis.organizations.confidential.ConfidentialText(hud='Organization.OrganizationName', of='organization'),
        ),
        migrations.AlterField(
            model_name='project',
            name='project_common_name',
            field=hearth.hmis.organizations.confidential.ConfidentialText(hud='Project.ProjectCommonName', of='project'),
        ),
        migrations.AlterField(
            model_name='project',
            name='project_name',
            field=hearth.hmis.organizations.confidential.ConfidentialText(hud='Project.ProjectName', of='project'),
        ),
        migrations.AlterField(
            model_name='projecthistory',
            name='project_common_name',
            field=hearth.hmis.organizations.confidential.ConfidentialText(hud='Project.ProjectCommonName', of='project'),
        ),
        migrations.AlterField(
            model_name='projecthistory',
            name='project_name',
            field=hearth.hmis.organizations.confidential.ConfidentialText(hud='Project.ProjectName', of='project'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='project',
            trigger=pgtrigger.compiler.Trigger(name='before_change_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "organizations_projecthistory" ("as_it_came", "continuum_project", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "hopwa_med_assisted_living_fac", "housing_type", "hud_id", "id", "is_faulty", "name_is_confidential", "operating_end_date", "operating_start_date", "organization_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pit_count", "project_common_name", "project_name", "project_type", "residential_affiliation", "row_hash", "rrh_sub_type", "target_population", "updated_at", "updated_by_id", "user_id") SELECT old_values."as_it_came", old_values."continuum_project", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."hopwa_med_assisted_living_fac", old_values."housing_type", old_values."hud_id", old_values."id", old_values."is_faulty", old_values."name_is_confidential", old_values."operating_end_date", old_values."operating_start_date", old_values."organization_id", NOW(), \'before_change\', old_values."id", old_values."pit_count", old_values."project_common_name", old_values."project_name", old_values."project_type", old_values."residential_affiliation", old_values."row_hash", old_values."rrh_sub_type", old_values."target_population", old_values."updated_at", old_values."updated_by_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='3d7e61876391994a27392406120f9511c1ee32ae', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_before_change_update_1b8cb', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='organizations_project', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='project',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "organizations_projecthistory" ("as_it_came", "continuum_project", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "hopwa_med_assisted_living_fac", "housing_type", "hud_id", "id", "is_faulty", "name_is_confidential", "operating_end_date", "operating_start_date", "organization_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pit_count", "project_common_name", "project_name", "project_type", "residential_affiliation", "row_hash", "rrh_sub_type", "target_population", "updated_at", "updated_by_id", "user_id") SELECT old_values."as_it_came", old_values."continuum_project", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."hopwa_med_assisted_living_fac", old_values."housing_type", old_values."hud_id", old_values."id", old_values."is_faulty", old_values."name_is_confidential", old_values."operating_end_date", old_values."operating_start_date", old_values."organization_id", NOW(), \'before_delete\', old_values."id", old_values."pit_count", old_values."project_common_name", old_values."project_name", old_values."project_type", old_values."residential_affiliation", old_values."row_hash", old_values."rrh_sub_type", old_values."target_population", old_values."updated_at", old_values."updated_by_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='3b6fd17a4ded3762ea211992413490b3fcd4bf13', level='STATEMENT', operation='DELETE', pgid='pgtrigger_before_delete_delete_266f9', referencing='REFERENCING OLD TABLE AS old_values ', table='organizations_project', when='AFTER')),
        ),
    ]), migrations.RunSQL(PROTECTS, PROTECTS_BACK)]
