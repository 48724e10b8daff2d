"""Handing one message to a mail server, and telling apart the ways it can fail."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from enum import StrEnum
from urllib.parse import SplitResult, unquote

#: For each answer. A message that a worker has had for longer than all of them is freed for another.
TIMEOUT_SECONDS = 15


class Fault(StrEnum):
    """Why a message was not handed over: as it is stored, logged and shown. It holds no word of the server's,
    which may repeat an address."""

    UNREACHABLE = "the mail server could not be reached"
    NO_TLS = "the mail server offers no TLS (STARTTLS), so it was sent nothing"
    CERTIFICATE = "the certificate of the mail server could not be checked, so it was sent nothing"
    SIGN_IN = "the mail server did not accept the name and password of the service"
    SENDER = "the mail server did not accept the address that the message comes from"
    PUT_OFF = "the mail server refused for now"
    REFUSED = "the mail server refused for good"
    IN_DOUBT = "the connection broke after the message was given over: it may have arrived"
    NOT_KEPT = "the folder for messages could not be written"


class NotSent(OSError):
    """One message was not handed over, or nobody knows whether it was."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def fault_of(failure: OSError) -> Fault:
    """What kind it was, where somebody else than this module says it too."""
    return failure.fault if isinstance(failure, NotSent) else Fault.UNREACHABLE


def hand_over(letter: EmailMessage, server: SplitResult) -> None:
    """Over TLS with the certificate checked, or not at all: `smtp://` needs STARTTLS. Raises NotSent.

    When this ends, the server has answered that it has the message.
    """
    with _named(), _connected(server) as connection:
        _answered(connection.mail(letter["From"].addresses[0].addr_spec), Fault.SENDER)
        _answered(connection.rcpt(letter["To"].addresses[0].addr_spec))
        try:
            _answered(connection.data(letter.as_bytes()))
        except smtplib.SMTPDataError as refused:  # before it took any of it
            raise NotSent(_refusal(refused.smtp_code)) from None
        except NotSent:
            raise
        except OSError:
            raise NotSent(Fault.IN_DOUBT) from None


@contextmanager
def _connected(server: SplitResult) -> Iterator[smtplib.SMTP]:
    """Signed in. What goes wrong in taking leave is of no account: the message has its answer by then."""
    host, context = server.hostname or "", ssl.create_default_context()
    if server.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            host, server.port or 465, timeout=TIMEOUT_SECONDS, context=context
        )
    else:
        connection = smtplib.SMTP(host, server.port or 587, timeout=TIMEOUT_SECONDS)
    try:
        connection.ehlo_or_helo_if_needed()
        if server.scheme != "smtps":
            _start_tls(connection, context)
            connection.ehlo_or_helo_if_needed()  # what was said before TLS is forgotten
        if server.username:
            _sign_in(connection, unquote(server.username), unquote(server.password or ""))
        yield connection
    finally:
        with suppress(OSError):
            connection.quit()
        connection.close()


def _start_tls(connection: smtplib.SMTP, context: ssl.SSLContext) -> None:
    try:
        connection.starttls(context=context)
    except (smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException):
        raise NotSent(Fault.NO_TLS) from None


def _sign_in(connection: smtplib.SMTP, user: str, password: str) -> None:
    try:
        connection.login(user, password)
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPException:
        raise NotSent(Fault.SIGN_IN) from None


def _answered(answer: tuple[int, bytes], for_good: Fault = Fault.REFUSED) -> None:
    if not 200 <= answer[0] < 300:
        raise NotSent(_refusal(answer[0], for_good))


def _refusal(code: int, for_good: Fault = Fault.REFUSED) -> Fault:
    return for_good if 500 <= code < 600 else Fault.PUT_OFF


@contextmanager
def _named() -> Iterator[None]:
    """From what Python raises to a kind of fault."""
    try:
        yield
    except NotSent:
        raise
    except ssl.SSLError:
        raise NotSent(Fault.CERTIFICATE) from None
    except OSError:
        raise NotSent(Fault.UNREACHABLE) from None
