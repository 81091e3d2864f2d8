from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "hearth.hmis.access"
    label = "access"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from hearth.hmis.access import named, policies_sql, rights_sql
        from hearth.hmis.audit import subjects

        subjects.hand_in("user", named.users)
        # Sent once for every application with models, after the migrations of all. Functions before the
        # policies that ask them.
        for brought in (rights_sql, policies_sql):
            post_migrate.connect(brought.bring_up_to_date, sender=self)
