"""Which shared enrollments are in what a run made: closed until its policies are made."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from hearth.hmis.access.policies_sql import SecureRows


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0001_nightly_duty'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SharedUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField(help_text="The run's table")),
                ('run_id', models.BigIntegerField()),
                ('enrollments', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'run_id'), name='shared_use_once')],
            },
        ),
        SecureRows("SharedUse", "OwnUse"),
        migrations.RunSQL(
            "REVOKE INSERT, UPDATE, DELETE ON jobs_shareduse FROM hearth_loader",
            "GRANT INSERT, UPDATE, DELETE ON jobs_shareduse TO hearth_loader",
        ),
    ]
