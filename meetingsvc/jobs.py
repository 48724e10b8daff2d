"""Timed work: what is done, and how often. Each job is also a command, and safe to run twice at once."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from flask import Flask

from meetingsvc import clock, mail
from meetingsvc.config import Settings
from meetingsvc.job_turns import Job, once, run, take_turn
from meetingsvc.mail import Cleared, ClearedLink
from meetingsvc.store import drafts, sessions, wiped
from meetingsvc.store import jobs as job_slots
from meetingsvc.store.outbox import Message
from meetingsvc.usecases import (
    action_reminders,
    agreements_chasing,
    backup_ends,
    backups,
    breach_notices,
    complaint_notices,
    confirmations_chasing,
    crime_chasing,
    destroying,
    digests,
    disagreement_notices,
    disclosure_files,
    disclosure_following,
    disclosure_notices,
    emergency_chasing,
    emergency_pack_making,
    exploitation_agendas,
    feed_messages,
    feedback_chasing,
    flags,
    halves,
    invitations,
    minutes_copies,
    named_case_held,
    named_cases,
    order_reminders,
    outbox,
    pack_recalls,
    packs,
    packs_chasing,
    public_referrers,
    reply_mailbox,
    research_chasing,
    retention,
    sharing_reviews,
    transfer_chasing,
    unattended,
    uploads,
)
from meetingsvc.usecases import carry_over as unpublished
from meetingsvc.usecases import jobs as slots
from meetingsvc.usecases.job_plans import Nightly
from meetingsvc.usecases.transaction import saved

__all__ = ["JOBS", "Job", "named", "run", "run_once", "take_turn"]


def send_outbox(settings: Settings) -> object:
    """Sends the notices that are due. Without a way out they wait, and `doctor` says so."""
    if mail.way_out(settings) is None:
        return "Mail is not set up"

    def carry(cleared: Cleared, message: Message, now: datetime) -> None:
        mail.send(cleared, message, settings, now)

    return outbox.send_waiting(carry, clock.now)


def send_links(settings: Settings) -> object:
    """Sends the links that people without an account asked for."""
    if mail.way_out(settings) is None:
        return "Mail is not set up"

    def carry(cleared: ClearedLink, key: str, now: datetime) -> None:
        mail.send_link(cleared, key, settings, now)

    return public_referrers.send_waiting(carry, clock.now)


def run_uploads(settings: Settings) -> object:
    """Takes in the files whose own process has died."""
    return uploads.run_waiting(settings, clock.now())


def expire_packs(settings: Settings) -> object:
    """Takes away the files of packs, minutes and releases whose time is over (Rulebook S3)."""
    now = clock.now()
    return packs.expire(now) + minutes_copies.expire(now) + disclosure_files.expire(now)


def make_offline_packs(settings: Settings) -> object:
    """Makes the offline packs of meetings that begin soon, and takes away those of days gone by (S3)."""
    now = clock.now()
    return emergency_pack_making.expire(now) + emergency_pack_making.make_due(now)


def remind_of_recalls(settings: Settings) -> object:
    """Reminds people to destroy copies of packs that were called back (Rulebook S3)."""
    return pack_recalls.remind(clock.now())


def carry_over(settings: Settings) -> object:
    """Takes cases that a MARAC left unheard to the next one (Rulebook M1)."""
    return unpublished.carry_over(clock.now())


def hear_children(settings: Settings) -> object:
    """Puts children whose review is due, or who were left undecided, on the next agenda (Rulebook E1)."""
    return exploitation_agendas.compile_all(clock.now())


def tell_unattended(settings: Settings) -> object:
    """Tells information governance of cases that nobody who runs meetings may open (Rulebook M6)."""
    return unattended.tell(clock.now())


def remind_of_orders(settings: Settings) -> object:
    """Reminds the coordinators, or else the chairs, of protection orders that end soon (Rulebook T10)."""
    return order_reminders.remind(clock.now())


def chase_transfers(settings: Settings) -> object:
    """Tells coordinators of transfers that another area has not answered in time (Rulebook M5)."""
    return transfer_chasing.chase(clock.now())


def chase_research(settings: Settings) -> object:
    """Asks agencies for their research, and chases what has not come (Rulebook D1, M2)."""
    return research_chasing.chase(clock.now())


def chase_confirmations(settings: Settings) -> object:
    """Reminds agencies of update-only cases that they have not answered (Rulebook C3)."""
    return confirmations_chasing.chase(clock.now())


def remind_of_emergencies(settings: Settings) -> object:
    """Reminds of emergency MARACs that wait for the chair (Rulebook M4)."""
    return emergency_chasing.remind(clock.now())


def follow_flags(settings: Settings) -> object:
    """Ends flags whose time is over, asks for new ones, and tells the agencies (Rulebook G1)."""
    return flags.follow_all(clock.now())


def remind_of_actions(settings: Settings) -> object:
    """Reminds owners of actions that are due soon, or overdue (Rulebook A2)."""
    return action_reminders.remind(clock.now())


def chase_packs(settings: Settings) -> object:
    """Reminds agencies of packs that nobody of theirs has fetched (Rulebook S3)."""
    return packs_chasing.chase(clock.now())


def remind_of_feedback(settings: Settings) -> object:
    """Reminds of what is to be done after a meeting: of victims to tell those who are named (Rulebook F1), of
    disclosed crimes their police. One that fails keeps nobody waiting for the other."""
    now = clock.now()
    try:
        told = crime_chasing.chase(now)
    finally:
        reminded = feedback_chasing.remind(now)
    return told + reminded


def invite_who_joined(settings: Settings) -> object:
    """Invites whoever attends since others were asked to a MARAC that is still to sit (Rulebook M4)."""
    return invitations.invite_who_joined(clock.now())


def read_replies(settings: Settings) -> object:
    """Reads the answers to invitations that came by e-mail (Rulebook M4)."""
    return reply_mailbox.read(settings, clock.now())


def tell_of_disclosures(settings: Settings) -> object:
    """Tells chairs of disclosures that the daily meeting is to decide, or that they confirm (Rulebook C4)."""
    return disclosure_notices.tell(clock.now())


def follow_requests(settings: Settings) -> object:
    """Puts third parties' requests on, asks again what has changed, and tells who is waited for (X2, X3)."""
    return disclosure_following.follow_all(clock.now())


