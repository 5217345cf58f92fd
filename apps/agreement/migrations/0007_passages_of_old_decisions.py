"""Decisions that were made before what stands was stored get their passages."""

from django.db import migrations

WRITE = """
INSERT INTO agreement_standingpassage (id, created_at, resolution_id, code_id, start, "end", influence)
SELECT DISTINCT ON (resolution.id, coding.code_id, passage.start, passage."end", coding.influence)
    gen_random_uuid(), now(), resolution.id, coding.code_id, passage.start, passage."end", coding.influence
FROM agreement_resolution resolution
JOIN agreement_discrepancy discrepancy ON discrepancy.id = resolution.discrepancy_id
JOIN coding_coding coding ON coding.id = ANY (CASE resolution.outcome
    WHEN 'first' THEN discrepancy.first_codings
    WHEN 'second' THEN discrepancy.second_codings
    WHEN 'both' THEN discrepancy.first_codings || discrepancy.second_codings
END)
CROSS JOIN LATERAL (SELECT
    CASE discrepancy.kind WHEN 'influence' THEN discrepancy.start ELSE coding.start END AS start,
    CASE discrepancy.kind WHEN 'influence' THEN discrepancy."end" ELSE coding."end" END AS "end"
) passage
"""


class Migration(migrations.Migration):
    dependencies = [("agreement", "0006_sealed_proposals")]

    operations = [migrations.RunSQL(WRITE, "DELETE FROM agreement_standingpassage")]
