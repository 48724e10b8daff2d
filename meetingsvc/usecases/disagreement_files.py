"""The form of appendix 5 as a file for one person, made as a pack's copy is: named and encrypted (V4)."""

from datetime import datetime
from uuid import UUID

from werkzeug.exceptions import NotFound

from agenda import pdf
from agenda.disagreement_words import TITLE, worded
from agenda.rules import RuleBroken
from meetingsvc import packs as files
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit
from meetingsvc.store import disagreements as store
from meetingsvc.usecases.disagreements import lines
from meetingsvc.usecases.transaction import saved_by


def make(principal: Principal, disagreement_id: UUID, now: datetime) -> str:
    """The form as it is filled in, for who asks; gives its passphrase, which is kept nowhere. A file made
    before works no longer."""
    with saved_by(principal, Permission.DISAGREEMENT_READ, now) as who:
        kept = store.hold(who, disagreement_id)
        if kept is None:
            raise NotFound
        if kept.record is None:
            raise RuleBroken("Fill in the form first.")
        words = worded(lines(kept, kept.record), kept.reference, who.area_title, now)
        phrase, faces = files.passphrase(), files.typeface()
        stamp = files.Stamp(who.name, who.agency_name, 1, now, kept.id)
        kept.row.file = files.stamp(pdf.draw_worded(words, TITLE, faces), stamp, phrase, faces)
        audit.record(who.account_id, who.area_id, "disagreement.form_made", f"disagreement/{kept.id}", now)
        return phrase


def fetch(principal: Principal, disagreement_id: UUID, now: datetime) -> bytes:
    """The file, which whoever made it can open; raises NotFound where none is made."""
    with saved_by(principal, Permission.DISAGREEMENT_READ, now) as who:
        content = store.content(who, disagreement_id)
        if content is None:
            raise NotFound
        subject = f"disagreement/{disagreement_id}"
        audit.record(who.account_id, who.area_id, "disagreement.form_fetched", subject, now)
        return bytes(content)
