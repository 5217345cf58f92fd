"""How often a code is applied is found by its own index; two that were part of others are no longer kept."""

from django.db import migrations, models
from django.db.models import PROTECT, Q


def to_assignment(related_name: str) -> models.ForeignKey:
    return models.ForeignKey("coding.codingassignment", PROTECT, related_name=related_name, db_index=False)


class Migration(migrations.Migration):
    dependencies = [("coding", "0022_own_first")]

    operations = [
        migrations.AlterField("coding", "assignment", to_assignment("codings")),
        migrations.AlterField("gesture", "assignment", to_assignment("gestures")),
        migrations.AddIndex(
            "coding",
            models.Index(fields=["assignment", "code"], name="coding_by_code", condition=Q(removed_at=None)),
        ),
    ]
