"""How often a user did something within the hour (see `access/limits.py`)."""

from django.db import models


class UseCount(models.Model):
    """Uses of one kind by one user since `began_at`; `stopped_until` is set when there were too many."""

    user = models.ForeignKey("access.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.TextField()
    began_at = models.DateTimeField()
    used = models.IntegerField()
    stopped_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="use_count_once")]

    def __str__(self) -> str:
        return f"User {self.user_id}, {self.kind}: {self.used}"
