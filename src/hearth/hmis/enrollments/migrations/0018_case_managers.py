"""Who works with a client during a stay. Nobody changes or removes its old versions; imports write none."""

import django.db.models.deletion
import django.db.models.functions.datetime
import hearth.hmis.audit.history
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from hearth.hmis.access.policies_sql import SecureRows

CLOSED = """
REVOKE UPDATE, DELETE, TRUNCATE ON enrollments_casemanagerhistory FROM hearth_web, hearth_loader;
REVOKE INSERT, UPDATE, DELETE ON enrollments_casemanager FROM hearth_loader;
"""
OPEN_AGAIN = """
GRANT UPDATE, DELETE ON enrollments_casemanagerhistory TO hearth_web, hearth_loader;
GRANT INSERT, UPDATE, DELETE ON enrollments_casemanager TO hearth_loader;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('enrollments', '0017_former_clients_go_along'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseManager',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField()),
                ('until', models.DateField(blank=True, help_text='First day on which it does not hold', null=True)),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('added_by', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='case_managers', to='enrollments.enrollment')),
                ('manager', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='CaseManagerHistory',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_changed_by', models.BigIntegerField(db_default=hearth.hmis.audit.history.HearthUserId(), editable=False, null=True)),
                ('id', models.BigIntegerField()),
                ('since', models.DateField()),
                ('until', models.DateField(blank=True, help_text='First day on which it does not hold', null=True)),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('added_by', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('enrollment', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='enrollments.enrollment')),
                ('manager', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='enrollments.casemanager')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='casemanager',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='casemanager_ends_after_since'),
        ),
        migrations.AddConstraint(
            model_name='casemanager',
            constraint=models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('enrollment',), name='casemanager_one_at_a_time'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='casemanager',
            trigger=pgtrigger.compiler.Trigger(name='before_change_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "enrollments_casemanagerhistory" ("added_at", "added_by_id", "enrollment_id", "id", "manager_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "until") SELECT old_values."added_at", old_values."added_by_id", old_values."enrollment_id", old_values."id", old_values."manager_id", NOW(), \'before_change\', old_values."id", old_values."since", old_values."until" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='0133f8ee38719a33ee9beba5bb591a863f5b1199', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_before_change_update_815f3', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='enrollments_casemanager', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='casemanager',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "enrollments_casemanagerhistory" ("added_at", "added_by_id", "enrollment_id", "id", "manager_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "until") SELECT old_values."added_at", old_values."added_by_id", old_values."enrollment_id", old_values."id", old_values."manager_id", NOW(), \'before_delete\', old_values."id", old_values."since", old_values."until" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='92b9ec72516c0a805828b8c1bb1507aff65b318d', level='STATEMENT', operation='DELETE', pgid='pgtrigger_before_delete_delete_32fb7', referencing='REFERENCING OLD TABLE AS old_values ', table='enrollments_casemanager', when='AFTER')),
        ),
        SecureRows('CaseManager', 'OfTheProjectsPeople', 'CaseManagerHistory'),
        migrations.RunSQL(CLOSED, OPEN_AGAIN),
    ]
