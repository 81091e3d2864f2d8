"""Whose users and households UserID and HouseholdID name, where that is not the record's own data source."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from hearth.hmis.hud.rendered_once import RenderedOnce


class Migration(migrations.Migration):

    dependencies = [
        ('coordinated_entry', '0007_columns_keep_in_step'),
        ('organizations', '0006_whose_keys'),
    ]

    operations = [RenderedOnce([
        pgtrigger.migrations.RemoveTrigger(
            model_name='assessment',
            name='before_change_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='assessment',
            name='before_delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='assessmentquestions',
            name='before_change_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='assessmentquestions',
            name='before_delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='assessmentresults',
            name='before_change_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='assessmentresults',
            name='before_delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='event',
            name='before_change_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='event',
            name='before_delete_delete',
        ),
        migrations.AddField(
            model_name='assessment',
            name='user_data_source',
            field=models.ForeignKey(db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='assessmenthistory',
            name='user_data_source',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='assessmentquestions',
            name='user_data_source',
            field=models.ForeignKey(db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='assessmentquestionshistory',
            name='user_data_source',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='assessmentresults',
            name='user_data_source',
            field=models.ForeignKey(db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='assessmentresultshistory',
            name='user_data_source',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='event',
            name='user_data_source',
            field=models.ForeignKey(db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='eventhistory',
            name='user_data_source',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organizations.datasource'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='assessment',
            trigger=pgtrigger.compiler.Trigger(name='before_change_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "coordinated_entry_assessmenthistory" ("as_it_came", "assessment_date", "assessment_level", "assessment_location", "assessment_type", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "enrollment_id", "hud_id", "id", "is_faulty", "is_restricted", "is_shared", "organization_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prioritization_status", "project_id", "row_hash", "shared_until", "updated_at", "updated_by_id", "user_data_source_id", "user_id") SELECT old_values."as_it_came", old_values."assessment_date", old_values."assessment_level", old_values."assessment_location", old_values."assessment_type", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."enrollment_id", old_values."hud_id", old_values."id", old_values."is_faulty", old_values."is_restricted", old_values."is_shared", old_values."organization_id", NOW(), \'before_change\', old_values."id", old_values."prioritization_status", old_values."project_id", old_values."row_hash", old_values."shared_until", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='8cac9c72dc4f4ce624d6fe0bde0138be13aebb15', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_before_change_update_b193d', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='coordinated_entry_assessment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='assessment',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "coordinated_entry_assessmenthistory" ("as_it_came", "assessment_date", "assessment_level", "assessment_location", "assessment_type", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "enrollment_id", "hud_id", "id", "is_faulty", "is_restricted", "is_shared", "organization_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prioritization_status", "project_id", "row_hash", "shared_until", "updated_at", "updated_by_id", "user_data_source_id", "user_id") SELECT old_values."as_it_came", old_values."assessment_date", old_values."assessment_level", old_values."assessment_location", old_values."assessment_type", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."enrollment_id", old_values."hud_id", old_values."id", old_values."is_faulty", old_values."is_restricted", old_values."is_shared", old_values."organization_id", NOW(), \'before_delete\', old_values."id", old_values."prioritization_status", old_values."project_id", old_values."row_hash", old_values."shared_until", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='3d78d1fbeffe3339b65ab1918afb874eea3c2114', level='STATEMENT', operation='DELETE', pgid='pgtrigger_before_delete_delete_e2662', referencing='REFERENCING OLD TABLE AS old_values ', table='coordinated_entry_assessment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='assessmentquestions',
            trigger=pgtrigger.compiler.Trigger(name='before_change_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "coordinated_entry_assessmentquestionshistory" ("as_it_came", "assessment_answer", "assessment_id", "assessment_question", "assessment_question_group", "assessment_question_order", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "enrollment_id", "hud_id", "id", "is_faulty", "is_restricted", "is_shared", "organization_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "row_hash", "shared_until", "updated_at", "updated_by_id", "user_data_source_id", "user_id") SELECT old_values."as_it_came", old_values."assessment_answer", old_values."assessment_id", old_values."assessment_question", old_values."assessment_question_group", old_values."assessment_question_order", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."enrollment_id", old_values."hud_id", old_values."id", old_values."is_faulty", old_values."is_restricted", old_values."is_shared", old_values."organization_id", NOW(), \'before_change\', old_values."id", old_values."project_id", old_values."row_hash", old_values."shared_until", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='467c6c60f2fb9366f4cc5adb92758b4e49eaa27a', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_before_change_update_2eb8a', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='coordinated_entry_assessmentquestions', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='assessmentquestions',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "coordinated_entry_assessmentquestionshistory" ("as_it_came", "assessment_answer", "assessment_id", "assessment_question", "assessment_question_group", "assessment_question_order", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "enrollment_id", "hud_id", "id", "is_faulty", "is_restricted", "is_shared", "organization_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "row_hash", "shared_until", "updated_at", "updated_by_id", "user_data_source_id", "user_id") SELECT old_values."as_it_came", old_values."assessment_answer", old_values."assessment_id", old_values."assessment_question", old_values."assessment_question_group", old_values."assessment_question_order", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."enrollment_id", old_values."hud_id", old_values."id", old_values."is_faulty", old_values."is_restricted", old_values."is_shared", old_values."organization_id", NOW(), \'before_delete\', old_values."id", old_values."project_id", old_values."row_hash", old_values."shared_until", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='62c63e2f92053dfd929c4f48644f6f95f5e28702', level='STATEMENT', operation='DELETE', pgid='pgtrigger_before_delete_delete_7fdd5', referencing='REFERENCING OLD TABLE AS old_values ', table='coordinated_entry_assessmentquestions', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='assessmentresults',
            trigger=pgtrigger.compiler.Trigger(name='before_change_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "coordinated_entry_assessmentresultshistory" ("as_it_came", "assessment_id", "assessment_result", "assessment_result_type", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "enrollment_id", "hud_id", "id", "is_faulty", "is_restricted", "is_shared", "organization_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "row_hash", "shared_until", "updated_at", "updated_by_id", "user_data_source_id", "user_id") SELECT old_values."as_it_came", old_values."assessment_id", old_values."assessment_result", old_values."assessment_result_type", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."enrollment_id", old_values."hud_id", old_values."id", old_values."is_faulty", old_values."is_restricted", old_values."is_shared", old_values."organization_id", NOW(), \'before_change\', old_values."id", old_values."project_id", old_values."row_hash", old_values."shared_until", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='8496a8c683857e7dfaeba28a062b4d88ea43715d', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_before_change_update_99bb5', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='coordinated_entry_assessmentresults', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='assessmentresults',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "coordinated_entry_assessmentresultshistory" ("as_it_came", "assessment_id", "assessment_result", "assessment_result_type", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "enrollment_id", "hud_id", "id", "is_faulty", "is_restricted", "is_shared", "organization_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "row_hash", "shared_until", "updated_at", "updated_by_id", "user_data_source_id", "user_id") SELECT old_values."as_it_came", old_values."assessment_id", old_values."assessment_result", old_values."assessment_result_type", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."enrollment_id", old_values."hud_id", old_values."id", old_values."is_faulty", old_values."is_restricted", old_values."is_shared", old_values."organization_id", NOW(), \'before_delete\', old_values."id", old_values."project_id", old_values."row_hash", old_values."shared_until", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='9ddba008b6eb74ddd13138e3b1842158c40fd2a2', level='STATEMENT', operation='DELETE', pgid='pgtrigger_before_delete_delete_c42b0', referencing='REFERENCING OLD TABLE AS old_values ', table='coordinated_entry_assessmentresults', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='before_change_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "coordinated_entry_eventhistory" ("as_it_came", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "enrollment_id", "event", "event_date", "hud_id", "id", "is_faulty", "is_restricted", "is_shared", "location_crisis_or_ph_housing", "organization_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prob_sol_div_rr_result", "project_id", "referral_case_manage_after", "referral_result", "result_date", "row_hash", "shared_until", "updated_at", "updated_by_id", "user_data_source_id", "user_id") SELECT old_values."as_it_came", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."enrollment_id", old_values."event", old_values."event_date", old_values."hud_id", old_values."id", old_values."is_faulty", old_values."is_restricted", old_values."is_shared", old_values."location_crisis_or_ph_housing", old_values."organization_id", NOW(), \'before_change\', old_values."id", old_values."prob_sol_div_rr_result", old_values."project_id", old_values."referral_case_manage_after", old_values."referral_result", old_values."result_date", old_values."row_hash", old_values."shared_until", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='e8923161c8a10cbe55d19f1dde436970c1737989', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_before_change_update_19c2b', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='coordinated_entry_event', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "coordinated_entry_eventhistory" ("as_it_came", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "enrollment_id", "event", "event_date", "hud_id", "id", "is_faulty", "is_restricted", "is_shared", "location_crisis_or_ph_housing", "organization_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prob_sol_div_rr_result", "project_id", "referral_case_manage_after", "referral_result", "result_date", "row_hash", "shared_until", "updated_at", "updated_by_id", "user_data_source_id", "user_id") SELECT old_values."as_it_came", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."enrollment_id", old_values."event", old_values."event_date", old_values."hud_id", old_values."id", old_values."is_faulty", old_values."is_restricted", old_values."is_shared", old_values."location_crisis_or_ph_housing", old_values."organization_id", NOW(), \'before_delete\', old_values."id", old_values."prob_sol_div_rr_result", old_values."project_id", old_values."referral_case_manage_after", old_values."referral_result", old_values."result_date", old_values."row_hash", old_values."shared_until", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='e4d325830747507e98726d0bae24e70a4237922a', level='STATEMENT', operation='DELETE', pgid='pgtrigger_before_delete_delete_9a212', referencing='REFERENCING OLD TABLE AS old_values ', table='coordinated_entry_event', when='AFTER')),
        ),
    ])]
