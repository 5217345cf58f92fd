"""The verbs of a double-coding round."""

from apps.agreement.actions.discrepancies import (
    AlreadySettled,
    NoSuchSide,
    NotOpenForDecisions,
    NotSettled,
    ReasonMissing,
    settle,
    undo,
)
from apps.agreement.actions.rounds import (
    AdjudicatorCodes,
    InAnotherRound,
    NotADecider,
    NotComputed,
    NotHeld,
    NothingPicked,
    TooFewCoders,
    close,
    open_round,
    release_due,
    release_now,
    submit,
    take_back,
)
from apps.agreement.actions.runs import compute, request_run

__all__ = [
    "AdjudicatorCodes",
    "AlreadySettled",
    "InAnotherRound",
    "NoSuchSide",
    "NotADecider",
    "NotComputed",
    "NotHeld",
    "NotOpenForDecisions",
    "NotSettled",
    "NothingPicked",
    "ReasonMissing",
    "TooFewCoders",
    "close",
    "compute",
    "open_round",
    "release_due",
    "release_now",
    "request_run",
    "settle",
    "submit",
    "take_back",
    "undo",
]
