"""A passkey in software: signs as a real one does, and lies where a test tells it to."""

import base64
import hashlib
import json
import os
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, HOLDS_KEY = 0x01, 0x04, 0x40
ORIGIN, RP_ID = "http://localhost:8000", "localhost"


def text(data: bytes) -> str:
    """base64url, as browsers write it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Authenticator:
    """One device with one passkey. `count` stays 0 on devices that share it, as most do."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: os.urandom(16))
    count: int = 0
    counts: bool = True
    origin: str = ORIGIN
    rp_id: str = RP_ID
    flags: int = PRESENT | VERIFIED

    @property
    def public_key(self) -> bytes:
        """As COSE writes it: a map of ES256, P-256, x and y."""
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" + x + b"\x22\x58\x20" + y

    def made(self, options: dict[str, Any]) -> str:
        """The answer to being asked to make a passkey."""
        told = self._client("webauthn.create", options["challenge"])
        known = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + self.public_key
        data = self._data(self.flags | HOLDS_KEY) + known
        head = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58" if len(data) < 256 else b""
        assert head, "longer than this CBOR can say"
        answer = {"attestationObject": text(head + bytes([len(data)]) + data)}
        return self._credential(told, answer)

    def signed(self, options: dict[str, Any]) -> str:
        """The answer to a challenge."""
        self.count += self.counts
        told, data = self._client("webauthn.get", options["challenge"]), self._data(self.flags)
        signature = self.key.sign(data + hashlib.sha256(told).digest(), ec.ECDSA(SHA256()))
        return self._credential(told, {"authenticatorData": text(data), "signature": text(signature)})

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count)

    def _credential(self, told: bytes, answer: dict[str, str]) -> str:
        name = text(self.credential_id)
        response = {"clientDataJSON": text(told)} | answer
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
