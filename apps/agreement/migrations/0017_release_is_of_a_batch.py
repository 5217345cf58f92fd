"""Hold and release are the batch's. It cannot be undone while a round is released in part."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agreement", "0016_every_round_has_a_batch"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            "roundtranscript",
            "batch",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="transcripts",
                to="agreement.batch",
            ),
        ),
        migrations.RemoveField("round", "held_since"),
        migrations.RemoveField("round", "hold_waived_by"),
        migrations.RemoveConstraint("round", "round_released_has_a_time"),
        migrations.AddConstraint(
            "round",
            models.CheckConstraint(
                condition=models.Q(
                    ("state", "void"),
                    models.Q(("released_at", None), ("state__in", ["planned", "coding", "held"])),
                    ("state__in", ["released", "conferring", "adjudicating"]),
                    models.Q(("released_at__isnull", False), ("state", "closed")),
                    _connector="OR",
                ),
                name="round_is_released_before_it_is_closed",
            ),
        ),
    ]
