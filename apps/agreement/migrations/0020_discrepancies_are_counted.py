"""How many discrepancies there are is counted once, when they are found, and kept beside the other counts."""

import io
import json
from collections import Counter

import numpy as np
from django.db import migrations, models

KINDS = ("missed", "extra", "sibling", "construct", "level", "boundary", "influence", "split")
TABLES = ("tables", "tables_with_others", "tables_of_everybody")
FOUND = """
SELECT member.transcript_version_id, first.coder_id, second.coder_id, found.kind,
    found.first_code_id, found.second_code_id, count(*)
FROM agreement_discrepancy found
JOIN agreement_roundtranscript member ON member.id = found.round_transcript_id
JOIN coding_codingassignment first ON first.id = found.first_assignment_id
JOIN coding_codingassignment second ON second.id = found.second_assignment_id
WHERE found.agreement_run_id = %s
GROUP BY 1, 2, 3, 4, 5, 6
"""


def count(apps, schema_editor):
    """For the runs that were stored before."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, scopes, tables, tables_with_others, tables_of_everybody FROM agreement_agreementrun")
        for run, scopes, *packed in cursor.fetchall():
            cursor.execute(FOUND, [run])
            found = [(*map(str, row[:-1]), row[-1]) for row in cursor.fetchall()]
            counted = [_with_counts(bytes(each), found) if each else b"" for each in packed]
            cursor.execute(
                "UPDATE agreement_agreementrun SET discrepancy_count = %s, scopes = %s, tables = %s, "
                "tables_with_others = %s, tables_of_everybody = %s WHERE id = %s",
                [
                    sum(row[-1] for row in found),
                    json.dumps(_counted(json.loads(scopes), bytes(packed[0]), found)),
                    *counted,
                    run,
                ],
            )


def _with_counts(packed, found):
    with np.load(io.BytesIO(packed), allow_pickle=False) as stored:
        arrays = dict(stored)
    header = json.loads(arrays["header"].tobytes())
    transcripts, coders = ({id: place for place, id in enumerate(header[name])} for name in ("transcripts", "coders"))
    codes = {row["code"]: place for place, row in enumerate(header["rows"])}
    rows = sorted(
        (
            transcripts[transcript], coders[first], coders[second], KINDS.index(kind),
            codes.get(first_code, -1), codes.get(second_code, -1), number,
        )
        for transcript, first, second, kind, first_code, second_code, number in found
        if transcript in transcripts
    )
    arrays["differing"] = np.array(rows, dtype=np.int32).reshape(-1, 7)
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


def _counted(scopes, packed, found):
    """The same number for each level of a part."""
    if not scopes:
        return scopes
    with np.load(io.BytesIO(packed), allow_pickle=False) as stored:
        header = json.loads(stored["header"].tobytes())
    groups = dict(zip(header["transcripts"], header["groups"]))
    counts = Counter()
    for transcript, first, second, *_, number in found:
        if transcript in groups:
            counts["all", ""] += number
            counts["pair", " ".join(sorted((first, second)))] += number
            counts.update({part: number for part in groups[transcript].items()})
    return [{**scope, "discrepancies": counts[scope["by"], scope["value"]]} for scope in scopes]


class Migration(migrations.Migration):
    dependencies = [("agreement", "0019_batches_stay")]

    operations = [
        migrations.AddField("agreementrun", "discrepancy_count", models.PositiveIntegerField(default=0)),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
