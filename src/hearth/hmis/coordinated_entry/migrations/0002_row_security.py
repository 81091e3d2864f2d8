"""Assessments and events follow their enrollment, and who may see them."""

from importlib import import_module

from django.db import migrations

from hearth.hmis.access.policies_sql import SecureRows

follows_enrollment = import_module(
    "hearth.hmis.enrollments.migrations.0002_rules_and_row_security"
).follows_enrollment

MODELS = ("Assessment", "AssessmentQuestions", "AssessmentResults", "Event")


class Migration(migrations.Migration):
    dependencies = [("coordinated_entry", "0001_initial"), ("enrollments", "0002_rules_and_row_security")]
    operations = [
        *[follows_enrollment(f"coordinated_entry_{model.lower()}") for model in MODELS],
        *[SecureRows(model, "OfOrganization", f"{model}History") for model in MODELS],
    ]
