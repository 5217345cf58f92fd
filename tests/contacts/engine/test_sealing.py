import pytest
from cryptography.fernet import Fernet

from apps.contacts.engine.details import Details
from apps.contacts.engine.letters import mail_merge
from apps.contacts.engine.sealing import NotOurKeyError, new_key, rewrap, seal, unseal

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
ADA = Details(name="Ada Ø'Brien 🙂", email="ada@example.org", telephone="+44 161 496 0000", employer="=Trust")


class Somebody:
    pseudonym = "Hub client 01"


def test_what_was_sealed_is_read_with_the_persons_key_only() -> None:
    mine, others = new_key([OLD]), new_key([OLD])
    sealed = seal(ADA, wrapped=mine, study_keys=[OLD])
    assert unseal(sealed, wrapped=mine, study_keys=[OLD]) == ADA
    with pytest.raises(NotOurKeyError):
        unseal(sealed, wrapped=others, study_keys=[OLD])
    with pytest.raises(NotOurKeyError):
        unseal(sealed, wrapped=mine, study_keys=[NEW])


def test_nothing_of_it_stands_in_the_sealed_bytes() -> None:
    sealed = seal(ADA, wrapped=new_key([OLD]), study_keys=[OLD])
    assert not any(word in sealed for word in (b"Ada", b"example", b"496"))


def test_a_study_key_is_changed_in_two_steps() -> None:
    wrapped = new_key([OLD])
    sealed = seal(ADA, wrapped=wrapped, study_keys=[OLD])
    anew = rewrap(wrapped, study_keys=[NEW, OLD])
    assert unseal(sealed, wrapped=anew, study_keys=[NEW]) == ADA
    assert rewrap(anew, study_keys=[NEW]) != wrapped
    with pytest.raises(NotOurKeyError):
        rewrap(wrapped, study_keys=[NEW])


def test_what_differs_is_named_and_not_told() -> None:
    assert ADA.differing(Details(name=ADA.name)) == ["email", "telephone", "employer"]
    assert Details().is_empty
    assert ADA.mentions("BRIEN ada")
    assert not ADA.mentions("ada jones")


def test_a_spreadsheet_takes_no_cell_for_a_formula_and_a_telephone_number_stays() -> None:
    lines = mail_merge([(Somebody(), ADA)]).splitlines()
    assert lines == [
        "\ufeffpseudonym,name,email,telephone,employer",
        "Hub client 01,Ada Ø'Brien 🙂,ada@example.org,+44 161 496 0000,'=Trust",
    ]
