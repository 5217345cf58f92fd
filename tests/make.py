"""Builders: one line makes one believable thing, so that a test can start anywhere."""

import hashlib
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from apps.accounts.models import User
from apps.codebooks.models import Code, Codebook, CodebookVersion
from apps.coding import actions
from apps.coding.models import Coding, CodingAssignment
from apps.core.identity import acting_as
from apps.participants.models import Interview, Participant
from apps.studies.models import Membership, ParticipantGroup, Site, Study
from apps.studies.permissions import Role
from apps.transcripts.models import Transcript, TranscriptVersion, Turn

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"

_numbers = count(1)


def person(name: str = "", **fields: Any) -> User:
    number = next(_numbers)
    name = name or f"Person {number}"
    email = fields.pop("email", f"{name.lower().replace(' ', '.')}.{number}@example.org")
    return User.objects.create_user(email=email, password=PASSWORD, name=name, **fields)


def study(name: str = "Staff support", *, by: User | None = None) -> Study:
    return Study.objects.create(name=name, opened_by=by or person("Study Opener"))


def member(study: Study, *roles: Role, name: str = "", site: Site | None = None, **fields: Any) -> User:
    user = person(name or f"{roles[0].value.title()} {next(_numbers)}", **fields)
    Membership.objects.create(study=study, user=user, roles=[role.value for role in roles], site=site)
    return user


def site(study: Study, name: str = "") -> Site:
    number = next(_numbers)
    return Site.objects.create(study=study, name=name or f"Site {number}", position=number)


def group(study: Study, stem: str = "") -> ParticipantGroup:
    number = next(_numbers)
    stem = stem or f"Client {number} no."
    return ParticipantGroup.objects.create(study=study, name=f"{stem}s", stem=stem, position=number)


def participant(
    study: Study, *, group: ParticipantGroup | None = None, site: Site | None = None
) -> Participant:
    group = group or study.groups.first() or globals()["group"](study)
    site = site or study.sites.first() or globals()["site"](study)
    group.numbers_minted += 1
    group.save()
    return Participant.objects.create(
        study=study,
        group=group,
        site=site,
        number=group.numbers_minted,
        pseudonym=f"{group.stem} {group.numbers_minted:02d}",
    )


def interview(study: Study, *, participant: Participant | None = None, **fields: Any) -> Interview:
    fields = {"held_on": date(2026, 2, 10), "minutes": 61, **fields}
    participant = participant or globals()["participant"](study)
    return Interview.objects.create(study=study, participant=participant, **fields)


SPEECH = (
    ("I", "How did you first hear about the service?"),
    (
        "P",
        "My manager forwarded an e-mail. I nearly deleted it, to be honest. It looked like all the others.",
    ),
    ("I", "Mm."),
    ("P", "Then a colleague on nights said she had rung them, and that was what did it for me."),
    ("I", "And what happened when you rang them yourself?"),
    ("P", "They rang back the same day. I was in the car park. I cried, which I had not expected 🙂."),
)


def transcript(
    study: Study,
    *,
    speech: tuple[tuple[str, str], ...] = SPEECH,
    interview: Interview | None = None,
    is_ready: bool = True,
) -> TranscriptVersion:
    """A ready transcript with one version; turns are joined by a newline, one sentence per full stop."""
    interview = interview or globals()["interview"](study)
    by = study.opened_by
    text = "\n".join(words for _, words in speech)
    row = Transcript.objects.create(
        study=study,
        interview=interview,
        ready_at=NOW if is_ready else None,
        ready_by=by if is_ready else None,
    )
    turns, starts, ends, at = [], [], [], 0
    for position, (who, words) in enumerate(speech):
        role = Turn.Role.INTERVIEWER if who == "I" else Turn.Role.PARTICIPANT
        turns.append(Turn(position=position, start=at, end=at + len(words), speaker=who, role=role))
        for start, end in _sentences(words):
            starts.append(at + start)
            ends.append(at + end)
        at += len(words) + 1
    version = TranscriptVersion.objects.create(
        transcript=row,
        text=text,
        length=len(text),
        word_count=len(text.split()),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        sentence_starts=starts,
        sentence_ends=ends,
        made_by=by,
    )
    for turn in turns:
        turn.version = version
    Turn.objects.bulk_create(turns)
    return version


