"""Whether who refers could be somebody whom nothing about the case may reach (Rulebook F3)."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select

from agenda.addresses import Part
from agenda.details import Details, Shared, words
from agenda.incidents import Party
from agenda.referral_fields import NOTHING, Row
from meetingsvc.models import PublicReferralRow, PublicReferrerRow, ReferralCaseRow, ReferralRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, details, public_recipients, referrals
from meetingsvc.usecases import referral_told
from notifications import collisions
from notifications.recipients import Ground


def shared(row: ReferralRow) -> frozenset[Shared]:
    """What its referrer, by any name and address they gave, shares with a perpetrator or a known associate:
    as the referral says it now, as it was sent, and as its cases know them. For the service's own work."""
    draft = referrals.read(acting.Host(row.area_id), row).draft
    of = ReferralCaseRow
    cases = list(db.session.scalars(select(of.case_id).where(of.referral_id == row.id).distinct()))
    kept_from = [_typed(one) for one in draft.get("perpetrators", NOTHING).rows]
    kept_from += [_sent(one.perpetrator) for one in referral_told.before(row).values() if one.perpetrator]
    kept_from += [
        one.details
        for told in details.of_cases(cases).values()
        for one in told
        if one.part is not Part.VICTIM
    ]
    own = list(_referrer(row, draft.get("referrer", NOTHING).fields))
    found = frozenset[Shared]().union(*(collisions.collides(one, kept_from) for one in own))
    emails = {email for one in own for email in one.emails}
    theirs = any(public_recipients.ground(row.area_id, email) is Ground.COLLISION for email in emails)
    return found | {Shared.EMAIL} if theirs else found


def _referrer(row: ReferralRow, told: Row) -> Iterator[Details]:
    """Who refers, as the form says it and as the address was confirmed."""
    said = {name: frozenset({told.get(name, "")}) for name in ("email", "phone")}
    yield Details(told.get("name", ""), emails=said["email"], phones=said["phone"])
    who, of = PublicReferrerRow, PublicReferralRow
    rows = select(who.name, who.email).join(of, of.referrer_id == who.id).where(of.referral_id == row.id)
    for name, email in db.session.execute(rows):
        yield Details(name, emails=frozenset({email}), phones=said["phone"])


def _typed(one: Row) -> Details:
    """A birth date tells nobody apart here: nobody asks a referrer for theirs."""
    address = f"{one.get('address', '')} {one.get('postcode', '')}"
    return Details(one.get("forename", ""), one.get("surname", ""), phones=frozenset({one.get("phone", "")}),
                   addresses=frozenset({address}))  # fmt: skip


def _sent(one: Party) -> Details:
    return Details(one.forename, one.surname, phones=frozenset({one.phone}))


def of_referrer(referrer_id: UUID) -> bool:
    """Whether one of the referrals somebody sent without an account is about them, as far as is known."""
    of = PublicReferralRow
    rows = (
        select(ReferralRow).join(of, of.referral_id == ReferralRow.id)
        .where(of.referrer_id == referrer_id, ReferralRow.first_sent_at.is_not(None))
    )  # fmt: skip
    return any(shared(row) for row in db.session.scalars(rows).all())


def warning(who: Principal, referral_id: UUID) -> str:
    """What a coordinator reads on a referral that is open to them; "" where its referrer shares nothing."""
    with acting.whole_area(who.area_id):
        row = db.session.get(ReferralRow, referral_id)
        return words(shared(row)) if row else ""
