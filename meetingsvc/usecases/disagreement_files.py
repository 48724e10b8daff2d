"""The form of appendix 5 as a file for one person, made as a pack's copy is: named and encrypted (V4)."""

from datetime import datetime
from uuid import UUID

from werkzeug.exceptions import NotFound

from agenda import pdf
from agenda.disagreement_words import TITLE, worded
from agenda.meetings import MeetingKind
from agenda.rules import RuleBroken
from meetingsvc import mail
from meetingsvc import packs as files
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit
from meetingsvc.store import disagreements as store
from meetingsvc.store.disagreements import Kept
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases.disagreements import lines
from meetingsvc.usecases.transaction import saved_by
from notifications.outgoing import DISAGREEMENT_FORM, Stage, What


def make(principal: Principal, disagreement_id: UUID, now: datetime) -> str | None:
    """The form as it is filled in, for who asks; gives its passphrase, which is kept nowhere. A file made
    before works no longer. None where it may not reach them, which is kept (F3, M6)."""
    with saved_by(principal, Permission.DISAGREEMENT_READ, now) as who:
        kept = store.hold(who, disagreement_id)
        if kept is None:
            raise NotFound
        if kept.record is None:
            raise RuleBroken("Fill in the form first.")
        words = worded(lines(kept, kept.record), kept.reference, who.area_title, now)
        if not _goes(who, kept, Stage.BUILD, now):
            return None
        phrase, faces = files.passphrase(), files.typeface()
        stamp = files.Stamp(who.name, who.agency_name, 1, now, kept.id)
        kept.row.file = files.stamp(pdf.draw_worded(words, TITLE, faces), stamp, phrase, faces)
        audit.record(who.account_id, who.area_id, "disagreement.form_made", f"disagreement/{kept.id}", now)
        return phrase


def fetch(principal: Principal, disagreement_id: UUID, now: datetime) -> bytes | None:
    """The file, which whoever made it can open; raises NotFound where none is made, gives None as above."""
    with saved_by(principal, Permission.DISAGREEMENT_READ, now) as who:
        content, kept = store.content(who, disagreement_id), store.one(who, disagreement_id)
        if content is None or kept is None:
            raise NotFound
        if not _goes(who, kept, Stage.DOWNLOAD, now):
            return None
        subject = f"disagreement/{disagreement_id}"
        audit.record(who.account_id, who.area_id, "disagreement.form_fetched", subject, now)
        return bytes(content)


def _goes(who: Principal, kept: Kept, stage: Stage, now: datetime) -> bool:
    """Whether the door lets it out to this person at this moment; a refusal is kept."""
    about = frozenset({kept.row.case_id} if kept.row.case_id else ())
    panel = MeetingKind.MARAC if who.attends_marac else MeetingKind.DRAMM
    thing = Outgoing(who.area_id, who.account_id, What.FILE, DISAGREEMENT_FORM, panel, about)
    return mail.dispatch(thing, stage, now) is not None
