"""What the pages of coding show."""

from apps.coding.queries.gestures import Ledger, Since, ledger, since
from apps.coding.queries.pages import (
    Around,
    CodeGroup,
    CodeLine,
    DrawnTurn,
    Passage,
    Spoken,
    Surface,
    assignable,
    draw,
    groups_of,
    my_work,
    of_study,
    passage,
    redrawn,
    surface,
    to_explain,
    work_of_team,
)
from apps.coding.queries.reading import Queue, Unread, Work, before_and_after, long_unread, queue, reading_of

__all__ = [
    "Around",
    "CodeGroup",
    "CodeLine",
    "DrawnTurn",
    "Ledger",
    "Passage",
<<<<<<< HEAD
    "Queue",
=======
    "Since",
>>>>>>> 859a83f (Keep questions about gestures in a file of their own)
    "Spoken",
    "Surface",
    "Unread",
    "Work",
    "assignable",
<<<<<<< HEAD
    "before_and_after",
    "count_of",
    "draw",
    "groups_of",
    "long_unread",
=======
    "draw",
    "groups_of",
    "ledger",
>>>>>>> 859a83f (Keep questions about gestures in a file of their own)
    "my_work",
    "of_study",
    "passage",
    "queue",
    "reading_of",
    "redrawn",
    "since",
    "surface",
    "to_explain",
    "work_of_team",
]
