"""Files as people upload them: one that is right, and every kind that is not."""

import random

from tests.transcripts.engine.word_files import paragraph, word_file, zip_file

SPEECH = (
    "I: How did you first hear about it?\n\n"
    "P: An e-mail. I nearly deleted it, to be honest.\n\n"
    "I: Mm.\n\n"
    "P: Then a colleague on nights rang them, and that did it for me.\n"
)
TEXT = SPEECH.encode()
WORD = word_file(*(paragraph(line) for line in SPEECH.split("\n\n")))
ROLES = {"I": "interviewer", "P": "participant"}

_BOMB = word_file(paragraph("0" * 30_000_000))
_ENTITIES = zip_file(
    {
        "word/document.xml": '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
        '<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>'
    }
)
_NO_SPEAKERS = b"She rang the line once.\n\nNobody answered, so she gave up.\n\nThat was all.\n"

# Name, content, the one sentence.
WRONG = (
    ("empty.txt", b"", "empty.txt is empty."),
    ("half.docx", WORD[: len(WORD) // 2], "half.docx is not a complete Word file: it ends too early."),
    (
        "random.txt",
        random.Random(7).randbytes(4_000),
        "random.txt is not a text file: it holds binary data.",
    ),
    (
        "bomb.docx",
        _BOMB,
        "bomb.docx would unpack to far more than a real Word file holds, so it was not opened.",
    ),
    (
        "entities.docx",
        _ENTITIES,
        "entities.docx declares XML entities, which no office program does, so it was not opened.",
    ),
    (
        "cyrillic.txt",
        "И: Как вы узнали об этом?\n\nУ: От коллеги, на ночной смене.\n".encode("koi8-r"),
        "cyrillic.txt is in a character encoding that cannot be recognised; save it as UTF-8.",
    ),
    (
        "monologue.txt",
        _NO_SPEAKERS,
        "No speakers were found in monologue.txt: begin each turn with a label such as “Interviewer:”, "
        "or say that two people speak in turn.",
    ),
    (
        "photo.heic",
        b"\x00\x00\x00\x18ftypheic",
        "photo.heic is not a kind of file that can be read here: use .docx, .txt, .vtt, .srt.",
    ),
)