def chase_agreements(settings: Settings) -> object:
    """Ends agencies' parts in named cases whose days are over, and asks them what became of what they heard;
    tells information governance what falls due (Rulebook V1). One that fails stops no other."""
    now = clock.now()
    try:
        over = named_cases.lapse(now)
    finally:
        try:
            asked = named_case_held.chase(now)
        finally:
            told = agreements_chasing.chase(now)
    return over + asked + told


def chase_breaches(settings: Settings) -> object:
    """Tells information governance of breaches whose clocks end soon, or are over (Rulebook V3)."""
    return breach_notices.chase(clock.now())


def chase_complaints(settings: Settings) -> object:
    """Tells chairs and information governance of complaints whose clocks are over (Rulebook V2)."""
    return complaint_notices.chase(clock.now())


def chase_disagreements(settings: Settings) -> object:
    """Tells agencies of disagreements whose step is late (Rulebook V4, W2)."""
    return disagreement_notices.chase(clock.now())


def make_digests(settings: Settings) -> object:
    """Makes the one message a day of those who chose it (Rulebook S2)."""
    return digests.make(clock.now())


def review_records(settings: Settings) -> object:
    """Makes the yearly reviews of records that fall due, and asks agencies what they hold (L1, L3)."""
    return retention.fall_due(clock.now())


def destroy_records(settings: Settings) -> object:
    """Destroys what two people decided to destroy, and that nothing holds (Rulebook L1, L2).

    Backups that were to be gone by the day before go here too: the night's backup may never have come to it.
    """
    now = clock.now()
    try:
        try:
            alone = sharing_reviews.destroy_agreed(settings, now)
        finally:
            done = destroying.destroy_decided(settings, now)
    finally:
        gone = backup_ends.expire(settings, now - timedelta(days=1))
    if backup_ends.none_left(settings) and (gone or job_slots.tried("back-up", now)):
        raise slots.Trouble(backup_ends.NONE_LEFT)
    if waiting := wiped.waiting():
        raise slots.Trouble(f"Not complete: {waiting}. {wiped.MEND}")
    return alone + done


