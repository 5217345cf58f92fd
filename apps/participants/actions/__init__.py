"""What an administrator does with people, what is known of them, and their interviews."""

from apps.participants.actions.characteristics import (
    change_characteristic,
    clear_value,
    define_characteristic,
    describe,
    remove_characteristic,
    set_value,
    unfit_values,
)
from apps.participants.actions.consent import (
    Answers,
    Clause,
    add_consent_version,
    change_consent_version,
    check_consent,
    permit_contact,
    record_consent,
    record_consents,
    withdraw_consent,
)
from apps.participants.actions.guides import (
    Question,
    begin_guide,
    change_guide,
    review_guide,
)
from apps.participants.actions.interviews import (
    Noted,
    book_interview,
    change_interview,
    note_interview,
    record_interview,
    remove_interview,
    write_interview,
)
from apps.participants.actions.lists import bring_in
from apps.participants.actions.people import add, change, remove
from apps.participants.actions.populations import state_populations
from apps.participants.actions.recruitment import (
    Happened,
    add_route,
    bring_in_steps,
    change_route,
    check_step,
    record_number,
    record_step,
    record_steps,
    remove_route,
    remove_step,
    take_back_steps,
)
from apps.participants.actions.rounds import change_round, close_round, open_round, reopen_round
from apps.participants.actions.sampling import CellOf, set_target
from apps.participants.actions.ties import (
    TieBlocks,
    change_tie,
    must_not_be_barred,
    record_tie,
    remove_tie,
)
from apps.participants.actions.undoing import take_back
from apps.participants.actions.withdrawal import (
    Wishes,
    set_withdrawal_rule,
    withdraw,
)

__all__ = [
    "Answers",
    "CellOf",
    "Clause",
    "Happened",
    "Noted",
    "Question",
    "TieBlocks",
    "Wishes",
    "add",
    "add_consent_version",
    "add_route",
    "begin_guide",
    "book_interview",
    "bring_in",
    "bring_in_steps",
    "change",
    "change_characteristic",
    "change_consent_version",
    "change_guide",
    "change_interview",
    "change_round",
    "change_route",
    "change_tie",
    "check_consent",
    "check_step",
    "clear_value",
    "close_round",
    "define_characteristic",
    "describe",
    "must_not_be_barred",
    "note_interview",
    "open_round",
    "permit_contact",
    "record_consent",
    "record_consents",
    "record_interview",
    "record_number",
    "record_step",
    "record_steps",
    "record_tie",
    "remove",
    "remove_characteristic",
    "remove_interview",
    "remove_route",
    "remove_step",
    "remove_tie",
    "reopen_round",
    "review_guide",
    "set_target",
    "set_value",
    "set_withdrawal_rule",
    "state_populations",
    "take_back",
    "take_back_steps",
    "unfit_values",
    "withdraw",
    "withdraw_consent",
    "write_interview",
]
