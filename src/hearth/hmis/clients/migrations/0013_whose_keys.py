"""Whose users and households UserID and HouseholdID name, where that is not the record's own data source."""

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from hearth.hmis.access.policies_sql import SecureRows
from hearth.hmis.hud.rendered_once import RenderedOnce


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0012_confidential_places'),
        ('organizations', '0006_whose_keys'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [RenderedOnce([
        migrations.CreateModel(
            name='NotTheSame',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('said_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='client',
            name='before_change_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='client',
            name='before_delete_delete',
        ),
        migrations.AddField(
            model_name='client',
            name='user_data_source',
            field=models.ForeignKey(db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.datasource'),
        ),
        migrations.AddField(
            model_name='clienthistory',
            name='user_data_source',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, help_text="Whose user UserID names; null: the record's own data source's", null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organizations.datasource'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='client',
            trigger=pgtrigger.compiler.Trigger(name='before_change_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_clienthistory" ("additional_race_ethnicity", "afghanistan_oef", "am_ind_ak_native", "as_it_came", "asian", "black_af_american", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "desert_storm", "discharge_status", "dob", "dob_data_quality", "first_name", "hispanic_latinao", "hud_id", "id", "iraq_oif", "iraq_ond", "is_faulty", "is_restricted", "korean_war", "last_name", "mid_east_n_african", "middle_name", "military_branch", "name_data_quality", "name_suffix", "native_hi_pacific", "other_theater", "pgh_created_at", "pgh_label", "pgh_obj_id", "race_none", "row_hash", "sex", "ssn", "ssn_data_quality", "ssn_index", "ssn_last4_index", "updated_at", "updated_by_id", "user_data_source_id", "user_id", "veteran_status", "vietnam_war", "white", "world_war_ii", "year_entered_service", "year_separated") SELECT old_values."additional_race_ethnicity", old_values."afghanistan_oef", old_values."am_ind_ak_native", old_values."as_it_came", old_values."asian", old_values."black_af_american", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."desert_storm", old_values."discharge_status", old_values."dob", old_values."dob_data_quality", old_values."first_name", old_values."hispanic_latinao", old_values."hud_id", old_values."id", old_values."iraq_oif", old_values."iraq_ond", old_values."is_faulty", old_values."is_restricted", old_values."korean_war", old_values."last_name", old_values."mid_east_n_african", old_values."middle_name", old_values."military_branch", old_values."name_data_quality", old_values."name_suffix", old_values."native_hi_pacific", old_values."other_theater", NOW(), \'before_change\', old_values."id", old_values."race_none", old_values."row_hash", old_values."sex", old_values."ssn", old_values."ssn_data_quality", old_values."ssn_index", old_values."ssn_last4_index", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id", old_values."veteran_status", old_values."vietnam_war", old_values."white", old_values."world_war_ii", old_values."year_entered_service", old_values."year_separated" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='41797c780f9fb8bfe54e6733b15cc4b0d543ac00', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_before_change_update_860b8', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='clients_client', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='client',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_clienthistory" ("additional_race_ethnicity", "afghanistan_oef", "am_ind_ak_native", "as_it_came", "asian", "black_af_american", "created_at", "created_by_id", "data_source_id", "date_created", "date_deleted", "date_updated", "desert_storm", "discharge_status", "dob", "dob_data_quality", "first_name", "hispanic_latinao", "hud_id", "id", "iraq_oif", "iraq_ond", "is_faulty", "is_restricted", "korean_war", "last_name", "mid_east_n_african", "middle_name", "military_branch", "name_data_quality", "name_suffix", "native_hi_pacific", "other_theater", "pgh_created_at", "pgh_label", "pgh_obj_id", "race_none", "row_hash", "sex", "ssn", "ssn_data_quality", "ssn_index", "ssn_last4_index", "updated_at", "updated_by_id", "user_data_source_id", "user_id", "veteran_status", "vietnam_war", "white", "world_war_ii", "year_entered_service", "year_separated") SELECT old_values."additional_race_ethnicity", old_values."afghanistan_oef", old_values."am_ind_ak_native", old_values."as_it_came", old_values."asian", old_values."black_af_american", old_values."created_at", old_values."created_by_id", old_values."data_source_id", old_values."date_created", old_values."date_deleted", old_values."date_updated", old_values."desert_storm", old_values."discharge_status", old_values."dob", old_values."dob_data_quality", old_values."first_name", old_values."hispanic_latinao", old_values."hud_id", old_values."id", old_values."iraq_oif", old_values."iraq_ond", old_values."is_faulty", old_values."is_restricted", old_values."korean_war", old_values."last_name", old_values."mid_east_n_african", old_values."middle_name", old_values."military_branch", old_values."name_data_quality", old_values."name_suffix", old_values."native_hi_pacific", old_values."other_theater", NOW(), \'before_delete\', old_values."id", old_values."race_none", old_values."row_hash", old_values."sex", old_values."ssn", old_values."ssn_data_quality", old_values."ssn_index", old_values."ssn_last4_index", old_values."updated_at", old_values."updated_by_id", old_values."user_data_source_id", old_values."user_id", old_values."veteran_status", old_values."vietnam_war", old_values."white", old_values."world_war_ii", old_values."year_entered_service", old_values."year_separated" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='308f63f03ca9aa6628aca26f76262f416eb22e34', level='STATEMENT', operation='DELETE', pgid='pgtrigger_before_delete_delete_6d8d4', referencing='REFERENCING OLD TABLE AS old_values ', table='clients_client', when='AFTER')),
        ),
        migrations.AddField(
            model_name='notthesame',
            name='client',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client'),
        ),
        migrations.AddField(
            model_name='notthesame',
            name='other',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client'),
        ),
        migrations.AddField(
            model_name='notthesame',
            name='said_by',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='notthesame',
            constraint=models.UniqueConstraint(fields=('client', 'other'), name='not_the_same_once'),
        ),
        migrations.AddConstraint(
            model_name='notthesame',
            constraint=models.CheckConstraint(condition=models.Q(('client', models.F('other')), _negated=True), name='not_the_same_as_another'),
        ),
    ]),
        SecureRows("NotTheSame", "OwnAnswers"),
    ]
