"""Who refers without an account: the address they confirmed, the links sent there, their referrals."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import and_, delete, func, or_, select, update

from agenda.referral_state import State as ReferralState
from meetingsvc.models import (
    PublicLetterRow,
    PublicReferralRow,
    PublicReferrerRow,
    PublicSessionRow,
    ReferralRow,
    db,
)
from meetingsvc.store.outbox import PAUSES, STALE, State

#: A link opens once, and not after this.
LINK_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Referrer:
    """Whoever confirmed an address."""

    id: UUID
    area_id: UUID
    email: str
    name: str
    agency: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A link to send, as a worker claimed it. `attempt` tells one claim from the next."""

    id: UUID
    area_id: UUID
    email: str
    attempt: int
    referrer_id: UUID
    asked: bool  # by whoever typed the address, not by the service


@dataclass(frozen=True, slots=True)
class Own:
    """One of somebody's own referrals. It names nobody."""

    id: UUID
    reference: str
    state: ReferralState
    begun_at: datetime
    saved_at: datetime


def hashed(key: str) -> str:
    """What is kept of a key: a copy of the database opens nothing."""
    return hashlib.sha256(key.encode()).hexdigest()


def named(area_id: UUID, email: str, name: str, agency: str, now: datetime) -> UUID:
    """The referrer with that address, new where it is. What they call themselves is as who opened a link to
    it said: anybody can type an address."""
    row = PublicReferrerRow
    found = db.session.scalar(select(row).where(row.area_id == area_id, row.email == email))
    if found is None:
        found = row(id=uuid4(), area_id=area_id, email=email, name=name, agency=agency)
        db.session.add(found)
    found.asked_at = now
    db.session.flush()
    return found.id


def put(area_id: UUID, referrer_id: UUID, now: datetime, told: tuple[str, str] | None = None) -> UUID:
    """Queues a link, inside the transaction in which it was asked for; with the name and the agency that were
    typed, where somebody asked."""
    key, (name, agency) = uuid4(), told or (None, None)
    db.session.add(PublicLetterRow(id=key, area_id=area_id, referrer_id=referrer_id, created_at=now,
                                   state=State.WAITING, name=name, agency=agency))  # fmt: skip
    db.session.flush()
    return key


def cut_off(area_id: UUID, referrer_id: UUID, why: str, now: datetime) -> UUID:
    """No link of theirs opens any more and no browser shows anything; gives the letter that was refused."""
    row, session, key = PublicLetterRow, PublicSessionRow, uuid4()
    db.session.execute(delete(session).where(session.referrer_id == referrer_id))
    mine = update(row).where(row.referrer_id == referrer_id)
    db.session.execute(mine.where(row.state == State.WAITING).values(state=State.REFUSED, why=why))
    db.session.execute(mine.where(row.link_until > now).values(link_until=now))
    db.session.add(row(id=key, area_id=area_id, referrer_id=referrer_id, created_at=now, state=State.REFUSED,
                       why=why))  # fmt: skip
    db.session.flush()
    return key


def claim(now: datetime, digest: str) -> Letter | None:
    """Takes the oldest letter that is due, for this worker alone, with the key it will carry."""
    row = PublicLetterRow
    paused = (
        and_(row.attempts == number, row.claimed_at <= now - pause) for number, pause in enumerate(PAUSES, 1)
    )
    ahead = row.claimed_at > now + STALE  # by a wrong clock (A10)
    due = (
        select(row).where(row.state == State.WAITING, or_(row.attempts == 0, ahead, *paused))
        .order_by(row.created_at, row.id).limit(1).with_for_update(skip_locked=True)
    )  # fmt: skip
    found = db.session.scalars(due).one_or_none()
    if found is None:
        return None
    found.state, found.claimed_at, found.attempts = State.CLAIMED, now, found.attempts + 1
    found.digest, found.link_until = digest, now + LINK_FOR
    email = db.session.scalars(
        select(PublicReferrerRow.email).where(PublicReferrerRow.id == found.referrer_id)
    ).one()
    return Letter(found.id, found.area_id, email, found.attempts, found.referrer_id, found.name is not None)


def on_their_way(referrer_id: UUID) -> int:
    """How many links that were asked for have not left yet."""
    row = PublicLetterRow
    rows = select(func.count(row.id)).where(
        row.referrer_id == referrer_id, row.name.is_not(None), row.state.in_((State.WAITING, State.CLAIMED))
    )
    return db.session.scalar(rows) or 0


def settle(letter: Letter, state: State, why: str) -> bool:
    """Says how a letter ended; False where another worker has taken it over since."""
    row = PublicLetterRow
    mine = (row.id == letter.id, row.state == State.CLAIMED, row.attempts == letter.attempt)
    kept = update(row).where(*mine).values(state=state, why=why).returning(row.id)
    return db.session.scalar(kept) is not None


