"""Questions about rounds."""

from apps.agreement.engine.consensus import Passage
from apps.agreement.queries.appendix import (
    appendix,
    coefficients,
    influence_lines,
    left_out,
    unavailable,
)
from apps.agreement.queries.batches import (
    BatchLine,
    batches,
    is_of_all_released,
    next_batches,
    released_batches,
    to_come,
)
from apps.agreement.queries.boundaries import BoundaryDifference, codes_in, small_boundaries
from apps.agreement.queries.breakdown import RoundLine, ScopeLine, breakdown, over_rounds
from apps.agreement.queries.case import Case, case, find_words
from apps.agreement.queries.changes import ChangeLine, changes
from apps.agreement.queries.choosing import Choice, about_code, may_see_sites, narrowed
from apps.agreement.queries.codebook_changes import (
    AskedChange,
    changes_seen_by,
    codebook_changes,
    in_full,
)
from apps.agreement.queries.coder_records import (
    Against,
    CoderRecord,
    coder_record,
    coders_with_record,
    decisions_against,
)
from apps.agreement.queries.computing import (
    as_planned,
    influences,
    parameters,
    results,
    scopes,
    tables_by_speakers,
    tolerance,
)
from apps.agreement.queries.consensus import consensus, consensus_by_transcript
from apps.agreement.queries.contests import (
    Wish,
    asking_the_same,
    claims,
    contests,
    sides,
    what_would_stand,
    wish_of,
)
from apps.agreement.queries.corrections import correction_at_work, rounds_that_stay
from apps.agreement.queries.decided import (
    DecisionLine,
    KindLine,
    Settling,
    decision_lines,
    decisions,
    settling,
)
from apps.agreement.queries.deciding import is_asked_to_decide, may_decide
from apps.agreement.queries.differences import (
    ContextTurn,
    Stretch,
    Tally,
    discrepancies,
    listed,
    still_open,
    tallies,
    tally,
    tally_of,
    to_show,
    to_walk,
    with_codings,
)
from apps.agreement.queries.frozen import BlindRoleError, frozen_study
from apps.agreement.queries.happenings import Happening, happenings
from apps.agreement.queries.heat import HeatCell, HeatMap, HeatRow, heat_map
from apps.agreement.queries.meetings import (
    both_present,
    meeting_of,
    meetings_under_way,
    present,
    recorded_for,
)
from apps.agreement.queries.naming import as_stored, hides_names, in_words, is_turned, names_of, words_for
from apps.agreement.queries.past import Past, past
from apps.agreement.queries.plans import Preview, Taken, active_coders, next_coder, preview
from apps.agreement.queries.progress import coders, empty_work, progress, since_withdrawn, taken_out_since
from apps.agreement.queries.queue import RoundQueue, conferred_by_round, left_by_round, left_open, queue
from apps.agreement.queries.report import (
    CodeLine,
    ReportTable,
    is_blind_again,
    latest_run,
    report,
    speakers_counted,
)
from apps.agreement.queries.rolling import Rolling, rolling, waits_for_draw
from apps.agreement.queries.rulings import rulings
from apps.agreement.queries.said import Said, said
from apps.agreement.queries.sentences import methods_of_run, methods_sentences, sentences
from apps.agreement.queries.trail import ConsensusLine, RunLine, Trail, trail
from apps.agreement.queries.walk import KINDS, STATES, Step, Tag, steps, steps_of
from apps.agreement.queries.widths import widths

__all__ = [
    "KINDS",
    "STATES",
    "Against",
    "AskedChange",
    "BatchLine",
    "BlindRoleError",
    "BoundaryDifference",
    "Case",
    "ChangeLine",
    "Choice",
    "CodeLine",
    "CoderRecord",
    "ConsensusLine",
    "ContextTurn",
    "DecisionLine",
    "Happening",
    "HeatCell",
    "HeatMap",
    "HeatRow",
    "KindLine",
    "Passage",
    "Past",
    "Preview",
    "ReportTable",
    "Rolling",
    "RoundLine",
    "RoundQueue",
    "RunLine",
    "Said",
    "ScopeLine",
    "Settling",
    "Step",
    "Stretch",
    "Tag",
    "Taken",
    "Tally",
    "Trail",
    "Wish",
    "about_code",
    "active_coders",
    "appendix",
    "as_planned",
    "as_stored",
    "asking_the_same",
    "batches",
    "both_present",
    "breakdown",
    "case",
    "changes",
    "changes_seen_by",
    "claims",
    "codebook_changes",
    "coder_record",
    "coders",
    "coders_with_record",
    "codes_in",
    "coefficients",
    "conferred_by_round",
    "consensus",
    "consensus_by_transcript",
    "contests",
    "correction_at_work",
    "decision_lines",
    "decisions",
    "decisions_against",
    "discrepancies",
    "empty_work",
    "find_words",
    "frozen_study",
    "happenings",
    "heat_map",
    "hides_names",
    "in_full",
    "in_words",
    "influence_lines",
    "influences",
    "is_asked_to_decide",
    "is_blind_again",
    "is_of_all_released",
    "is_turned",
    "latest_run",
    "left_by_round",
    "left_open",
    "left_out",
    "listed",
    "may_decide",
    "may_see_sites",
    "meeting_of",
    "meetings_under_way",
    "methods_of_run",
    "methods_sentences",
    "names_of",
    "narrowed",
    "next_batches",
    "next_coder",
    "over_rounds",
    "parameters",
    "past",
    "present",
    "preview",
    "progress",
    "queue",
    "recorded_for",
    "released_batches",
    "report",
    "results",
    "rolling",
    "rounds_that_stay",
    "rulings",
    "said",
    "scopes",
    "sentences",
    "settling",
    "sides",
    "since_withdrawn",
    "small_boundaries",
    "speakers_counted",
    "steps",
    "steps_of",
    "still_open",
    "tables_by_speakers",
    "taken_out_since",
    "tallies",
    "tally",
    "tally_of",
    "to_come",
    "to_show",
    "to_walk",
    "tolerance",
    "trail",
    "unavailable",
    "waits_for_draw",
    "what_would_stand",
    "widths",
    "wish_of",
    "with_codings",
    "words_for",
]