def _sentences(words: str) -> list[tuple[int, int]]:
    found, start = [], 0
    for index, letter in enumerate(words):
        if letter in ".?" or index == len(words) - 1:
            if start <= index:
                found.append((start, index + 1))
            start = index + 2
    return found


def codebook(study: Study, *, is_frozen: bool = True) -> CodebookVersion:
    """Two constructs with two codes each: a1, a2 under a; b1, b2 under b."""
    version = CodebookVersion.objects.create(
        codebook=Codebook.objects.create(study=study, name=f"Framework {next(_numbers)}")
    )
    for hue, letter in enumerate("ab", start=1):
        construct = Code.objects.create(
            version=version, label=letter, name=f"Construct {letter}", hue=hue, is_applicable=False
        )
        for number in (1, 2):
            Code.objects.create(
                version=version,
                parent=construct,
                label=f"{letter}{number}",
                name=f"Subconstruct {letter}{number}",
                definition=f"What {letter}{number} means.",
                hue=hue,
                position=number,
            )
    if is_frozen:
        version.frozen_at, version.frozen_by = NOW, study.opened_by
        version.save()
    return version


def deep_codebook(study: Study) -> CodebookVersion:
    """Three levels: a1a, a1b under a1; b3a under b3, which only holds it; b4 holds nothing; x1 is alone."""
    version = codebook(study, is_frozen=False)
    codes = {code.label: code for code in version.codes.all()}
    names = {
        "a1a": "Waiting",
        "a1b": "Hoping",
        "b3": "Shared work",
        "b3a": "Waiting",
        "b4": "Empty",
        "x1": "Context",
    }
    for label, name in names.items():
        above = codes.get(label[:-1])
        codes[label] = Code.objects.create(
            version=version,
            parent=above,
            label=label,
            name=name,
            hue=above.hue if above else 0,
            position=len(codes),
            is_applicable=label not in ("b3", "b4"),
        )
    version.frozen_at, version.frozen_by = NOW, study.opened_by
    version.save()
    return version


def assignment(
    study: Study,
    coder: User,
    *,
    version: TranscriptVersion | None = None,
    codebook: CodebookVersion | None = None,
    kind: CodingAssignment.Kind = CodingAssignment.Kind.INDEPENDENT,
) -> CodingAssignment:
    return CodingAssignment.objects.create(
        study=study,
        coder=coder,
        transcript_version=version or transcript(study),
        codebook_version=codebook or globals()["codebook"](study),
        kind=kind,
    )


def coding(assignment: CodingAssignment, label: str, start: int, end: int, **fields: Any) -> Coding:
    """A coding of the assignment's own coder, made as they make it."""
    with acting_as(assignment.coder_id):
        made, _ = actions.add(
            assignment=assignment,
            code=assignment.codebook_version.codes.get(label=label),
            start=start,
            end=end,
            by=assignment.coder,
            now=NOW,
            **fields,
        )
    return made


class Cast:
    """A study with one person in each role, and an outsider who belongs to another study."""

    def __init__(self) -> None:
        self.pi = person("Amara Osei", may_open_studies=True)
        self.study = study(by=self.pi)
        Membership.objects.create(study=self.study, user=self.pi, roles=[Role.PI])
        self.ruth = member(self.study, Role.CODER, name="Ruth Hale")
        self.jin = member(self.study, Role.CODER, name="Jin Park")
        self.adjudicator = member(self.study, Role.ADJUDICATOR, name="Tomas Reyes")
        self.administrator = member(self.study, Role.ADMINISTRATOR, name="Leila Haddad")
        self.site = site(self.study, "Northmoor")
        self.recruiter = member(self.study, Role.RECRUITER, name="Sam Adeyemi", site=self.site)
        self.observer = member(self.study, Role.OBSERVER, name="Nell Byrne")
        self.group = group(self.study, "Hub client")
        self.outsider = member(study("Another study"), Role.PI, name="Olga Stranger")

    @property
    def members(self) -> dict[str, User]:
        names = ("pi", "ruth", "jin", "adjudicator", "administrator", "recruiter", "observer")
        return {name: getattr(self, name) for name in names}
