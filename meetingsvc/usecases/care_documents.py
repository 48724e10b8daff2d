"""Children's social care gives a document to be read on the screen, and withdraws it (Rulebook E4)."""

from datetime import datetime
from uuid import UUID, uuid4

from werkzeug.exceptions import Forbidden, NotFound

from agenda.agencies import AgencyKind
from agenda.rules import RuleBroken
from meetingsvc.models import CareDocumentRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import areas, audit
from meetingsvc.store import care_documents as store
from meetingsvc.usecases.transaction import saved_by
from minutes import screen_only
from minutes.screen_only import Document, Way


def told(who: Principal, title: str, author: str, text: str) -> Document:
    """A document as it was typed or pasted: its own agency's."""
    return Document(title, text, AgencyKind.CHILDRENS_SOCIAL_CARE, who.agency_id, author)


def add(principal: Principal, case_id: UUID, document: Document, now: datetime) -> UUID:
    """Gives one, of a child whose case is open to who gives it: social care's own alone (Rulebook E4, R2)."""
    with saved_by(principal, Permission.DOCUMENT_SUPPLY, now) as who:
        areas.hold(who.area_id)
        if store.child(who, case_id) is None:
            raise NotFound
        if not store.supplies(who) or document.agency_id != who.agency_id:
            raise Forbidden
        if found := screen_only.problems(document):
            raise RuleBroken(f"{next(iter(found.values()))}.")
        key = uuid4()
        db.session.add(
            CareDocumentRow(
                id=key,
                area_id=who.area_id,
                case_id=case_id,
                agency_id=who.agency_id,
                title=document.title.strip(),
                author=document.author.strip(),
                sealed=store.closed(key, document.text),
                told_by=who.account_id,
                told_at=now,
            )  # fmt: skip
        )
        db.session.flush()
        audit.record(who.account_id, who.area_id, "document.added", f"case/{case_id}", now, document=key)
    return key


def withdraw(principal: Principal, case_id: UUID, document_id: UUID, now: datetime) -> None:
    """From now on its own agency alone reads it. It stays until it is destroyed with its case (L1)."""
    with saved_by(principal, Permission.DOCUMENT_SUPPLY, now) as who:
        row = store.row_own(who, case_id, document_id)
        if row is None:
            shown = store.read(who, case_id, document_id, Way.SCREEN)
            raise Forbidden if shown else NotFound
        if row.withdrawn_at is not None:
            raise RuleBroken("This document is withdrawn already.")
        row.withdrawn_by, row.withdrawn_at = who.account_id, now
        detail = {"document": document_id}
        audit.record(who.account_id, who.area_id, "document.withdrawn", f"case/{case_id}", now, **detail)
