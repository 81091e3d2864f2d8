"""Whose users and households UserID and HouseholdID name, where that is not the record's own data source."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from hearth.hmis.hud.rendered_once import RenderedOnce


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0005_confidential_names'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [RenderedOnce([
        pgtrigger.migrations.RemoveTrigger(
            model_name='affiliation',
            name='before_change_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='affiliation',
            name='before_delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='ceparticipation',
            name='before_change_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='ceparticipation',
            name='before_delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='funder',
            name='before_change_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='funder',
            name='before_delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='hmisparticipation',
            name='before_change_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='hmisparticipation',
            name='before_delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='inventory',
            name='before_change_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='inventory',
            name='before_delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='organization',
            name='before_change_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='organization',
            name='before_delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='project',
            name='before_change_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='project',
            name='before_delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='projectcoc',
            name='before_change_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='projectcoc',
            name='before_delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='sourceuser',
            name='before_change_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='sourceuser',
            name='before_delete_delete',
        ),
        migrations.AddField(
            model_name='affiliation',
            name='user_data_source',
            field=models.ForeignKey(db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='affiliationhistory',
            name='user_data_source',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='ceparticipation',
            name='user_data_source',
            field=models.ForeignKey(db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='ceparticipationhistory',
            name='user_data_source',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='funder',
            name='user_data_source',
            field=models.ForeignKey(db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='funderhistory',
            name='user_data_source',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='hmisparticipation',
            name='user_data_source',
            field=models.ForeignKey(db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='hmisparticipationhistory',
            name='user_data_source',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='inventory',
            name='user_data_source',
            field=models.ForeignKey(db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='inventoryhistory',
            name='user_data_source',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='organization',
            name='user_data_source',
            field=models.ForeignKey(db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='organizationhistory',
            name='user_data_source',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='project',
            name='user_data_source',
            field=models.ForeignKey(db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='projectcoc',
            name='user_data_source',
            field=models.ForeignKey(db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='projectcochistory',
            name='user_data_source',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='projecthistory',
            name='user_data_source',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='sourceuser',
            name='account',
            field=models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sourceuserhistory',
            name='account',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='affiliation',
            trigger=pgtrigger.compiler.Trigger(name='before_change_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "organizations_affiliationhistory" ("as_it_came", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "hud_id", "id", "is_faulty", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "res_project_id", "row_hash", "updated_at", "updated_by_id", "user_data_source_id", "user_id") SELECT old_values."as_it_came", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."hud_id", old_values."id", old_values."is_faulty", NOW(), \'before_change\', old_values."id", old_values."project_id", old_values."res_project_id", old_values."row_hash", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='4d54c2533fc83542ecbd862edd6cd4e902c6de7e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_before_change_update_18a5a', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='organizations_affiliation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='affiliation',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "organizations_affiliationhistory" ("as_it_came", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "hud_id", "id", "is_faulty", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "res_project_id", "row_hash", "updated_at", "updated_by_id", "user_data_source_id", "user_id") SELECT old_values."as_it_came", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."hud_id", old_values."id", old_values."is_faulty", NOW(), \'before_delete\', old_values."id", old_values."project_id", old_values."res_project_id", old_values."row_hash", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='154dc6ac73a2c21794b367399ad62a98fb41d914', level='STATEMENT', operation='DELETE', pgid='pgtrigger_before_delete_delete_54878', referencing='REFERENCING OLD TABLE AS old_values ', table='organizations_affiliation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ceparticipation',
            trigger=pgtrigger.compiler.Trigger(name='before_change_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "organizations_ceparticipationhistory" ("access_point", "as_it_came", "ce_participation_status_end_date", "ce_participation_status_start_date", "created_at", "created_by_id", "crisis_assessment", "data_source_id", "date_created", "date_deleted", "date_updated", "direct_services", "housing_assessment", "hud_id", "id", "is_faulty", "pgh_created_at", "pgh_label", "pgh_obj_id", "prevention_assessment", "project_id", "receives_referrals", "row_hash", "updated_at", "updated_by_id", "user_data_source_id", "user_id") SELECT old_values."access_point", old_values."as_it_came", old_values."ce_participation_status_end_date", old_values."ce_participation_status_start_date", old_values."created_at", old_values."created_by_id", old_values."crisis_assessment", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."direct_services", old_values."housing_assessment", old_values."hud_id", old_values."id", old_values."is_faulty", NOW(), \'before_change\', old_values."id", old_values."prevention_assessment", old_values."project_id", old_values."receives_referrals", old_values."row_hash", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='80a0e85842db1cf028d4496eee45bf13e2d0e130', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_before_change_update_6c688', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='organizations_ceparticipation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ceparticipation',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "organizations_ceparticipationhistory" ("access_point", "as_it_came", "ce_participation_status_end_date", "ce_participation_status_start_date", "created_at", "created_by_id", "crisis_assessment", "data_source_id", "date_created", "date_deleted", "date_updated", "direct_services", "housing_assessment", "hud_id", "id", "is_faulty", "pgh_created_at", "pgh_label", "pgh_obj_id", "prevention_assessment", "project_id", "receives_referrals", "row_hash", "updated_at", "updated_by_id", "user_data_source_id", "user_id") SELECT old_values."access_point", old_values."as_it_came", old_values."ce_participation_status_end_date", old_values."ce_participation_status_start_date", old_values."created_at", old_values."created_by_id", old_values."crisis_assessment", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."direct_services", old_values."housing_assessment", old_values."hud_id", old_values."id", old_values."is_faulty", NOW(), \'before_delete\', old_values."id", old_values."prevention_assessment", old_values."project_id", old_values."receives_referrals", old_values."row_hash", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='0ed88e274e826debe68f52820f44c71953a024f9', level='STATEMENT', operation='DELETE', pgid='pgtrigger_before_delete_delete_f01a3', referencing='REFERENCING OLD TABLE AS old_values ', table='organizations_ceparticipation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='funder',
            trigger=pgtrigger.compiler.Trigger(name='before_change_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "organizations_funderhistory" ("as_it_came", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "end_date", "funder", "grant_id", "hud_id", "id", "is_faulty", "other_funder", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "row_hash", "start_date", "updated_at", "updated_by_id", "user_data_source_id", "user_id") SELECT old_values."as_it_came", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."end_date", old_values."funder", old_values."grant_id", old_values."hud_id", old_values."id", old_values."is_faulty", old_values."other_funder", NOW(), \'before_change\', old_values."id", old_values."project_id", old_values."row_hash", old_values."start_date", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='2d83e2ad4917a21f9ca8b141f9145fdd91acb62c', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_before_change_update_00d11', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='organizations_funder', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='funder',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "organizations_funderhistory" ("as_it_came", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "end_date", "funder", "grant_id", "hud_id", "id", "is_faulty", "other_funder", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "row_hash", "start_date", "updated_at", "updated_by_id", "user_data_source_id", "user_id") SELECT old_values."as_it_came", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."end_date", old_values."funder", old_values."grant_id", old_values."hud_id", old_values."id", old_values."is_faulty", old_values."other_funder", NOW(), \'before_delete\', old_values."id", old_values."project_id", old_values."row_hash", old_values."start_date", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='8b29499daa04f15d16e2f385cc3d9d76a6980227', level='STATEMENT', operation='DELETE', pgid='pgtrigger_before_delete_delete_1fc40', referencing='REFERENCING OLD TABLE AS old_values ', table='organizations_funder', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hmisparticipation',
            trigger=pgtrigger.compiler.Trigger(name='before_change_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "organizations_hmisparticipationhistory" ("as_it_came", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "hmis_participation_status_end_date", "hmis_participation_status_start_date", "hmis_participation_type", "hud_id", "id", "is_faulty", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "row_hash", "updated_at", "updated_by_id", "user_data_source_id", "user_id") SELECT old_values."as_it_came", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."hmis_participation_status_end_date", old_values."hmis_participation_status_start_date", old_values."hmis_participation_type", old_values."hud_id", old_values."id", old_values."is_faulty", NOW(), \'before_change\', old_values."id", old_values."project_id", old_values."row_hash", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='196a29d9d8af00b078774e31ba7db3bc181faa52', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_before_change_update_db3d4', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='organizations_hmisparticipation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hmisparticipation',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "organizations_hmisparticipationhistory" ("as_it_came", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "hmis_participation_status_end_date", "hmis_participation_status_start_date", "hmis_participation_type", "hud_id", "id", "is_faulty", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "row_hash", "updated_at", "updated_by_id", "user_data_source_id", "user_id") SELECT old_values."as_it_came", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."hmis_participation_status_end_date", old_values."hmis_participation_status_start_date", old_values."hmis_participation_type", old_values."hud_id", old_values."id", old_values."is_faulty", NOW(), \'before_delete\', old_values."id", old_values."project_id", old_values."row_hash", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='5a3cd192789ffb8b8b277199739225d28479df44', level='STATEMENT', operation='DELETE', pgid='pgtrigger_before_delete_delete_870a4', referencing='REFERENCING OLD TABLE AS old_values ', table='organizations_hmisparticipation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='inventory',
            trigger=pgtrigger.compiler.Trigger(name='before_change_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "organizations_inventoryhistory" ("as_it_came", "availability", "bed_inventory", "ch_bed_inventory", "ch_vet_bed_inventory", "ch_youth_bed_inventory", "coc_code", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "es_bed_type", "household_type", "hud_id", "id", "inventory_end_date", "inventory_start_date", "is_faulty", "other_bed_inventory", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "row_hash", "unit_inventory", "updated_at", "updated_by_id", "user_data_source_id", "user_id", "vet_bed_inventory", "youth_bed_inventory", "youth_vet_bed_inventory") SELECT old_values."as_it_came", old_values."availability", old_values."bed_inventory", old_values."ch_bed_inventory", old_values."ch_vet_bed_inventory", old_values."ch_youth_bed_inventory", old_values."coc_code", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."es_bed_type", old_values."household_type", old_values."hud_id", old_values."id", old_values."inventory_end_date", old_values."inventory_start_date", old_values."is_faulty", old_values."other_bed_inventory", NOW(), \'before_change\', old_values."id", old_values."project_id", old_values."row_hash", old_values."unit_inventory", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id", old_values."vet_bed_inventory", old_values."youth_bed_inventory", old_values."youth_vet_bed_inventory" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='fbe227e6b731a8a5c11ac8920f8e7427bfc7115f', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_before_change_update_5e793', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='organizations_inventory', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='inventory',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "organizations_inventoryhistory" ("as_it_came", "availability", "bed_inventory", "ch_bed_inventory", "ch_vet_bed_inventory", "ch_youth_bed_inventory", "coc_code", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "es_bed_type", "household_type", "hud_id", "id", "inventory_end_date", "inventory_start_date", "is_faulty", "other_bed_inventory", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "row_hash", "unit_inventory", "updated_at", "updated_by_id", "user_data_source_id", "user_id", "vet_bed_inventory", "youth_bed_inventory", "youth_vet_bed_inventory") SELECT old_values."as_it_came", old_values."availability", old_values."bed_inventory", old_values."ch_bed_inventory", old_values."ch_vet_bed_inventory", old_values."ch_youth_bed_inventory", old_values."coc_code", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."es_bed_type", old_values."household_type", old_values."hud_id", old_values."id", old_values."inventory_end_date", old_values."inventory_start_date", old_values."is_faulty", old_values."other_bed_inventory", NOW(), \'before_delete\', old_values."id", old_values."project_id", old_values."row_hash", old_values."unit_inventory", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id", old_values."vet_bed_inventory", old_values."youth_bed_inventory", old_values."youth_vet_bed_inventory" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='d4cbbaa4ad3d41b97f3cfc13e0e3864a494c787f', level='STATEMENT', operation='DELETE', pgid='pgtrigger_before_delete_delete_7633e', referencing='REFERENCING OLD TABLE AS old_values ', table='organizations_inventory', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organization',
            trigger=pgtrigger.compiler.Trigger(name='before_change_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "organizations_organizationhistory" ("as_it_came", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "hud_id", "id", "is_faulty", "is_hipaa_covered", "organization_common_name", "organization_name", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_hash", "tribal_nation_id", "updated_at", "updated_by_id", "user_data_source_id", "user_id", "victim_service_provider") SELECT old_values."as_it_came", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."hud_id", old_values."id", old_values."is_faulty", old_values."is_hipaa_covered", old_values."organization_common_name", old_values."organization_name", NOW(), \'before_change\', old_values."id", old_values."row_hash", old_values."tribal_nation_id", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id", old_values."victim_service_provider" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='6801a89594cdc87bcbf304f169c7a5b2a80051ee', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_before_change_update_97a57', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='organizations_organization', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organization',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "organizations_organizationhistory" ("as_it_came", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "hud_id", "id", "is_faulty", "is_hipaa_covered", "organization_common_name", "organization_name", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_hash", "tribal_nation_id", "updated_at", "updated_by_id", "user_data_source_id", "user_id", "victim_service_provider") SELECT old_values."as_it_came", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."hud_id", old_values."id", old_values."is_faulty", old_values."is_hipaa_covered", old_values."organization_common_name", old_values."organization_name", NOW(), \'before_delete\', old_values."id", old_values."row_hash", old_values."tribal_nation_id", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id", old_values."victim_service_provider" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='a4228f20d17269a08f6c3c63ab7c76f637139c50', level='STATEMENT', operation='DELETE', pgid='pgtrigger_before_delete_delete_eb0ee', referencing='REFERENCING OLD TABLE AS old_values ', table='organizations_organization', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='project',
            trigger=pgtrigger.compiler.Trigger(name='before_change_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "organizations_projecthistory" ("as_it_came", "continuum_project", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "hopwa_med_assisted_living_fac", "housing_type", "hud_id", "id", "is_faulty", "name_is_confidential", "operating_end_date", "operating_start_date", "organization_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pit_count", "project_common_name", "project_name", "project_type", "residential_affiliation", "row_hash", "rrh_sub_type", "target_population", "updated_at", "updated_by_id", "user_data_source_id", "user_id") SELECT old_values."as_it_came", old_values."continuum_project", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."hopwa_med_assisted_living_fac", old_values."housing_type", old_values."hud_id", old_values."id", old_values."is_faulty", old_values."name_is_confidential", old_values."operating_end_date", old_values."operating_start_date", old_values."organization_id", NOW(), \'before_change\', old_values."id", old_values."pit_count", old_values."project_common_name", old_values."project_name", old_values."project_type", old_values."residential_affiliation", old_values."row_hash", old_values."rrh_sub_type", old_values."target_population", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='c4121f86d7297193e1e7ad966d622be7976e2a26', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_before_change_update_1b8cb', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='organizations_project', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='project',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "organizations_projecthistory" ("as_it_came", "continuum_project", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "hopwa_med_assisted_living_fac", "housing_type", "hud_id", "id", "is_faulty", "name_is_confidential", "operating_end_date", "operating_start_date", "organization_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pit_count", "project_common_name", "project_name", "project_type", "residential_affiliation", "row_hash", "rrh_sub_type", "target_population", "updated_at", "updated_by_id", "user_data_source_id", "user_id") SELECT old_values."as_it_came", old_values."continuum_project", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."hopwa_med_assisted_living_fac", old_values."housing_type", old_values."hud_id", old_values."id", old_values."is_faulty", old_values."name_is_confidential", old_values."operating_end_date", old_values."operating_start_date", old_values."organization_id", NOW(), \'before_delete\', old_values."id", old_values."pit_count", old_values."project_common_name", old_values."project_name", old_values."project_type", old_values."residential_affiliation", old_values."row_hash", old_values."rrh_sub_type", old_values."target_population", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='e9f83c96d2b8dcc0dc0bec52721d28fc61ca5561', level='STATEMENT', operation='DELETE', pgid='pgtrigger_before_delete_delete_266f9', referencing='REFERENCING OLD TABLE AS old_values ', table='organizations_project', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='projectcoc',
            trigger=pgtrigger.compiler.Trigger(name='before_change_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "organizations_projectcochistory" ("address1", "address2", "as_it_came", "city", "coc_code", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "geocode", "geography_type", "hud_id", "id", "is_faulty", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "row_hash", "state", "updated_at", "updated_by_id", "user_data_source_id", "user_id", "zip") SELECT old_values."address1", old_values."address2", old_values."as_it_came", old_values."city", old_values."coc_code", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."geocode", old_values."geography_type", old_values."hud_id", old_values."id", old_values."is_faulty", NOW(), \'before_change\', old_values."id", old_values."project_id", old_values."row_hash", old_values."state", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id", old_values."zip" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='e3b95eb672b3a6619acaba84eb2dd62d40f13849', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_before_change_update_0685f', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='organizations_projectcoc', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='projectcoc',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "organizations_projectcochistory" ("address1", "address2", "as_it_came", "city", "coc_code", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "geocode", "geography_type", "hud_id", "id", "is_faulty", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "row_hash", "state", "updated_at", "updated_by_id", "user_data_source_id", "user_id", "zip") SELECT old_values."address1", old_values."address2", old_values."as_it_came", old_values."city", old_values."coc_code", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."geocode", old_values."geography_type", old_values."hud_id", old_values."id", old_values."is_faulty", NOW(), \'before_delete\', old_values."id", old_values."project_id", old_values."row_hash", old_values."state", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id", old_values."zip" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='a78991e2295bba47a9be3ca7ffd7cf40abf5e8ea', level='STATEMENT', operation='DELETE', pgid='pgtrigger_before_delete_delete_cf99a', referencing='REFERENCING OLD TABLE AS old_values ', table='organizations_projectcoc', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sourceuser',
            trigger=pgtrigger.compiler.Trigger(name='before_change_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "organizations_sourceuserhistory" ("account_id", "as_it_came", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "hud_id", "id", "is_faulty", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_hash", "updated_at", "updated_by_id", "user_email", "user_extension", "user_first_name", "user_last_name", "user_phone") SELECT old_values."account_id", old_values."as_it_came", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."hud_id", old_values."id", old_values."is_faulty", NOW(), \'before_change\', old_values."id", old_values."row_hash", old_values."updated_at", old_values."updated_by_id", old_values."user_email", old_values."user_extension", old_values."user_first_name", old_values."user_last_name", old_values."user_phone" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='a10ca566ed0b6d0ed92f2a601eb905c886d8b6a3', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_before_change_update_7600c', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='organizations_sourceuser', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sourceuser',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "organizations_sourceuserhistory" ("account_id", "as_it_came", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "hud_id", "id", "is_faulty", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_hash", "updated_at", "updated_by_id", "user_email", "user_extension", "user_first_name", "user_last_name", "user_phone") SELECT old_values."account_id", old_values."as_it_came", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."hud_id", old_values."id", old_values."is_faulty", NOW(), \'before_delete\', old_values."id", old_values."row_hash", old_values."updated_at", old_values."updated_by_id", old_values."user_email", old_values."user_extension", old_values."user_first_name", old_values."user_last_name", old_values."user_phone" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='576dbed81adc2b5a54459c580efd2cb74673def5', level='STATEMENT', operation='DELETE', pgid='pgtrigger_before_delete_delete_0bf7a', referencing='REFERENCING OLD TABLE AS old_values ', table='organizations_sourceuser', when='AFTER')),
        ),
    ])]
