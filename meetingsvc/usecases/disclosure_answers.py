"""What an agency answers of its own items, and what the chair agreed with it (Rulebook X2, X3, X4)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from werkzeug.exceptions import Forbidden, NotFound

from agenda.moves import REASON_LENGTH
from agenda.rules import RuleBroken
from meetingsvc.models import DisclosureAnswerRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, disclosure_clocks, disclosure_items
from meetingsvc.store import disclosures as store
from meetingsvc.store.acting import Host
from meetingsvc.store.disclosures import Asked, Kept
from meetingsvc.usecases import disclosure_following
from meetingsvc.usecases.disclosures import beside, held, noted, whole
from meetingsvc.usecases.transaction import saved_by
from minutes.disclosure import State
from minutes.disclosure_decision import Outcome
from minutes.disclosure_items import WORDS_LENGTH, Answer, Item, Says, answered
from minutes.disclosure_kinds import Kind
from minutes.redaction import Redaction

#: While agencies can still say otherwise: what was decided on goes back to the chair then (X2).
ANSWERED_IN = frozenset(State) - {State.RECEIVED, State.CHECKED, *(one for one in State if one.ended)}


def items_for(who: Principal, kept: Kept) -> tuple[Item, ...]:
    """The items held, as far as a person reads them: an agency its own, who runs meetings all (X2)."""
    if not (who.runs_meetings or who.may(Permission.DISCLOSURE_ANSWER)):
        return ()
    with acting.whole_area(who.area_id):
        items = disclosure_items.held(who.area_id, kept.case_id)
    if who.runs_meetings:
        return items
    return tuple(item for item in items if item.agency == who.agency_id)


def answer(
    principal: Principal, request_id: UUID, item_id: UUID, version: str, says: Says, words: str,
    passages: Sequence[str], now: datetime,
) -> None:  # fmt: skip
    """Answers for one item of one's own agency, on the version that was seen (Rulebook X2)."""
    with saved_by(principal, Permission.DISCLOSURE_ANSWER, now) as who:
        kept = held(who, request_id)
        if kept.state not in ANSWERED_IN:
            raise RuleBroken(f"It is {kept.state.value}, so there is nothing to answer. Nothing changed.")
        item = next((one for one in items_for(who, kept) if one.id == item_id), None)
        if item is None:
            raise NotFound
        redactions = tuple(Redaction(one.strip()) for one in passages if one.strip())
        given = Answer(item.id, version, who.agency_id, says, who.account_id, now, words.strip(), redactions)
        _write(kept, answered(item, given))
        noted(who, kept, "disclosure.answered", now, held=item.id)
        disclosure_following.follow(who.area_id, kept.id, now)


def _write(kept: Kept, one: Answer) -> None:
    area_id = kept.row.area_id
    with acting.whole_area(area_id):
        before = [told.at for told in store.answers(Host(area_id), kept.id) if told.item == one.item]
        if before and max(before) >= one.at:
            raise RuleBroken("Somebody answered at this very moment. Send it again.")
        db.session.add(
            DisclosureAnswerRow(
                id=uuid4(), area_id=area_id, request_id=kept.id, held_id=one.item, version=one.version,
                agency_id=one.agency, says=one.says, words=one.words, answered_by=one.by, at=one.at,
                redactions=[[told.passage, told.instead] for told in one.redactions],
            )
        )  # fmt: skip
        db.session.flush()


def advise(principal: Principal, request_id: UUID, now: datetime) -> tuple[str, ...]:
    """Tells every agency asked, by a notice and where it answers, to seek its own legal advice (X3).

    Only whom that reaches is kept as told, and when. Gives the names of the others: somebody tells them
    otherwise.
    """
    with saved_by(principal, Permission.DISCLOSURE_STEP, now) as who:
        kept = _for_court(who, request_id)
        told = disclosure_following.tell_of_advice(kept, now)
        if new := [one for one in kept.asked if one.agency_id in told and not one.advised_at]:
            _advised(who, kept, new, disclosure_clocks.NOTIFIED, "", now)
        return tuple(one.agency for one in kept.asked if not one.row.advised_at)


def advised(
    principal: Principal, request_id: UUID, agencies: Collection[UUID], how: str, now: datetime
) -> None:
    """Records how agencies that no notice reaches were told to seek their own legal advice (X3)."""
    with saved_by(principal, Permission.DISCLOSURE_STEP, now) as who:
        kept = _for_court(who, request_id)
        chosen = [one for one in kept.asked if one.agency_id in agencies and not one.advised_at]
        if not chosen or len(chosen) < len(set(agencies)):
            raise RuleBroken("Choose agencies that were asked, and are not kept as told yet.")
        if not how.strip() or len(how) > REASON_LENGTH:
            raise RuleBroken(f"Say how they were told, in up to {REASON_LENGTH:,} characters.")
        _advised(who, kept, chosen, disclosure_clocks.ADVISED, how.strip(), now)


def _for_court(who: Principal, request_id: UUID) -> Kept:
    """A request for a court that is open, with every agency that was asked."""
    if not who.runs_meetings:
        raise Forbidden
    kept = whole(held(who, request_id))
    if kept.kind is not Kind.COURT or not kept.asked or kept.state.ended:
        raise RuleBroken("Only agencies that were asked for a court are told to take legal advice.")
    return kept


def _advised(who: Principal, kept: Kept, asked: Sequence[Asked], what: str, how: str, now: datetime) -> None:
    """Keeps which agencies were told, and when, among what was done."""
    for one in asked:
        with acting.whole_area(one.row.area_id):
            one.row.advised_at = now
            db.session.flush()
    told = {"advised": [str(one.agency_id) for one in asked]}
    beside(who, kept, what, how, now, told, "disclosure.advised")


def agree(
    principal: Principal, request_id: UUID, agency_id: UUID, outcome: Outcome, words: str, now: datetime
) -> None:
    """Records what the chair negotiated with an agency in a review; consent it gives itself (Rulebook X4).

    What was agreed before stays beside it.
    """
    with saved_by(principal, Permission.DISCLOSURE_DECIDE, now) as who:
        kept = whole(held(who, request_id))
        row = next((one.row for one in kept.asked if one.agency_id == agency_id), None)
        if row is None:
            raise NotFound
        if not kept.kind.is_review or kept.state.ended:
            raise RuleBroken("Only in a review that is open concerns are negotiated.")
        if not words.strip() or len(words) > WORDS_LENGTH:
            raise RuleBroken(f"Say what was agreed, in up to {WORDS_LENGTH:,} characters.")
        with acting.whole_area(who.area_id):
            if row.outcome and row.outcome_at:
                before = [row.outcome, row.outcome_words, row.outcome_at.isoformat(), str(row.outcome_by)]
                row.agreed_before = [*(row.agreed_before or []), before]
            row.outcome, row.outcome_words = outcome, words.strip()
            row.outcome_at, row.outcome_by = now, who.account_id
            db.session.flush()
        noted(who, kept, "disclosure.agreed", now, agency=agency_id)
