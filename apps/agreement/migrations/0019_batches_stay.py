"""A batch stays as planned and is released once, and a transcript stays in its batch."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('agreement', '0018_batches_are_released_alone'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='batch',
            trigger=pgtrigger.compiler.Trigger(name='stays_as_planned', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."round_id" IS DISTINCT FROM (NEW."round_id") OR OLD."position" IS DISTINCT FROM (NEW."position") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."size" IS DISTINCT FROM (NEW."size"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='7174a7496e485631e8825ad78323d495358f5e11', operation='UPDATE', pgid='pgtrigger_stays_as_planned_87e72', table='agreement_batch', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='batch',
            trigger=pgtrigger.compiler.Trigger(name='is_released_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."released_at" IS NOT NULL)', func="RAISE EXCEPTION 'batch_is_released_once';", hash='a05d2b28dba0030debbf58f5d2571d8b4887033f', operation='UPDATE', pgid='pgtrigger_is_released_once_24ccd', table='agreement_batch', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roundtranscript',
            trigger=pgtrigger.compiler.Trigger(name='stays_in_its_batch', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."round_id" IS DISTINCT FROM (NEW."round_id") OR OLD."batch_id" IS DISTINCT FROM (NEW."batch_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='190c06a872e092b18001a5886ef19a724453c562', operation='UPDATE', pgid='pgtrigger_stays_in_its_batch_d52a2', table='agreement_roundtranscript', when='BEFORE')),
        ),
    ]
