"""A proposal is seen by whoever made it, and by others once it is opened; threads by who may read the codings.

A sealed proposal is opened by a function of the owner's, because nobody else sees both: it opens them when
both of the pair have proposed, when one has left the discrepancy to the adjudicator, or when nothing is sealed.
"""

from django.conf import settings
from django.db import migrations

OPENS = """
CREATE FUNCTION concord_open_proposals(asked uuid, at timestamptz) RETURNS integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$
    WITH opened AS (
        UPDATE agreement_proposal proposal SET opened_at = at
        WHERE proposal.discrepancy_id = asked AND proposal.withdrawn_at IS NULL AND proposal.opened_at IS NULL
        AND (
            2 <= (
                SELECT count(*) FROM agreement_proposal each
                WHERE each.discrepancy_id = asked AND each.withdrawn_at IS NULL
            )
            OR EXISTS (
                SELECT 1 FROM agreement_escalation escalation
                WHERE escalation.discrepancy_id = asked AND escalation.withdrawn_at IS NULL
            )
            OR EXISTS (
                SELECT 1 FROM agreement_discrepancy discrepancy
                JOIN agreement_roundtranscript member ON member.id = discrepancy.round_transcript_id
                JOIN agreement_round round ON round.id = member.round_id
                WHERE discrepancy.id = asked AND NOT round.has_sealed_proposals
            )
        )
        RETURNING 1
    )
    SELECT count(*)::integer FROM opened
$$;
"""

READABLE = """
    EXISTS (
        SELECT 1 FROM agreement_discrepancy discrepancy
        WHERE discrepancy.id = discrepancy_id
        AND discrepancy.first_assignment_id IN (SELECT concord_readable_assignments())
    )
"""

# Table -> who wrote a row, which rows others see, which rows may be changed.
POLICIES = {
    "agreement_proposal": (
        "proposed_by_id",
        f"opened_at IS NOT NULL AND {READABLE}",
        "proposed_by_id = (SELECT concord_me()) OR opened_at IS NOT NULL",
    ),
    "agreement_comment": ("author_id", READABLE, "author_id = (SELECT concord_me())"),
}


def _policies(table: str) -> str:
    app, owner = (f'"{role}"' for role in (settings.DATABASE_APP_ROLE, settings.DATABASE_OWNER_ROLE))
    writer, seen, changed = POLICIES[table]
    mine = f"{writer} = (SELECT concord_me())"
    return f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY owner_all ON {table} TO {owner} USING (true) WITH CHECK (true);
        CREATE POLICY app_reads ON {table} FOR SELECT TO {app} USING ({mine} OR ({seen}));
        CREATE POLICY app_adds ON {table} FOR INSERT TO {app} WITH CHECK ({mine});
        CREATE POLICY app_changes ON {table} FOR UPDATE TO {app} USING ({changed}) WITH CHECK ({changed});
    """


def _no_policies(table: str) -> str:
    return f"""
        DROP POLICY app_changes ON {table}; DROP POLICY app_adds ON {table};
        DROP POLICY app_reads ON {table}; DROP POLICY owner_all ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
    """


class Migration(migrations.Migration):
    dependencies = [
        ("agreement", "0005_conferring"),
        ("coding", "0006_consensus_is_nobodys_own"),
    ]

    operations = [
        migrations.RunSQL(OPENS, "DROP FUNCTION concord_open_proposals(uuid, timestamptz)"),
        *[migrations.RunSQL(_policies(table), _no_policies(table)) for table in POLICIES],
    ]
