"""What was answered to checks: that an answer is right."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from hearth.hmis.access.policies_sql import SecureRows


class Migration(migrations.Migration):

    dependencies = [
        ('enrollments', '0013_drafts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CheckAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('check_id', models.CharField(max_length=64)),
                ('values', models.CharField(max_length=32)),
                ('said_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='enrollments.enrollment')),
                ('said_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('enrollment', 'check_id', 'values'), name='check_answered_once')],
            },
        ),
        SecureRows("CheckAnswer", "OfItsEnrollment"),
    ]