def sweep(now: datetime) -> list[tuple[UUID, UUID]]:
    """Frees what dead workers claimed; a letter that was tried too often is given up: which, and its area."""
    row = PublicLetterRow
    long_ago = or_(row.claimed_at <= now - STALE, row.claimed_at > now + STALE)  # or by a wrong clock (A10)
    stale = update(row).where(row.state == State.CLAIMED, long_ago)
    tired = stale.where(row.attempts > len(PAUSES)).values(state=State.FAILED, why="It was tried too often.")
    failed = db.session.execute(tired.returning(row.id, row.area_id)).all()
    db.session.execute(stale.values(state=State.WAITING))
    return [(letter_id, area_id) for letter_id, area_id in failed]


def use_link(area_id: UUID, key: str, now: datetime) -> UUID | None:
    """Whose link it is, given once, also to two that open it at the same moment. What was typed when it was
    asked for is theirs from now on."""
    row, who = PublicLetterRow, PublicReferrerRow
    used = (
        update(row)
        .where(row.area_id == area_id, row.digest == hashed(key), row.used_at.is_(None), row.link_until > now)
        .values(used_at=now)
        .returning(row.referrer_id, row.name, row.agency)
    )
    found = db.session.execute(used).one_or_none()
    if found is None:
        return None
    referrer_id, name, agency = found
    if name is not None:
        told = update(who).where(who.id == referrer_id).values(name=name, agency=agency)
        db.session.execute(told)
    return UUID(str(referrer_id))


def link_of(area_id: UUID, key: str, now: datetime) -> str:
    """The address that a link was sent to; "" for one that is used, over, or none. It uses nothing up."""
    row, who = PublicLetterRow, PublicReferrerRow
    rows = select(who.email).join(row, row.referrer_id == who.id).where(
        row.area_id == area_id, row.digest == hashed(key), row.used_at.is_(None), row.link_until > now
    )  # fmt: skip
    return db.session.scalar(rows) or ""


def start(area_id: UUID, referrer_id: UUID, key: str, now: datetime) -> None:
    """A browser may open that address's referrals from now on; the address is confirmed."""
    row = PublicReferrerRow
    first = update(row).where(row.id == referrer_id, row.confirmed_at.is_(None))
    db.session.execute(first.values(confirmed_at=now))
    db.session.add(PublicSessionRow(key=hashed(key), area_id=area_id, referrer_id=referrer_id,
                                    started_at=now, seen_at=now))  # fmt: skip


def session(area_id: UUID, key: str) -> tuple[Referrer, datetime, datetime] | None:
    """Whose session a cookie names, since when, and when it was used last."""
    row, who = PublicSessionRow, PublicReferrerRow
    rows = (
        select(who.id, who.area_id, who.email, who.name, who.agency, row.started_at, row.seen_at)
        .join(who, who.id == row.referrer_id)
        .where(row.key == hashed(key), row.area_id == area_id)
    )
    found = db.session.execute(rows).one_or_none()
    return (Referrer(*found[:5]), found[5], found[6]) if found else None


def seen(key: str, now: datetime) -> None:
    """It was used."""
    row = PublicSessionRow
    db.session.execute(update(row).where(row.key == hashed(key)).values(seen_at=now))


def end(key: str) -> None:
    """The cookie opens nothing any more."""
    db.session.execute(delete(PublicSessionRow).where(PublicSessionRow.key == hashed(key)))


def forget(started_before: datetime, asked_before: datetime) -> None:
    """Sessions that are over, letters of long ago, and addresses that nobody ever confirmed."""
    letter, who = PublicLetterRow, PublicReferrerRow
    db.session.execute(delete(PublicSessionRow).where(PublicSessionRow.started_at < started_before))
    db.session.execute(delete(letter).where(letter.created_at < asked_before))
    waits = select(letter.id).where(letter.referrer_id == who.id).exists()
    never = who.confirmed_at.is_(None), who.asked_at < asked_before, ~waits
    db.session.execute(delete(who).where(*never))


def is_own(who: Referrer, referral_id: UUID) -> bool:
    """Whether a referral is this address's: nobody else's is there."""
    row = PublicReferralRow
    rows = select(row.referral_id).where(
        row.referral_id == referral_id, row.referrer_id == who.id, row.area_id == who.area_id
    )
    return db.session.scalar(rows) is not None


def own(who: Referrer) -> list[Own]:
    """This address's referrals, what was saved last first, without those that were thrown away."""
    row, of = ReferralRow, PublicReferralRow
    rows = (
        select(row.id, row.reference, row.state, row.begun_at, row.saved_at)
        .join(of, of.referral_id == row.id)
        .where(of.referrer_id == who.id, row.state != ReferralState.WITHDRAWN)
        .order_by(row.saved_at.desc(), row.id)
    )
    return [
        Own(key, reference or "", ReferralState(state), begun, saved)
        for key, reference, state, begun, saved in db.session.execute(rows)
    ]


def referrer_of(referral_id: UUID) -> UUID | None:
    """Whose referral it is, where no account made it."""
    row = PublicReferralRow
    return db.session.scalar(select(row.referrer_id).where(row.referral_id == referral_id))
