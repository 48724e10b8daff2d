"""What a message may say: that something waits behind the login, and nothing else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from agenda.calendar import day_words
from agenda.meetings import MeetingKind


class Notice(StrEnum):
    """The messages the service sends. The value is the folder of its templates under `templates/email/`."""

    AGENDA_PUBLISHED = "agenda_published"
    SUPPLEMENTARY_LIST = "supplementary_list"
    PACK_READY = "pack_ready"
    BREAK_GLASS = "break_glass"
    CORRECTION = "correction"
    ALARM = "alarm"
    REFERRAL_RETURNED = "referral_returned"
    ORDER_ENDING = "order_ending"
    TRANSFER = "transfer"


SUBJECTS: Mapping[Notice, str] = MappingProxyType(
    {
        Notice.AGENDA_PUBLISHED: "OFFICIAL-SENSITIVE: an agenda waits for you in the meeting service",
        Notice.SUPPLEMENTARY_LIST: "OFFICIAL-SENSITIVE: a further list waits for you in the meeting service",
        Notice.PACK_READY: "OFFICIAL-SENSITIVE: a pack waits for you in the meeting service",
        Notice.BREAK_GLASS: "OFFICIAL-SENSITIVE: a review waits for you in the meeting service",
        Notice.CORRECTION: "OFFICIAL-SENSITIVE: a correction waits for you in the meeting service",
        Notice.ALARM: "OFFICIAL-SENSITIVE: an alarm waits for you in the meeting service",
        Notice.REFERRAL_RETURNED: "OFFICIAL-SENSITIVE: a question waits for you in the meeting service",
        Notice.ORDER_ENDING: "OFFICIAL-SENSITIVE: a reminder waits for you in the meeting service",
        Notice.TRANSFER: "OFFICIAL-SENSITIVE: a transfer waits for you in the meeting service",
    }
)
"""Constants: a subject that takes no value can carry neither a name nor a second header (Rulebook S2, F3)."""

#: Of the link to who has no account: it says neither what for nor about whom.
LINK_SUBJECT = "OFFICIAL-SENSITIVE: the link you asked for"
_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_PATH = re.compile(rf"/[a-z]{{1,20}}(?:/{_ID})?(?:/[a-z]{{1,20}})?")
_SERVICE = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Waiting:
    """All a template is given: the panel, the day it sits, and which page to open (Rulebook S1, S2).

    The path is a page's name with at most one random identifier: no reference, query or free text fits.
    """

    panel: MeetingKind
    sits_on: date
    path: str

    def __post_init__(self) -> None:
        # A panel as plain text, or a row with more on it, must not reach a template by mistake.
        if not isinstance(self.panel, MeetingKind) or type(self.sits_on) is not date:
            raise TypeError("a notice takes a panel and a day")
        if not _PATH.fullmatch(self.path):
            raise ValueError("a notice links to a page by its random identifier only")


def context(waiting: Waiting, service_url: str) -> dict[str, str]:
    """The values of a notice's templates, as people read them (Rulebook S2). `service_url` has no path."""
    if not _SERVICE.fullmatch(service_url):
        raise ValueError("the service's address is a scheme and a host")
    return {
        "panel": waiting.panel.value,
        "sits_on": day_words(waiting.sits_on),
        "link": service_url + waiting.path,
    }
