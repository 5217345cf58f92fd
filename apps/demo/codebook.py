"""The codebook: the shipped framework, and a second version in which one definition is clarified."""

from apps.accounts.models import User
from apps.agreement import actions as agreement
from apps.agreement.models import CodebookChange
from apps.audit.actions import record
from apps.codebooks import actions
from apps.codebooks.models import Code, CodebookVersion
from apps.demo import changes
from apps.demo.calendar import CODEBOOK_CLARIFIED, CODEBOOK_MADE, RULING_GIVEN
from apps.studies.models import Study

RULING = (
    "A passage is Legitimation only where somebody's place in it is at stake: being entitled, allowed, or "
    "out of place. Where the worth of the service is doubted or praised and nobody's place is, it is "
    "Internalisation, also when the speaker feels guilty for another reason."
)
WHY_CLARIFIED = (
    "Legitimation clarified after the main round: coders took it for Internalisation, and the reverse, more "
    "often than any other two codes. This takes over the ruling of 1 June 2022. Nothing else has changed."
)


def make_codebook(study: Study, *, by: User) -> CodebookVersion:
    """Version 1, as shipped."""
    return actions.create_from_preset(study=study, preset="npt", by=by, now=CODEBOOK_MADE)


def give_ruling(version: CodebookVersion, *, by: User) -> None:
    """Clarifies a definition for all coders at once, while a round is being discussed."""
    code = codes_of(version)["legitimation"]
    record(
        "ruled",
        "code",
        by=by,
        now=RULING_GIVEN,
        study_id=version.codebook.study_id,
        object_id=code.id,
        object_name=f"{code.label} {code.name}",
        version=version.number,
        ruling=RULING,
    )


def clarify(version: CodebookVersion, *, by: User) -> CodebookVersion:
    """Version 2, which takes the ruling over, and what the main round asked for."""
    now = CODEBOOK_CLARIFIED
    asked = CodebookChange.objects.open().filter(study=version.codebook.study)
    made = list(asked.filter(wording=changes.LEGITIMATION))
    clarified = agreement.open_version(
        codebook=version.codebook, changes=made, note=WHY_CLARIFIED, by=by, now=now
    )
    for change in asked.filter(wording=changes.GUILT):
        changes.decline(change, by=by, now=now)
    code = codes_of(clarified)["legitimation"]
    actions.change_code(
        code=code,
        name=code.name,
        definition=code.definition,
        include=code.include,
        exclude=f"{code.exclude} {RULING}",
        example=code.example,
        aliases=code.aliases,
        is_applicable=code.is_applicable,
        by=by,
        now=now,
    )
    return clarified


def codes_of(version: CodebookVersion) -> dict[str, Code]:
    """The codes of a version by the keys that the demonstration's texts use."""
    return {code.name.lower().replace(" ", "_"): code for code in version.codes.all()}
