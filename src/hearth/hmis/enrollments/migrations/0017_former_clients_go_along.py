"""Whoever removes an enrollment or a client for good may not see whose it was by mistake, or who opened the client
last: the database removes those rows with it, as they would keep it from going."""

from django.db import migrations

ALONG = """
ALTER TABLE enrollments_formerclient ADD CONSTRAINT former_client_of_enrollment
    FOREIGN KEY (enrollment_id) REFERENCES enrollments_enrollment (id) ON DELETE CASCADE;
ALTER TABLE enrollments_formerclient ADD CONSTRAINT former_client_of_client
    FOREIGN KEY (client_id) REFERENCES clients_client (id) ON DELETE CASCADE;
ALTER TABLE clients_recentclient ADD CONSTRAINT recent_client_of_client
    FOREIGN KEY (client_id) REFERENCES clients_client (id) ON DELETE CASCADE;
"""
NOT_ALONG = """
ALTER TABLE enrollments_formerclient DROP CONSTRAINT former_client_of_enrollment;
ALTER TABLE enrollments_formerclient DROP CONSTRAINT former_client_of_client;
ALTER TABLE clients_recentclient DROP CONSTRAINT recent_client_of_client;
"""


class Migration(migrations.Migration):
    dependencies = [("clients", "0019_old_versions_stay"), ("enrollments", "0016_moved_to_the_right_client")]
    operations = [migrations.RunSQL(ALONG, NOT_ALONG)]
