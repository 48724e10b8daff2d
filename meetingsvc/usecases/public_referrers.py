"""Referring without an account: an address is confirmed by a link that opens once (Rulebook T7, F3, S1)."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from agenda.details import words
from meetingsvc import mail
from meetingsvc.mail import ClearedLink
from meetingsvc.models import AreaRow, ReferralRow
from meetingsvc.store import acting, areas, audit, outbox, public_recipients, sessions
from meetingsvc.store import public_referrers as store
from meetingsvc.store.outbox import State
from meetingsvc.store.public_referrers import Referrer
from meetingsvc.usecases import referral_collisions
from meetingsvc.usecases.sign_in import TooManyAttempts
from meetingsvc.usecases.transaction import saved
from notifications.outgoing import Stage
from notifications.recipients import Ground

#: Who acts, in the audit trail.
PUBLIC_FORM = "public form"
#: In an hour: so many askings from one computer, and links to one address; wrong keys from one computer.
PER_COMPUTER, PER_ADDRESS, WRONG_KEYS = 30, 5, 30
HOUR = timedelta(hours=1)
#: A browser that nobody used for so long shows nothing more; what is sent from it is kept a while longer.
IDLE, WRITES, LASTS = timedelta(hours=1), timedelta(hours=6), timedelta(hours=12)
#: How long an address that was never confirmed is kept.
KEPT = timedelta(days=30)
Carry = Callable[[ClearedLink, str, datetime], None]


def area_of(name: str) -> AreaRow | None:
    """The area of that name, where it takes referrals without an account: its setting, off by default."""
    found = areas.by_name(name)
    return found if found and areas.settings_of(found).public_form else None


def ask(area_id: UUID, name: str, agency: str, email: str, computer: str, now: datetime) -> None:
    """Queues a link to an address. What is answered is the same whoever asks, known or not, refused or not.

    Raises TooManyAttempts where one computer asks too often. One address is sent few; nothing goes where it
    could reach a perpetrator (Rulebook F3). What is typed of who they are is kept with the link: only who
    opens it changes what is kept of an address.
    """
    email = email.strip().lower()
    per_computer, per_address = f"public form:{area_id}:{computer}", f"public form:{area_id}:{email}"
    _refuse(per_computer, PER_COMPUTER, now)
    with saved(), acting.whole_area(area_id):
        enough = sessions.attempts_since(per_address, now - HOUR) >= PER_ADDRESS
        sessions.note_attempt(per_computer, now)
        told = name.strip(), agency.strip()
        referrer_id = store.named(area_id, email, *told, now)
        about = f"public_referrer/{referrer_id}"
        if enough:
            audit.record(PUBLIC_FORM, area_id, "public_form.too_often", about, now)
        elif why := public_recipients.ground(area_id, email) or _about_themselves(referrer_id):
            audit.record(PUBLIC_FORM, area_id, "public_form.refused", about, now, ground=why)
        else:
            sessions.note_attempt(per_address, now)
            letter = store.put(area_id, referrer_id, now, told)
            audit.record(PUBLIC_FORM, area_id, "public_form.asked", about, now, letter=letter)


def tell(row: ReferralRow, now: datetime) -> bool:
    """Something waits for who referred without an account: a fresh link, in the caller's transaction.

    False where they share something with somebody on the case: nothing goes there, no browser of theirs shows
    anything more, and the refusal is kept (Rulebook F3).
    """
    with acting.whole_area(row.area_id):
        referrer_id = store.referrer_of(row.id)
        if referrer_id is None:
            return True
        found = referral_collisions.shared(row)
        if not found:
            store.put(row.area_id, referrer_id, now)
            return True
        letter = store.cut_off(row.area_id, referrer_id, f"The referrer shares {words(found)}.", now)
        audit.record(PUBLIC_FORM, row.area_id, "public_form.refused", f"public_referrer/{referrer_id}", now,
                     ground=Ground.COLLISION, letter=letter)  # fmt: skip
        return False


def _about_themselves(referrer_id: UUID) -> Ground | None:
    return Ground.COLLISION if referral_collisions.of_referrer(referrer_id) else None


def send_waiting(carry: Carry, clock: Callable[[], datetime]) -> int:
    """Sends every link that is due, one at a time. Its key is made as it leaves; only a digest is kept."""
    with saved():
        store.sweep(clock())
    sent = 0
    while True:
        key = secrets.token_urlsafe(32)
        with saved():
            letter = store.claim(clock(), store.hashed(key))
        if letter is None:
            return sent
        with saved():
            cleared = mail.dispatch_link(letter.id, letter.area_id, letter.email, Stage.SEND, clock())
        state, why = State.REFUSED, "The door refused it."
        if cleared:
            state, why = _carried(carry, cleared, key, letter.attempt, clock())
        with saved():
            if store.settle(letter, state, why) and state is not State.WAITING:
                audit.record(PUBLIC_FORM, letter.area_id, f"message.{state}", f"message/{letter.id}", clock())
        sent += state is State.SENT


def _carried(carry: Carry, cleared: ClearedLink, key: str, attempt: int, now: datetime) -> tuple[State, str]:
    try:
        carry(cleared, key, now)
    except OSError as failure:
        return outbox.after_failure(attempt), f"Could not be sent: {type(failure).__name__}."
    return State.SENT, ""


def open_link(area_id: UUID, key: str, computer: str, now: datetime) -> str | None:
    """The key of a new session; None for a link that is used, over, or none. Guessing is counted."""
    subject = f"public link:{computer}"
    _refuse(subject, WRONG_KEYS, now)
    with saved(), acting.whole_area(area_id):
        referrer_id = store.use_link(area_id, key, now)
        if referrer_id is None:
            sessions.note_attempt(subject, now)
            return None
        cookie = secrets.token_urlsafe(32)
        store.start(area_id, referrer_id, cookie, now)
        audit.record(PUBLIC_FORM, area_id, "public_form.confirmed", f"public_referrer/{referrer_id}", now)
        return cookie


def _refuse(subject: str, limit: int, now: datetime) -> None:
    if sessions.attempts_since(subject, now - HOUR) >= limit:
        raise TooManyAttempts


@dataclass(frozen=True, slots=True)
class Browser:
    """Whose browser it is. Asleep, it shows nothing more, and what is sent from it is still kept."""

    referrer: Referrer
    awake: bool


def browser(area_id: UUID, cookie: str, now: datetime) -> Browser | None:
    """The browser a cookie names, as far as it lives; used, it stays awake."""
    with acting.whole_area(area_id):
        found = store.session(area_id, cookie)
    if found is None:
        return None
    referrer, started, seen = found
    idle = now - seen
    if now - started > LASTS or idle > WRITES:
        return None
    if timedelta(minutes=1) < idle <= IDLE:
        with saved(), acting.whole_area(area_id):
            store.seen(cookie, now)
    return Browser(referrer, idle <= IDLE)


def leave(area_id: UUID, cookie: str) -> None:
    """The browser opens nothing any more."""
    with saved(), acting.whole_area(area_id):
        store.end(cookie)


def forget(now: datetime) -> None:
    """Sessions that are over, and addresses of long ago that nobody confirmed; inside a transaction."""
    store.forget(now - LASTS, now - KEPT)
