"""Sealing with a key per person, which is itself wrapped by the study key.

Fernet (AES-128 in CBC mode with HMAC-SHA256, https://github.com/fernet/spec) through the library
`cryptography`. Of several study keys the first one wraps, all of them open: so a key can be changed.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from apps.contacts.engine.details import Details


class NotOurKeyError(ValueError):
    """Neither of the study keys opens this, or it was changed."""


def new_key(study_keys: Sequence[str]) -> bytes:
    """A fresh key for one person, wrapped by the first study key."""
    return _ring(study_keys).encrypt(Fernet.generate_key())


def seal(details: Details, *, wrapped: bytes, study_keys: Sequence[str]) -> bytes:
    """The details as bytes that only this person's key opens."""
    return seal_json(asdict(details), wrapped=wrapped, study_keys=study_keys)


def unseal(sealed: bytes, *, wrapped: bytes, study_keys: Sequence[str]) -> Details:
    """Raises NotOurKeyError."""
    return Details(**unseal_json(sealed, wrapped=wrapped, study_keys=study_keys))


def seal_json(value: Any, *, wrapped: bytes, study_keys: Sequence[str]) -> bytes:
    """Plain JSON values as bytes that only this key opens."""
    return _opened(wrapped, study_keys).encrypt(json.dumps(value).encode())


def unseal_json(sealed: bytes, *, wrapped: bytes, study_keys: Sequence[str]) -> Any:
    """Raises NotOurKeyError."""
    try:
        return json.loads(_opened(wrapped, study_keys).decrypt(sealed))
    except InvalidToken as error:
        raise NotOurKeyError from error


def rewrap(wrapped: bytes, *, study_keys: Sequence[str]) -> bytes:
    """The same key under the first study key. Raises NotOurKeyError."""
    try:
        return _ring(study_keys).rotate(wrapped)
    except InvalidToken as error:
        raise NotOurKeyError from error


def _opened(wrapped: bytes, study_keys: Sequence[str]) -> Fernet:
    try:
        return Fernet(_ring(study_keys).decrypt(wrapped))
    except InvalidToken as error:
        raise NotOurKeyError from error


def _ring(study_keys: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in study_keys])
