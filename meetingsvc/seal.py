"""Sealing what a copy of the database must not give away: secrets of second factors, safe addresses, drafts.

The key lies outside the database (security.md A17): in a file of its own, or derived from the secret key.
"""

import hmac
import os
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

_ID, _NONCE, _MARK = 4, 12, 16


class Unsealable(Exception):
    """What was sealed does not open: another key, another purpose, another subject, or altered."""


class Seal:
    """AES-256-GCM under a key for each purpose (HKDF). The first key seals; every key opens."""

    def __init__(self, keys: Callable[[], list[bytes]]) -> None:
        self._keys = lru_cache(maxsize=1)(keys)  # read when first needed: most commands need none

    def seal(self, purpose: str, plain: bytes, about: str) -> bytes:
        """Sealed for one purpose and bound to one subject: it opens beside no other row."""
        key, nonce = self._keys()[0], os.urandom(_NONCE)
        return _name(key) + nonce + _cipher(key, purpose).encrypt(nonce, plain, _bound(purpose, about))

    def unseal(self, purpose: str, sealed: bytes, about: str) -> bytes:
        """What was sealed. Raises Unsealable."""
        name, nonce, rest = sealed[:_ID], sealed[_ID : _ID + _NONCE], sealed[_ID + _NONCE :]
        for key in self._keys():
            if _name(key) == name:
                try:
                    return _cipher(key, purpose).decrypt(nonce, rest, _bound(purpose, about))
                except (InvalidTag, ValueError):
                    break
        raise Unsealable("This was sealed for something else, or altered.")

    def marks(self, purpose: str, text: str) -> list[bytes]:
        """What stands for a text nobody may read, to compare it by: under each key, the sealing first."""
        plain = text.encode()
        return [
            hmac.digest(_derived(key, f"mark {purpose}", 32), plain, "sha256")[:_MARK] for key in self._keys()
        ]

    def names(self) -> list[bytes]:
        """By what each key is known, the sealing first."""
        return [_name(key) for key in self._keys()]


def seal(purpose: str, plain: bytes, about: str) -> bytes:
    """Sealed with the running service's key: `seal("totp", secret, f"account/{account_id}")`."""
    return _running().seal(purpose, plain, about)


def unseal(purpose: str, sealed: bytes, about: str) -> bytes:
    """The other way. Raises Unsealable."""
    return _running().unseal(purpose, sealed, about)


def marks(purpose: str, text: str) -> list[bytes]:
    """Keyed digests of a text with the running service's keys: the first is kept, all are looked up."""
    return _running().marks(purpose, text)


def named_marks(purpose: str, text: str) -> list[str]:
    """Marks that say of which key they are: what its key is missing for is seen to be so, and not taken for
    another's. 40 letters and figures each."""
    pairs = zip(_running().names(), marks(purpose, text), strict=True)
    return [f"{name.hex()}{mark.hex()}" for name, mark in pairs]


def name_in(mark: str) -> str:
    """By what the key of such a mark is known."""
    return mark[: 2 * _ID]


def names() -> frozenset[str]:
    """By what the running service's keys are known."""
    return frozenset(name.hex() for name in _running().names())


def keys_in(path: Path) -> list[bytes]:
    """The keys of a file, one a line; to change the key, put the new one first."""
    return [line.strip() for line in path.read_bytes().splitlines() if line.strip()]


def made(path: Path) -> Path:
    """The file, with a new key that only its owner reads where there is none."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent) as whole:  # mode 600; linked when it is complete
        whole.write(os.urandom(32).hex().encode() + b"\n")
        whole.flush()
        with suppress(FileExistsError):
            os.link(whole.name, path)
    return path


def _running() -> Seal:
    found: Seal = current_app.config["SEAL"]
    return found


def _cipher(key: bytes, purpose: str) -> AESGCM:
    return AESGCM(_derived(key, f"seal {purpose}", 32))


def _name(key: bytes) -> bytes:
    return _derived(key, "name", _ID)


@lru_cache(maxsize=64)
def _derived(key: bytes, info: str, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=f"meetingsvc {info}".encode()).derive(key)


def _bound(purpose: str, about: str) -> bytes:
    return f"{purpose}\0{about}".encode()
