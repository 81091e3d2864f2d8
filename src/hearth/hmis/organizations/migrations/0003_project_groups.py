"""Groups of projects, for which grants can hold: closed until their policies are made."""

from django.db import migrations, models

from hearth.hmis.access.policies_sql import SecureRows


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0002_residential_project_may_be_absent'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProjectGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField(unique=True)),
                ('projects', models.ManyToManyField(related_name='groups', to='organizations.project')),
            ],
            options={
                'ordering': ('name',),
            },
        ),
        SecureRows("ProjectGroup", "ProjectGroups"),
        migrations.RunSQL(
            "REVOKE INSERT, UPDATE, DELETE ON organizations_projectgroup, organizations_projectgroup_projects"
            " FROM hearth_loader",
            migrations.RunSQL.noop,
        ),
    ]
