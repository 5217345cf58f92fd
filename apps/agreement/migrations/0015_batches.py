"""What is released together: the whole round, or one of the batches that its plan names."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("agreement", "0014_round_can_be_void"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("name", models.CharField(blank=True, max_length=80, verbose_name="name")),
                ("size", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="transcripts")),
                ("held_since", models.DateTimeField(blank=True, null=True)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                (
                    "hold_waived_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="batches",
                        to="agreement.round",
                    ),
                ),
            ],
            options={"ordering": ["round", "position"]},
        ),
        migrations.AddConstraint(
            "batch",
            models.UniqueConstraint(fields=("round", "position"), name="batch_position_is_unique"),
        ),
        migrations.AddConstraint(
            "batch",
            models.UniqueConstraint(fields=("round", "name"), name="batch_name_is_unique_in_round"),
        ),
        migrations.AddConstraint(
            "batch",
            models.CheckConstraint(condition=Q(size=None) | Q(size__gte=1), name="batch_size_is_a_number"),
        ),
        migrations.AddConstraint(
            "batch",
            models.CheckConstraint(
                condition=Q(released_at=None) | Q(held_since__isnull=False), name="batch_released_was_held"
            ),
        ),
        migrations.AddField(
            "roundtranscript",
            "batch",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="transcripts",
                to="agreement.batch",
            ),
        ),
        migrations.AddField(
            "agreementrun",
            "batches",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), default=list, size=None
            ),
        ),
    ]
