"""The chair's decision on a request, signed; and what a court ordered (Rulebook X1 to X4)."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from werkzeug.exceptions import Forbidden

from agenda.moves import REASON_LENGTH
from agenda.rules import RuleBroken
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, disclosure_items
from meetingsvc.store import disclosures as store
from meetingsvc.store.acting import Host
from meetingsvc.store.disclosure_decided import decision_json, negotiated, order_json, order_of
from meetingsvc.store.disclosures import Kept
from meetingsvc.usecases import disclosure_following
from meetingsvc.usecases.disclosure_checking import Against, against, kept_from, refuse_unseen
from meetingsvc.usecases.disclosure_refusing import told_of
from meetingsvc.usecases.disclosures import held, made, noted, step_by, whole, write
from meetingsvc.usecases.transaction import saved_by
from minutes.disclosure import DECISIONS, GRANTS, Step
from minutes.disclosure_decision import Before, CourtOrder, decided
from minutes.disclosure_items import Document, digest
from notifications.outgoing import Stage

LENGTH = 200
NOT_AS_SHOWN = "An item or an answer changed while you read. Read it again. Nothing was signed."


class Chosen(NamedTuple):
    """What the chair decides, as the page sends it."""

    step: Step
    reason: str
    items: frozenset[UUID] | None = None  # of the consented ones; None: all of them
    documents: frozenset[Document] = frozenset()  # that are held, for a court
    seen: str = ""  # what they were shown (`seen_of`)


def decide(principal: Principal, request_id: UUID, chosen: Chosen, now: datetime) -> None:
    """Decides, on the answers as they are at this moment; signed with a second factor just proven (X1, X2).

    Who is kept from it is answered nothing either, by whatever kind of request: it is refused (F3).
    To be called only where that was asked for (`needs(…, step_up=True)`).
    """
    decides = told_of(principal, Stage.BUILD, now)
    with decides, saved_by(principal, Permission.DISCLOSURE_DECIDE, now) as who:
        kept = held(who, request_id)
        there = against(who, kept)
        if chosen.step in GRANTS | {Step.ANSWER}:
            refuse_unseen(kept, there)
        if chosen.step is Step.ANSWER:
            if why := kept_from(kept, there):
                raise RuleBroken(why)
            made(who, kept, Step.ANSWER, chosen.reason, now, signed=True)
            return
        if chosen.step not in DECISIONS:
            raise RuleBroken("Choose what you decide.")
        if chosen.seen != seen_of(kept):
            raise RuleBroken(NOT_AS_SHOWN)
        one = step_by(who, chosen.step, chosen.reason, now, signed=True)
        after, decision = decided(kept.request, one, _before(kept, there, chosen))
        write(kept, one, decision_json(decision))
        if after.state.ended:
            with acting.whole_area(who.area_id):
                kept.row.ended_at = now
        noted(who, kept, "disclosure.decided", now)
        if not after.state.ended:
            disclosure_following.follow(who.area_id, kept.id, now)


def seen_of(kept: Kept) -> str:
    """What is before the chair at this moment: nothing else is signed (Rulebook X1, X2)."""
    area_id = kept.row.area_id
    with acting.whole_area(area_id):
        return digest(disclosure_items.held(area_id, kept.case_id), store.answers(Host(area_id), kept.id))


def _before(kept: Kept, there: Against, chosen: Chosen) -> Before:
    kept, why = whole(kept), kept_from(kept, there)
    area_id = kept.row.area_id
    with acting.whole_area(area_id):
        return Before(
            disclosure_items.held(area_id, kept.case_id),
            tuple(store.answers(Host(area_id), kept.id)),
            why, chosen.items, negotiated(kept), order_of(kept), kept.told.hearing_at, chosen.documents,
            frozenset(one.agency_id for one in kept.asked if one.advised_at),
        )  # fmt: skip


def order(
    principal: Principal, request_id: UUID, court: str, reference: str, made_at: datetime | None,
    items: Collection[UUID], whole_text: bool, reason: str, now: datetime,
) -> None:  # fmt: skip
    """Records what a court ordered, of which items; it overrides what agencies answered (Rulebook X3)."""
    with saved_by(principal, Permission.DISCLOSURE_RELEASE, now) as who:
        kept = held(who, request_id)
        if made_at is None or made_at > now:
            raise RuleBroken("Enter when the court made its order, now or in the past.")
        if not court.strip() or not reference.strip() or max(len(court), len(reference)) > LENGTH:
            raise RuleBroken(f"Enter which court, and the order’s reference, in up to {LENGTH} characters.")
        with acting.whole_area(who.area_id):
            there = {item.id for item in disclosure_items.held(who.area_id, kept.case_id)}
        if not items or not set(items) <= there:
            raise RuleBroken("Choose which of the items held the court orders.")
        if len(reason) > REASON_LENGTH:
            raise RuleBroken(f"Use {REASON_LENGTH:,} characters or fewer.")
        told = CourtOrder(court.strip(), reference.strip(), made_at, frozenset(items), whole_text)
        if store.acts_as(who) is None:
            raise Forbidden
        made(who, kept, Step.ORDER, reason, now, told=order_json(told))
        disclosure_following.follow(who.area_id, kept.id, now)