def back_up(settings: Settings) -> object:
    """Makes an encrypted backup of the database, reads it again, and forgets old ones (security.md D8)."""
    return f"Made {backups.back_up(settings, clock.now()).name}"


def forget(settings: Settings) -> object:
    """Forgets drafts, halves of passwords, answers to machines, old sessions and attempts to sign in.

    A session that is over opens nothing, but says for whom to keep what is sent in it: it stays as long.
    """
    now = clock.now()
    with saved():
        drafts.forget(now)
        halves.forget(now)
        feed_messages.forget(now)
        public_referrers.forget(now)
        sessions.forget_attempts(now - timedelta(days=1))
        slots.end_here(now)
        return sessions.end_older_than(now - 2 * timedelta(hours=settings.session_hours))


#: Of jobs that two may be at: so long a worker that died keeps the others from going on.
SHORT = timedelta(minutes=1)

JOBS: tuple[Job, ...] = (
    Job("send-outbox", timedelta(seconds=20), send_outbox, own_claims=True, lease=SHORT),
    Job("send-links", timedelta(seconds=20), send_links, own_claims=True, lease=SHORT),
    Job("run-uploads", timedelta(seconds=15), run_uploads, own_claims=True, lease=SHORT),
    Job("expire-packs", timedelta(minutes=15), expire_packs),
    Job("make-offline-packs", timedelta(minutes=5), make_offline_packs),
    Job("remind-of-recalls", timedelta(hours=1), remind_of_recalls),
    Job("carry-over", timedelta(minutes=10), carry_over),
    Job("hear-children", timedelta(minutes=15), hear_children),
    Job("tell-unattended", Nightly(time(7, 0)), tell_unattended),
    Job("remind-of-orders", timedelta(hours=1), remind_of_orders),
    Job("chase-research", timedelta(minutes=5), chase_research),
    Job("chase-confirmations", timedelta(hours=1), chase_confirmations),
    Job("remind-of-emergencies", timedelta(minutes=5), remind_of_emergencies),
    Job("follow-flags", Nightly(time(2, 15)), follow_flags),
    Job("remind-of-actions", timedelta(hours=1), remind_of_actions),
    Job("chase-packs", timedelta(hours=1), chase_packs),
    Job("remind-of-feedback", timedelta(hours=1), remind_of_feedback),
    Job("tell-of-disclosures", timedelta(minutes=15), tell_of_disclosures),
    Job("follow-requests", timedelta(minutes=15), follow_requests),
    Job("chase-transfers", timedelta(hours=1), chase_transfers),
    Job("chase-agreements", Nightly(time(2, 45)), chase_agreements),
    Job("chase-breaches", timedelta(minutes=15), chase_breaches),
    Job("chase-complaints", timedelta(hours=1), chase_complaints),
    Job("chase-disagreements", timedelta(hours=1), chase_disagreements),
    Job("invite-who-joined", timedelta(hours=1), invite_who_joined),
    Job("read-replies", timedelta(minutes=5), read_replies),
    Job("make-digests", timedelta(minutes=5), make_digests),
    Job("review-records", Nightly(time(2, 20)), review_records, lease=timedelta(minutes=30)),
    Job("destroy-records", Nightly(time(2, 40)), destroy_records, lease=timedelta(minutes=30)),
    Job("back-up", Nightly(time(3, 0)), back_up, lease=timedelta(hours=1)),
    Job("forget", timedelta(hours=1), forget),
)


def named(name: str) -> Job | None:
    """The job of that name."""
    return next((job for job in JOBS if job.name == name), None)


def run_once(app: Flask, settings: Settings, jobs: Iterable[Job] = JOBS) -> bool:
    """Does every job once, also one whose slot is done; False where one failed.

    What another worker is at is left to it, but for jobs that claim each thing they do.
    """
    return all([once(app, settings, job) for job in jobs])
