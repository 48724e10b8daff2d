"""A backup as a file: sealed in chunks by AES-256-GCM, so that nothing altered, moved or cut off opens.

    words, the key's name (4 bytes), salt (16 bytes), then chunks of 1 MiB, each with its mark (16 bytes)

Each chunk is bound to its place and to whether it is the last. The plain text is a length of four bytes,
what the backup says of itself as JSON, and the database as its own tools write it.
"""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

WORDS = b"meetingsvc backup 1\n"
_NAME, _SALT, _MARK, CHUNK = 4, 16, 16, 1024 * 1024
_HEAD = len(WORDS) + _NAME + _SALT


class Damaged(Exception):
    """The file is no backup, was altered or cut off, or another key sealed it."""


def write(out: BinaryIO, key: bytes, about: dict[str, Any], content: Iterable[bytes]) -> None:
    """Seals one. The key is any 32 characters or more of chance."""
    head = WORDS + _derived(key, b"", b"name", _NAME) + os.urandom(_SALT)
    cipher = AESGCM(_derived(key, head[-_SALT:], b"chunks", 32))
    said = json.dumps(about, sort_keys=True).encode()
    out.write(head)
    whole, place = bytearray(len(said).to_bytes(4) + said), 0
    for part in content:
        whole += part
        while len(whole) > CHUNK:  # never the last
            out.write(cipher.encrypt(_nonce(place, last=False), bytes(whole[:CHUNK]), head))
            del whole[:CHUNK]
            place += 1
    out.write(cipher.encrypt(_nonce(place, last=True), bytes(whole), head))


def opened(file: BinaryIO, keys: Iterable[bytes]) -> tuple[dict[str, Any], Iterator[bytes]]:
    """What it says of itself, and its content as far as it has been proved. Both raise `Damaged`.

    Whoever has not come to the end knows nothing: what was cut off shows there.
    """
    head = file.read(_HEAD)
    if len(head) < _HEAD or not head.startswith(WORDS):
        raise Damaged("This is no backup of the service, or its beginning was altered.")
    name, salt = head[len(WORDS) : -_SALT], head[-_SALT:]
    known = [key for key in keys if _derived(key, b"", b"name", _NAME) == name]
    if not known:
        raise Damaged("Another key sealed this backup, or it was altered.")
    parts = _plain(file, AESGCM(_derived(known[0], salt, b"chunks", 32)), head)
    first = next(parts)
    end = 4 + int.from_bytes(first[:4])
    return json.loads(first[4:end]), _rest(first[end:], parts)


def _rest(first: bytes, parts: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from parts


def _plain(file: BinaryIO, cipher: AESGCM, head: bytes) -> Iterator[bytes]:
    sealed, place = file.read(CHUNK + _MARK), 0
    while True:
        following = file.read(CHUNK + _MARK)
        try:
            yield cipher.decrypt(_nonce(place, last=not following), sealed, head)
        except (InvalidTag, ValueError):
            raise Damaged(f"The backup was altered or cut off (chunk {place + 1}).") from None
        if not following:
            return
        sealed, place = following, place + 1


def _nonce(place: int, *, last: bool) -> bytes:
    return place.to_bytes(11) + bytes([last])


def _derived(key: bytes, salt: bytes, what: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=salt or None, info=b"meetingsvc backup " + what).derive(key)


def whole_or_nothing(path: Path, key: bytes, about: dict[str, Any], content: Iterable[bytes]) -> Path:
    """Written beside its place under another name, on the disk when it returns; not yet in its place."""
    part = path.with_suffix(".part")
    try:
        with open(part, "xb", opener=_private) as out:
            write(out, key, about, content)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    return part


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
