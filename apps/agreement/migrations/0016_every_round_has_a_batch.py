"""Rounds from before there were batches are one batch without a name, held and released as they were."""

from django.db import migrations


def put_into_batches(apps, schema_editor):
    Round = apps.get_model("agreement", "Round")
    Batch = apps.get_model("agreement", "Batch")
    for round in Round.objects.all():
        batch = Batch.objects.create(
            round=round,
            position=0,
            held_since=round.held_since or round.released_at,
            hold_waived_by_id=round.hold_waived_by_id,
            released_at=round.released_at,
        )
        round.transcripts.update(batch=batch)
        round.agreement_runs.update(batches=[batch.id])


def put_back(apps, schema_editor):
    """A round is released with its first batch in what was before: nobody is made blind again."""
    Round = apps.get_model("agreement", "Round")
    Batch = apps.get_model("agreement", "Batch")
    for batch in Batch.objects.exclude(held_since=None).order_by("round", "-released_at", "-held_since"):
        Round.objects.filter(id=batch.round_id).update(
            held_since=batch.held_since, hold_waived_by=batch.hold_waived_by_id
        )


class Migration(migrations.Migration):
    dependencies = [("agreement", "0015_batches")]

    operations = [migrations.RunPython(put_into_batches, put_back)]
