"""Rounds that were opened before there was a plan: picked by hand, coded by whom their assignments name."""

from django.db import migrations


def name_coders(apps, schema_editor):
    Round = apps.get_model("agreement", "Round")
    RoundCoder = apps.get_model("agreement", "RoundCoder")
    RoundAssignment = apps.get_model("agreement", "RoundAssignment")
    for round in Round.objects.all():
        rows = RoundAssignment.objects.filter(round_transcript__round=round)
        coders = list(dict.fromkeys(rows.order_by("position").values_list("assignment__coder", flat=True)))
        for position, coder in enumerate(coders):
            RoundCoder.objects.create(round=round, coder_id=coder, position=position)
        Round.objects.filter(id=round.id).update(
            at_least=round.transcripts.count(),
            share=0,
            per_group=0,
            per_site=0,
            per_interviewer=0,
            coders_per_transcript=max(2, len(coders)),
        )


class Migration(migrations.Migration):
    dependencies = [("agreement", "0003_plan_of_a_round")]

    operations = [migrations.RunPython(name_coders, migrations.RunPython.noop)]
