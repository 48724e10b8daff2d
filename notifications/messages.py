"""What a message may say: that something waits behind the login, and nothing else."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from agenda.calendar import day_words


class Notice(StrEnum):
    """The messages the service sends. The value is the folder of its templates under `templates/email/`."""

    AGENDA_PUBLISHED = "agenda_published"
    SUPPLEMENTARY_LIST = "supplementary_list"
    PACK_READY = "pack_ready"
    BREAK_GLASS = "break_glass"
    CORRECTION = "correction"
    ALARM = "alarm"
    REFERRAL_RETURNED = "referral_returned"
    STILL_MISSING = "still_missing"
    CHILD_REFERRED = "child_referred"
    ORDER_ENDING = "order_ending"
    TRANSFER = "transfer"
    RESEARCH = "research"
    CRIME_DISCLOSED = "crime_disclosed"
    FLAGS = "flags"
    ACTIONS = "actions"
    MINUTES = "minutes"
    CONFIRMATIONS = "confirmations"
    EMERGENCY = "emergency"
    LIST_READY = "list_ready"
    PACK_NOT_FETCHED = "pack_not_fetched"
    PACK_RECALLED = "pack_recalled"
    OFFLINE_PACK_READY = "offline_pack_ready"
    OFFLINE_PACK_FAILED = "offline_pack_failed"
    MEETING_CHANGED = "meeting_changed"
    INVITATION = "invitation"
    EXPECTED = "expected"
    FEEDBACK = "feedback_due"
    DISCLOSURE = "disclosure"
    REQUEST = "request"
    LEGAL_ADVICE = "legal_advice"
    RECORDS = "records"
    BREACH = "breach"
    AGREEMENTS = "agreements"
    COMPLAINT = "complaint"
    DISAGREEMENT = "disagreement"
    NAMED_CASE = "named_case"
    DIGEST = "digest"
    NOT_SENT = "not_sent"
    ALARM_NOT_SENT = "alarm_not_sent"


_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_PATH = re.compile(rf"/[a-z]{{1,20}}(?:/{_ID})?(?:/[a-z]{{1,20}})?")
_SERVICE = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]{1,5})?")


#: What a line of the daily message says: no digit, so neither a day nor a reference fits.
_PANEL = re.compile(r"[A-Z]{1,10}")
_WORDS = re.compile(r"[A-Za-z’, -]{1,80}")


def _refuse_path(path: str) -> None:
    if not _PATH.fullmatch(path):
        raise ValueError("a notice links to a page by its random identifier only")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the daily message: constant words, and which page to open (Rulebook S2).

    `schedule.line` makes it, from the kind of notice alone.
    """

    words: str
    path: str

    def __post_init__(self) -> None:
        if not _WORDS.fullmatch(self.words):
            raise ValueError("a line says what waits in constant words")
        _refuse_path(self.path)


@dataclass(frozen=True, slots=True)
class Waiting:
    """All a template is given: the panel, the day it sits, and which page to open (Rulebook S1, S2).

    The path is a page's name with at most one random identifier: no reference, query or free text fits.
    `lines` are those of the daily message, and of no other.
    """

    panel: str  # its code: its name is free text of the area
    sits_on: date
    path: str
    lines: tuple[Line, ...] = ()

    def __post_init__(self) -> None:
        # Other text than a panel's code, or a row with more on it, must not reach a template by mistake.
        is_code = isinstance(self.panel, str) and _PANEL.fullmatch(self.panel)
        if not is_code or type(self.sits_on) is not date:
            raise TypeError("a notice takes a panel and a day")
        _refuse_path(self.path)


def context(waiting: Waiting, service_url: str) -> dict[str, Any]:
    """The values of a notice's templates, as people read them (Rulebook S2). `service_url` has no path."""
    if not _SERVICE.fullmatch(service_url):
        raise ValueError("the service's address is a scheme and a host")
    return {
        "panel": str(waiting.panel),
        "sits_on": day_words(waiting.sits_on),
        "link": service_url + waiting.path,
        "lines": [{"words": line.words, "link": service_url + line.path} for line in waiting.lines],
    }
