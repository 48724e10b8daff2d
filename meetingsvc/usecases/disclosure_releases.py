"""A release: built anew, released by a second person, taken away, and gone again (Rulebook X6, X2, F3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

from agenda import pdf
from agenda.calendar import local_day, to_utc
from agenda.rules import RuleBroken
from meetingsvc import mail
from meetingsvc import packs as files
from meetingsvc.models import DisclosureReleaseRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, disclosure_items, disclosure_people
from meetingsvc.store import disclosure_releases as store
from meetingsvc.store import disclosures as requests
from meetingsvc.store.acting import Host
from meetingsvc.store.disclosure_decided import decision_of
from meetingsvc.store.disclosures import Kept
from meetingsvc.usecases import disclosure_following
from meetingsvc.usecases.disclosure_checking import Against, against, kept_from, refuse_unseen
from meetingsvc.usecases.disclosure_files import asked_by, thing_for
from meetingsvc.usecases.disclosure_recipients import refuse, refuse_known
from meetingsvc.usecases.disclosure_refusing import told_of
from meetingsvc.usecases.disclosures import held, made, noted, step_by, whole, write
from meetingsvc.usecases.rehearsal_marking import marked
from meetingsvc.usecases.transaction import saved_by
from minutes import release_words
from minutes.disclosure import Step
from minutes.disclosure_decision import Decision
from minutes.disclosure_items import Answer, Item
from minutes.disclosure_others import Left, Listed
from minutes.minutes import copy_expires_on
from minutes.redaction import Redaction
from minutes.release import Piece, Recipient, Release, built, pieces_of, released, still_told
from notifications.outgoing import Stage

NOT_DECIDED = "No decision of the chair to release anything stands."
Redactions = Mapping[UUID, Sequence[Redaction]]


@dataclass(frozen=True, slots=True)
class Made:
    """What was released, and its passphrase: shown once, kept nowhere."""

    id: UUID
    number: int
    recipient: str
    passphrase: str
    last_day: date


@dataclass(frozen=True, slots=True)
class Looked:
    """What would be released, and what each piece still tells of somebody else: who and what, by item."""

    pieces: tuple[Piece, ...]
    left: Mapping[UUID, frozenset[Left]]
    names: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class _Ground:
    """Everything a release is built from."""

    kept: Kept
    decision: Decision
    items: tuple[Item, ...]
    answers: tuple[Answer, ...]
    people: tuple[Listed, ...]

    def built(self, there: Against, redactions: Redactions, purpose: str) -> Release:
        """Built anew from that; raises RuleBroken where anything in it may not leave, as far as one knows."""
        return built(self.kept.request, self.decision, self.items, self.answers, self.people, redactions,
                     kept_from(self.kept, there), purpose)  # fmt: skip


def _ground(kept: Kept) -> _Ground:
    kept = whole(kept)
    decision = decision_of(kept)
    if decision is None:
        raise RuleBroken(NOT_DECIDED)
    area_id = kept.row.area_id
    with acting.whole_area(area_id):
        people = disclosure_people.listed(area_id, kept.case_id, kept.told.about)
        items = disclosure_items.held(area_id, kept.case_id)
        answers = requests.answers(Host(area_id), kept.id)
    return _Ground(kept, decision, items, tuple(answers), tuple(people))


def look(kept: Kept, redactions: Redactions) -> Looked:
    """What would be released with these passages left out, for the page of who prepares it (X6)."""
    ground = _ground(kept)
    pieces = pieces_of(ground.decision, ground.items, ground.answers, redactions)
    names = {one.id: f"{one.known[0].forename} {one.known[0].surname}".strip() for one in ground.people}
    return Looked(pieces, still_told(pieces, ground.people), names)


def prepare(
    principal: Principal, request_id: UUID, redactions: Redactions, recipient: str, purpose: str,
    now: datetime,
) -> None:  # fmt: skip
    """Builds the release, so that a second person can look at it and release it; nothing leaves (X6)."""
    built_for = told_of(principal, Stage.BUILD, now)
    with built_for, saved_by(principal, Permission.DISCLOSURE_RELEASE, now) as who:
        kept = held(who, request_id)
        there = refuse(who, kept, recipient, who.account_id)
        release = _ground(kept).built(there, redactions, purpose)
        if not recipient.strip() or len(recipient) > 200 or not purpose.strip() or len(purpose) > 2_000:
            raise RuleBroken("Say who receives it, and for what purpose.")
        made(who, kept, Step.PREPARE, "", now)
        before = store.rows(who, request_id)
        with acting.whole_area(who.area_id):
            db.session.add(
                DisclosureReleaseRow(
                    id=uuid4(), area_id=who.area_id, request_id=kept.id, number=len(before) + 1,
                    recipient=recipient.strip(), purpose=purpose.strip(), prepared_by=who.account_id,
                    prepared_at=now, digest=release.digest, redactions=_kept(redactions), pieces=[],
                    departs=[], order="", fetches=0,
                )
            )  # fmt: skip
            db.session.flush()
        disclosure_following.follow(who.area_id, kept.id, now)


def _kept(redactions: Redactions) -> dict[str, list[list[str]]]:
    return {str(item): [[one.passage, one.instead] for one in told] for item, told in redactions.items()}


def redactions_of(row: DisclosureReleaseRow) -> dict[UUID, tuple[Redaction, ...]]:
    """What who prepared it left out."""
    return {
        UUID(item): tuple(Redaction(passage, instead) for passage, instead in told)
        for item, told in row.redactions.items()
    }


def prepared(who: Principal, kept: Kept, there: Against) -> tuple[DisclosureReleaseRow, Release]:
    """What waits for a second person, built anew as it is at this moment; raises RuleBroken where it may not
    leave, as far as they know (X6)."""
    row = next(iter(store.rows(who, kept.id)), None)
    if row is None or row.released_at is not None:
        raise RuleBroken("Nothing that is built waits to be released.")
    refuse_known(kept, there, row.recipient, row.prepared_by)
    return row, _ground(kept).built(there, redactions_of(row), row.purpose)


def seen_of(row: DisclosureReleaseRow) -> str:
    """What a second person looked at: which one, so its recipient and purpose too, and what is in it."""
    return f"{row.id}.{row.digest}"


def release(principal: Principal, request_id: UUID, seen: str, now: datetime) -> Made:
    """A second person releases what they looked at (`seen_of`), signed; it is built again at this
    moment, and does not leave where that is not the same to the letter (Rulebook X6; security.md B).

    To be called only where a second factor was asked for (`needs(…, step_up=True)`).
    """
    with told_of(principal, Stage.BUILD, now), asked_by(principal, now) as who:
        kept = held(who, request_id)
        there = against(who, kept)
        row, again = prepared(who, kept, there)
        refuse_unseen(kept, there, row.recipient)
        if seen != seen_of(row):
            raise RuleBroken("What was prepared has changed since you looked at it. Look at it again.")
        ground = _ground(kept)
        to = Recipient(row.recipient, row.purpose, row.id)
        one = step_by(who, Step.RELEASE, "", now, signed=True)
        _, told = released(kept.request, one, ground.decision, again, row.digest, to)
        cleared = mail.dispatch(thing_for(who, kept), Stage.BUILD, now)
        if cleared:
            write(kept, one, {"release": str(row.id)})
            phrase, last_day = files.passphrase(), _last_day(who, now)
            with acting.whole_area(who.area_id):
                row.released_at, row.released_by = now, who.account_id
                row.decided_by, row.order = told.decided_by, told.order
                row.pieces = [[str(item), version] for item, version in told.pieces]
                row.departs = [[str(agency or ""), str(item), how] for agency, item, how in told.departs]
                row.expires_at = to_utc(datetime.combine(last_day + timedelta(days=1), time.min))
                row.content = _drawn(who, kept, row, again, phrase, now)
                kept.row.ended_at = now
                db.session.flush()
            noted(who, kept, "disclosure.released", now, release=row.id)
            done = Made(row.id, row.number, row.recipient, phrase, last_day)
    if not cleared:
        raise RuleBroken("This may not reach you, so somebody else releases it. Nothing left.")
    return done


def _last_day(who: Principal, now: datetime) -> date:
    return copy_expires_on(local_day(now), areas.settings_of(areas.by_id(who.area_id)).pack_days)


def _drawn(
    who: Principal, kept: Kept, row: DisclosureReleaseRow, again: Release, phrase: str, now: datetime
) -> bytes:
    """Put into words, and only then drawn: what is left out was never in the file (security.md A2)."""
    to = Recipient(row.recipient, row.purpose, row.id)
    about = release_words.About(who.area_title, kept.reference, kept.kind.label, to, local_day(now))
    named = disclosure_items.names_of([piece.agency for piece in again.pieces if piece.agency])
    words = marked(release_words.worded(again, about, named), who)
    stamp = files.Stamp(row.recipient, kept.told.organisation or kept.reference, row.number, now, row.id)
    base = pdf.draw_worded(words, release_words.TITLE, files.typeface())
    return files.stamp(base, stamp, phrase, files.typeface())
