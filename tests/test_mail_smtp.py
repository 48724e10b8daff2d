"""Mail by SMTP, against a real server here: TLS checked, signed in, and each failure told apart."""

import ssl
from asyncio import Transport
from asyncio.base_events import Server
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from meetingsvc import mail_smtp
from meetingsvc.mail_smtp import Fault, NotSent, hand_over

HOST = "127.0.0.1"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate of its own for this host, or for another."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    alike = x509.IPAddress(ip_address(HOST)) if name == HOST else x509.DNSName(name)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(NOW - timedelta(days=3650))
        .not_valid_after(NOW + timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([alike]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    files = folder / f"{name}.crt", folder / f"{name}.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    return files


class Post:
    """What the server has taken, and how it answers."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.answers: dict[str, str] = {}
        self.breaks: str = ""

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _: Any
    ) -> str:
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _: Any
    ) -> str:
        if "RCPT" not in self.answers:
            envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.breaks != "before":
            self.taken.append(envelope)
        if self.breaks:
            assert isinstance(server.transport, Transport)
            server.transport.abort()
        return self.answers.get("DATA", "250 OK")


class AnyPort(Controller):
    """At whichever port is free."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


Serve = Callable[..., tuple[str, Post]]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    folder = tmp_path_factory.mktemp("keys")
    return {name: certificate(folder, name) for name in (HOST, "other.example")}


@pytest.fixture
def serve(keys: dict[str, tuple[Path, Path]], monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    running: list[Controller] = []
    monkeypatch.setattr(mail_smtp, "TIMEOUT_SECONDS", 5)
    monkeypatch.setenv("SSL_CERT_FILE", str(keys[HOST][0]))  # the authority this machine trusts

    def start(name: str | None = HOST, **answers: str) -> tuple[str, Post]:
        post = Post()
        post.breaks = answers.pop("breaks", "")
        signs_in = answers.pop("signs_in", "yes") == "yes"
        post.answers = answers
        context = None
        if name:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*keys[name])
        controller = AnyPort(
            post, hostname=HOST, port=0, tls_context=context, require_starttls=bool(name),
            authenticator=_signs_in, auth_required=bool(name) and signs_in, auth_require_tls=True,
        )  # fmt: skip
        controller.start()
        running.append(controller)
        return f"smtp://ser%40vice:p%2Fw@{HOST}:{controller.port}", post

    yield start
    for controller in running:
        controller.stop()


def _signs_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"ser@vice", b"p/w")
    return AuthResult(success=known, handled=known)


def a_letter() -> EmailMessage:
    letter = EmailMessage(policy=POLICY)
    letter["Subject"], letter["Message-ID"] = "A subject", "<1@meetings.example>"
    letter["From"], letter["To"] = "meetings@panel.example", "wren@homes.example"
    letter.set_content("Line one\n.A line that begins with a dot\n")
    return letter


def fault(url: str) -> Fault:
    with pytest.raises(NotSent) as refused:
        hand_over(a_letter(), urlsplit(url))
    assert "@" not in str(refused.value)
    return refused.value.fault


def test_a_message_goes_over_checked_tls_signed_in_to_one_address(serve: Serve) -> None:
    url, post = serve()
    hand_over(a_letter(), urlsplit(url))
    [taken] = post.taken
    assert (taken.mail_from, taken.rcpt_tos) == ("meetings@panel.example", ["wren@homes.example"])
    assert isinstance(taken.content, bytes)
    read = message_from_bytes(taken.content, policy=default)
    assert read["Message-ID"] == "<1@meetings.example>"
    assert read.get_content().splitlines() == ["Line one", ".A line that begins with a dot"]


def test_a_server_that_wants_no_name_is_greeted_again_over_tls(serve: Serve) -> None:
    url, post = serve(signs_in="no")
    hand_over(a_letter(), urlsplit(url.replace("ser%40vice:p%2Fw@", "")))
    assert len(post.taken) == 1


def test_S2_a_server_without_tls_is_given_neither_password_nor_message(serve: Serve) -> None:
    url, post = serve(None)
    assert fault(url) is Fault.NO_TLS
    assert post.taken == []


def test_S2_a_certificate_for_another_host_is_not_taken(serve: Serve) -> None:
    url, post = serve("other.example")
    assert fault(url) is Fault.CERTIFICATE
    assert post.taken == []


def test_S2_a_certificate_of_an_authority_nobody_knows_is_not_taken(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, keys: dict[str, tuple[Path, Path]]
) -> None:
    url, post = serve()
    monkeypatch.setenv("SSL_CERT_FILE", str(keys["other.example"][0]))
    assert fault(url) is Fault.CERTIFICATE
    assert post.taken == []


@pytest.mark.parametrize("credentials", ["ser%40vice:wrong@", ""])
def test_a_service_that_is_not_signed_in_sends_nothing(serve: Serve, credentials: str) -> None:
    url, post = serve()
    told = fault(url.replace("ser%40vice:p%2Fw@", credentials))
    assert told is (Fault.SIGN_IN if credentials else Fault.SENDER)
    assert post.taken == []


@pytest.mark.parametrize(
    "answers, told",
    [
        ({"RCPT": "550 no such mailbox wren@homes.example"}, Fault.REFUSED),
        ({"RCPT": "451 try later"}, Fault.PUT_OFF),
        ({"MAIL": "550 not from there"}, Fault.SENDER),
        ({"MAIL": "421 too busy"}, Fault.PUT_OFF),
        ({"DATA": "554 content refused"}, Fault.REFUSED),
        ({"DATA": "452 no room"}, Fault.PUT_OFF),
        ({"breaks": "before"}, Fault.IN_DOUBT),
        ({"breaks": "after"}, Fault.IN_DOUBT),
    ],
    ids=str,
)
def test_refusals_for_good_for_now_and_doubt_are_told_apart(
    serve: Serve, answers: dict[str, str], told: Fault
) -> None:
    url, _ = serve(**answers)
    assert fault(url) is told


def test_a_server_that_is_not_there_is_told(serve: Serve) -> None:
    assert fault(f"smtp://{HOST}:1") is Fault.UNREACHABLE


def test_leaving_badly_does_not_undo_what_was_taken(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(self: Any) -> None:
        raise TimeoutError

    monkeypatch.setattr("smtplib.SMTP.quit", breaks)
    url, post = serve()
    hand_over(a_letter(), urlsplit(url))
    assert len(post.taken) == 1
