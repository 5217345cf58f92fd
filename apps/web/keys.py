"""The keys of the coding page, as its list of them shows them."""

from django.utils.translation import gettext_lazy

KEYS = (
    ("j k", gettext_lazy("next turn, turn before")),
    ("← → ↑ ↓", gettext_lazy("move the caret; with Ctrl (on a Mac ⌥) by words")),
    ("⇧ ← →", gettext_lazy("select; with Ctrl (on a Mac ⌥) by words")),
    (
        "Home End",
        gettext_lazy("start or end of the turn, with Ctrl of the text (Mac: ⌘ and arrows); with ⇧ select"),
    ),
    ("s", gettext_lazy("select the sentence, then the next as well")),
    ("J K", gettext_lazy("select to the end of the turn, to its beginning")),
    ("↵ c", gettext_lazy("choose a code for the selection, or for the sentence at the caret")),
    (
        "a … z",
        gettext_lazy(
            "with words selected: begin a label, such as c1, or search for a code; ↵ before j k n p s"
        ),
    ),
    ("↵ ⇧↵", gettext_lazy("in the list: apply, apply and choose one more")),
    ("1 … 9", gettext_lazy("code the selection with a pinned or recent code")),
    ("Ctrl ↵", gettext_lazy("in the list, where the codebook is open: make a new code")),
    (".", gettext_lazy("code the selection with the last code")),
    ("n p", gettext_lazy("next coding, coding before")),
    ("N P", gettext_lazy("next turn without a coding, the one before")),
    ("[ ]", gettext_lazy("pick the beginning or end of this coding; ← → move it, ↵ keeps it")),
    ("x", gettext_lazy("remove this coding")),
    ("v", gettext_lazy("influence")),
    ("d", gettext_lazy("mark to discuss")),
    ("m", gettext_lazy("memo: why this code?")),
    ("b", gettext_lazy("show only this code, and all again")),
    ("u", gettext_lazy("undo")),
    ("U", gettext_lazy("redo")),
    ("/", gettext_lazy("find in the text")),
)
