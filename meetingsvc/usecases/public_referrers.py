"""Referring without an account: an address is confirmed by a link that opens once (Rulebook T7, F3, S1)."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from agenda.details import words
from meetingsvc import mail
from meetingsvc.mail import ClearedLink
from meetingsvc.mail_smtp import Fault, fault_of
from meetingsvc.models import AreaRow, ReferralRow
from meetingsvc.store import acting, areas, audit, outbox, public_recipients, sessions
from meetingsvc.store import public_referrers as store
from meetingsvc.store.outbox import State
from meetingsvc.store.public_referrers import Letter, Referrer
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
#: A browser that nobody used for so long, or that was opened so long ago, shows nothing more. What is sent
#: from a page that was left open is kept all the same, over a weekend: nothing typed is lost.
IDLE, LASTS, WRITES = timedelta(hours=1), timedelta(hours=12), timedelta(days=4)
#: How long an address that was never confirmed is kept.
KEPT = timedelta(days=30)
Carry = Callable[[ClearedLink, str, datetime], None]


def area_of(name: str) -> AreaRow | None:
    """The area of that name, where it takes referrals without an account: its setting, off by default."""
    found = areas.by_name(name)
    return found if found and areas.settings_of(found).public_form else None


def ask(area_id: UUID, name: str, agency: str, email: str, computer: str, now: datetime) -> None:
    """Queues a link to an address. What is answered is the same whoever asks, known or not, refused or not;
    and so is how long it takes: who may be sent one is asked as it leaves (security.md A18).

    Raises TooManyAttempts where one computer asks too often. One address is sent few. What is typed of who
    they are is kept with the link: only who opens it changes what is kept of an address.
    """
    email = email.strip().lower()
    per_computer = f"public form:{area_id}:{computer}"
    _refuse(per_computer, PER_COMPUTER, now)
    with saved(), acting.whole_area(area_id):
        sessions.note_attempt(per_computer, now)
        told = name.strip(), agency.strip()
        referrer_id = store.named(area_id, email, *told, now)
        about = f"public_referrer/{referrer_id}"
        sent = sessions.attempts_since(_address(area_id, email), now - HOUR)
        if sent + store.on_their_way(referrer_id) >= PER_ADDRESS:
            audit.record(PUBLIC_FORM, area_id, "public_form.too_often", about, now)
        else:
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


def _address(area_id: UUID, email: str) -> str:
    """What links to one address are counted by."""
    return f"public form:{area_id}:{email}"


def _refused(letter: Letter, now: datetime) -> bool:
    """Where a link could reach a perpetrator, or whom one of their own referrals is about (Rulebook F3)."""
    with acting.whole_area(letter.area_id):
        why = public_recipients.ground(letter.area_id, letter.email)
        if why is None and referral_collisions.of_referrer(letter.referrer_id):
            why = Ground.COLLISION
        if why is not None:
            about = f"public_referrer/{letter.referrer_id}"
            audit.record(PUBLIC_FORM, letter.area_id, "public_form.refused", about, now, ground=why)
        return why is not None


def send_waiting(carry: Carry, clock: Callable[[], datetime]) -> int:
    """Sends every link that is due, one at a time. Its key is made as it leaves; only a digest is kept.

    What was asked for and is not sent uses up none of an address's links.
    """
    with saved():
        for letter_id, area_id in store.sweep(clock()):
            audit.record(PUBLIC_FORM, area_id, "message.failed", f"message/{letter_id}", clock())
    sent = 0
    while True:
        key = secrets.token_urlsafe(32)
        with saved():
            letter = store.claim(clock(), store.hashed(key))
        if letter is None:
            return sent
        with saved():
            cleared = None
            if not _refused(letter, clock()):
                cleared = mail.dispatch_link(letter.id, letter.area_id, letter.email, Stage.SEND, clock())
        state, why = State.REFUSED, "The door refused it."
        if cleared:
            state, why = _carried(carry, cleared, key, letter.attempt, clock())
        with saved():
            if store.settle(letter, state, why) and state is not State.WAITING:
                audit.record(PUBLIC_FORM, letter.area_id, f"message.{state}", f"message/{letter.id}", clock())
                if letter.asked and state is State.SENT:
                    sessions.note_attempt(_address(letter.area_id, letter.email), clock())
        sent += state is State.SENT


def _carried(carry: Carry, cleared: ClearedLink, key: str, attempt: int, now: datetime) -> tuple[State, str]:
    try:
        carry(cleared, key, now)
    except OSError as failure:
        fault = fault_of(failure)
        state = State.FAILED if fault is Fault.REFUSED else outbox.after_failure(attempt)
        return state, f"Could not be sent: {fault}."
    return State.SENT, ""


def link_of(area_id: UUID, key: str, now: datetime) -> str:
    """Whose referrals a link opens, for who may hold another's: an address, "" where it opens none."""
    with acting.whole_area(area_id):
        return store.link_of(area_id, key, now)


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
    if now - started > WRITES:
        return None
    awake = idle <= IDLE and now - started <= LASTS
    if awake and idle > timedelta(minutes=1):
        with saved(), acting.whole_area(area_id):
            store.seen(cookie, now)
    return Browser(referrer, awake)


def leave(area_id: UUID, cookie: str) -> None:
    """The browser opens nothing any more."""
    with saved(), acting.whole_area(area_id):
        store.end(cookie)


def forget(now: datetime) -> None:
    """Sessions that are over, and addresses of long ago that nobody confirmed; inside a transaction."""
    store.forget(now - WRITES, now - KEPT)
