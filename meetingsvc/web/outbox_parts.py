"""What the pages of the outbox share: filters, and a message as it reads."""

from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from flask import current_app

from meetingsvc import mail
from meetingsvc.config import Settings
from meetingsvc.store.outbox import State


@dataclass(frozen=True, slots=True)
class OutboxFilter:
    """Which messages are shown; without states, all."""

    name: str
    label: str
    states: tuple[State, ...] = ()

    @staticmethod
    def named(name: str) -> "OutboxFilter":
        """The filter of that name; all, where there is none."""
        return next((one for one in FILTERS if one.name == name), FILTERS[0])


FILTERS = (
    OutboxFilter("", "All"),
    OutboxFilter("waiting", "Waiting", (State.WAITING, State.CLAIMED)),
    OutboxFilter("daily", "For one message a day", (State.GATHERED,)),
    OutboxFilter("sent", "Sent", (State.SENT,)),
    OutboxFilter("parked", "Parked", (State.PARKED,)),
    OutboxFilter("failed", "Given up", (State.FAILED,)),
    OutboxFilter("refused", "Refused", (State.REFUSED,)),
    OutboxFilter("withdrawn", "Withdrawn", (State.WITHDRAWN,)),
)


def folder() -> Path | None:
    """Where messages are written that reach nobody, as no mail server is set up; None where they leave."""
    return mail.local_folder(_settings())


def folder_is_read() -> bool:
    """Whether a page shows what is in it: in development alone."""
    settings = _settings()
    return folder() is not None and (settings.demo or settings.debug)


def _settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it reads: HTML as its source, since nothing of a message runs in a page."""

    name: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    others: tuple[str, ...]  # what else it carries


def shown(name: str, letter: EmailMessage) -> Shown:
    """What is in it."""
    bodies = {kind: letter.get_body((kind,)) for kind in ("plain", "html")}
    words = {kind: body.get_content() if body else "" for kind, body in bodies.items()}
    others = [part.get_content_type() for part in letter.walk() if part.get_content_maintype() not in _OWN]
    others += [
        part.get_content_type() for part in letter.walk() if part.get_content_type() == "text/calendar"
    ]
    headers = tuple((key, str(value)) for key, value in letter.items() if key in _HEADERS)
    return Shown(name, headers, str(words["plain"]), str(words["html"]), tuple(others))


_OWN = ("text", "multipart")
_HEADERS = ("Subject", "From", "Reply-To", "To", "Date", "Message-ID", "X-Protective-Marking", "Sensitivity")
