"""A mail server on this machine, a process of its own: it writes down what it takes, then says so.

It wants TLS, with a certificate that must be checked, and a name and a password.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.proofs.kills import Child

#: What it writes, in the folder of its certificate.
TAKEN = "taken"


def certificate(folder: Path) -> Path:
    """Of `localhost`, which vouches for itself; with its key, in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=localhost")
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


class _Counter:
    """Writes the Message-ID of what it takes."""

    def __init__(self, taken: Path) -> None:
        self._taken = taken

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        letter = message_from_bytes(bytes(envelope.original_content or b""))
        with self._taken.open("a") as file:
            file.write(f"{letter['Message-ID']} {','.join(envelope.rcpt_tos)}\n")
        return "250 OK"


@contextmanager
def mail_server(folder: Path) -> Iterator[str]:
    """Its address. It is gone afterwards."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem")
    taken = folder / TAKEN
    listens = socket.create_server(("127.0.0.1", 0))
    port, child = listens.getsockname()[1], Child(lambda _: asyncio.run(_serve(listens, context, taken)))
    listens.close()
    try:
        yield f"smtp://service:an-invented-one@localhost:{port}"
    finally:
        child.kill()


async def _serve(listens: socket.socket, context: ssl.SSLContext, taken: Path) -> None:
    def answering() -> SMTP:
        return SMTP(_Counter(taken), hostname="localhost", tls_context=context, require_starttls=True,
                    auth_required=True, authenticator=lambda *_: AuthResult(success=True))  # fmt: skip

    server = await asyncio.get_running_loop().create_server(answering, sock=listens)
    async with server:
        await server.serve_forever()
