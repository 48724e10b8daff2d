"""Destroying what two people decided to destroy: rows, copies, and a line in the ledger (Rulebook L1, L2).

Nothing of it is left but a certificate. After a restore the ledger's lines are carried out again.
"""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Table, select

from agenda.moves import Who
from agenda.rules import RuleBroken
from meetingsvc.config import Settings
from meetingsvc.models import AreaRow, Base, CaseRow, DestructionRow, ReviewRow, db
from meetingsvc.store import (
    acting,
    areas,
    audit,
    breach_walls,
    certificates,
    destroyed_cases,
    doomed,
    doomed_people,
    ledger,
    matching_keys,
    register_kept,
    residue,
    residue_chosen,
    retention,
    retention_case,
    wiped,
)
from meetingsvc.store.acting import Host
from meetingsvc.store.retention_case import KINDS
from meetingsvc.usecases import retention_steps
from meetingsvc.usecases.area_by_area import Unfinished
from meetingsvc.usecases.jobs import Trouble
from meetingsvc.usecases.restrictions import SERVICE
from meetingsvc.usecases.transaction import saved
from minutes import destruction
from minutes.destroyed import Kept
from minutes.destruction import Certificate, Entry, Kind, Record
from minutes.retention import Made, State, Step, destroyable, stops
from minutes.retention_case import Outcome

log = structlog.get_logger()
_NO_KEY = "There is no key to know again what is destroyed. Set MEETINGSVC_SECRET_KEY, or a key file."
_TABLES = {kind: [name for name, of in KINDS.items() if of is kind] for kind in KINDS.values()}
#: What a whole case's destruction finds again by itself: another case may have it by now.
_FOUND_AGAIN = frozenset({Kind.CASE, Kind.PERSON, Kind.INCIDENT, Kind.REFERRAL, Kind.MESSAGE})


def destroy_decided(settings: Settings, now: datetime) -> int:
    """Destroys what was decided, each decision in a transaction of its own; says how many.

    What is held, in use or changed since is not: its review is due again. Safe to run twice.
    """
    with saved(), acting.service():
        sound(settings)
        waiting = list(db.session.execute(select(ReviewRow.id, ReviewRow.area_id).where(
            ReviewRow.state == State.TO_DESTROY).order_by(ReviewRow.due_on, ReviewRow.id)))  # fmt: skip
    if waiting and not matching_keys.can_seal():
        raise Trouble(_NO_KEY)
    done = failed = 0
    for review_id, area_id in waiting:
        try:
            if failed:  # what it staged keeps its number from the next until it is put in, or forgotten
                settle(settings)
            done += _destroyed(settings, review_id, area_id, now)
        except Exception as failure:  # its words may name a person: only its kind is logged
            failed += 1
            log.error("destroying failed", area=str(area_id), kind=type(failure).__name__)
    _wipe(settings, now)
    if failed:
        raise Unfinished(f"{failed} decisions")
    return done


def _wipe(settings: Settings, now: datetime) -> None:
    """Takes what was destroyed out of the database's own files, and keeps how far that is done (Rulebook L2).

    Where it cannot be done no destruction since is complete: the first page, `doctor` and the page of timed
    work say so until it is (`wiped.waiting`). Every night tries again.
    """
    with saved(), acting.service():
        last, before = max(certificates.known(), default=0), wiped.up_to()
    if last <= before and db.engine.dialect.name != "sqlite":
        return
    with acting.service():  # SQLite's log may hold other rows that are gone: it is written back each night
        done = residue.wipe(settings.owner_url)
    if done and last > before:
        with saved(), acting.service():
            wiped.is_up_to(last, now)
    if not done and last > before:
        log.error("destruction not complete", certificates=last - before)


def sound(settings: Settings) -> None:
    """The ledger is as the certificates say, to the last. Raises Trouble."""
    known = certificates.known()
    try:
        ledger.settle(settings, max(known, default=0))
        wrong = destruction.problem(ledger.entries(settings), max(known, default=0))
    except (RuleBroken, OSError) as failure:
        raise Trouble(f"The ledger of destructions cannot be used: {failure}") from None
    if wrong:
        raise Trouble(wrong)


def _destroyed(settings: Settings, review_id: UUID, area_id: UUID, now: datetime) -> int:
    with saved(), acting.service():
        areas.hold(area_id)
        kept = retention.one(Host(area_id), review_id)
        if kept is None or kept.state is not State.TO_DESTROY:
            return 0
        *_, holds = retention.rules(area_id)
        whole = retention_case.read(area_id, kept.case_id, kept.review.due_on, holds, now)
        if whole is None or not destroyable(kept.review, whole.now):
            why = " ".join(stops(kept.review, whole.now)) if whole else "Nothing is known of it any more."
            retention_steps.lapse(kept, why, now)
            return 0
        done = kept.review.after(Made(Step.DESTROY, now, Who.SERVICE, SERVICE), whole.now)
        retention_steps.step(kept, done.steps[-1], None)
        _carry_out(settings, kept, whole.rows, now)
    settle(settings)
    return 1


def settle(settings: Settings) -> None:
    """Puts what was staged into the ledger, now that its certificate is issued, or forgets it."""
    with saved(), acting.service():
        ledger.settle(settings, max(certificates.known(), default=0))


def _carry_out(settings: Settings, kept: retention.Kept, rows: doomed.Rows, now: datetime) -> None:
    proposed = kept.review.proposed
    if proposed is None or proposed.proposal is None:
        raise ValueError("nothing is decided")
    proposal, decided = proposed.proposal, kept.review.steps[-1]
    if proposal.outcome is Outcome.KEEP_SOME:
        rows = doomed.hanging_on(_start(proposal.destroys))
    number = 1 + max(certificates.known(), default=0)
    certificate = Certificate(
        number, kept.case_id, proposal.outcome, (), kept.id, UUID(proposed.by), UUID(decided.by), decided.at,
        now, destruction.backups_gone_on(now, settings.backup_days),
    )  # fmt: skip
    issue(settings, certificate, kept.area_id, rows, now)


def issue(
    settings: Settings, certificate: Certificate, area_id: UUID, rows: doomed.Rows, now: datetime
) -> None:
    """Destroys under a certificate, and stages its line of the ledger (Rulebook L2)."""
    number, records = certificate.number, _records(rows)
    breach_walls.tell_destroyed(area_id, rows, SERVICE, now)
    issued, kept = destroy(certificate, area_id, rows)
    entry = Entry(number, certificate.case, records, now, area=area_id, certificate=issued, kept=kept)
    audit.record(SERVICE, area_id, "records.destroyed", f"destruction/{number}", now, rows=sum(
        count for _, count in issued.counts))  # fmt: skip
    ledger.stage(settings, entry)


def destroy(
    certificate: Certificate, area_id: UUID, rows: doomed.Rows, before: Kept | None = None
) -> tuple[Certificate, Kept]:
    """Takes the rows away, and what repeats them; answers the certificate as it is issued, and what it keeps.
    `before`: what it kept when it was issued, where that is done again."""
    case_id, whole = certificate.case, certificate.outcome is Outcome.DESTROY
    kept = destroyed_cases.kept_of(area_id, case_id, rows, before)
    number = certificate.case_number or destroyed_cases.number_of(case_id)
    certificate = replace(certificate, case_number=number)
    certificates.add(certificate, area_id, kept)
    cleared = residue.clear_copies(case_id)
    rows = doomed.hanging_on(doomed.joined(rows, residue.loose(area_id, case_id, rows, whole=whole)))
    doomed_people.uncount(area_id, [key[0] for key in rows.get(Base.metadata.tables["person"], ())])
    counted = Counter({Kind.PACK: cleared.packs, Kind.MINUTES: cleared.minutes})
    for table, keys in rows.items():
        counted[KINDS.get(table.name, Kind.OTHER)] += len(keys)
    counts = tuple((kind, counted[kind]) for kind in Kind if counted[kind])
    breach_walls.keep(area_id, rows)
    register = register_kept.lines(rows)
    forget = None if whole else residue_chosen.clear(area_id, case_id, rows)
    doomed.delete_all(rows)
    if forget:
        forget()
    found = db.session.get_one(DestructionRow, certificate.number)
    found.counts, found.under_way, found.register = [[*one] for one in counts], False, register
    db.session.flush()
    destroyed_cases.keep_from(case_id, kept)
    return replace(certificate, counts=counts), kept


def _records(rows: doomed.Rows) -> tuple[Record, ...]:
    found = ((KINDS[table.name], keys) for table, keys in rows.items() if table.name in KINDS)
    return tuple(sorted(Record(kind, str(key[0])) for kind, keys in found for key in keys))


def _start(ids: frozenset[str]) -> dict[Table, set[tuple[Any, ...]]]:
    """The rows of what a proposal or a line of the ledger names, as far as they are there."""
    found: dict[Table, set[tuple[Any, ...]]] = {}
    for said in ids:
        kind, _, key = said.rpartition(":")
        if key.isdigit():
            continue  # numbers are given out again: what has one is found through its case
        for name in _TABLES.get(Kind(kind), ()):
            table = Base.metadata.tables[name]
            column = next(iter(table.primary_key))
            if db.session.scalar(select(column).where(column == UUID(key))):
                found.setdefault(table, set()).add((UUID(key),))
    return found


def replay(settings: Settings, now: datetime) -> int:
    """Destroys again, in a database that came out of a backup, what was destroyed since (Rulebook L2).

    By the ledger, to the last line; says how many. Raises RuleBroken where the ledger is not whole: then the
    service stays closed. Safe to run twice.
    """
    with saved(), acting.service():
        known = certificates.known()
        told = ledger.entries(settings)
        if wrong := destruction.problem(told, max(known, default=0)):
            raise RuleBroken(f"{wrong} Put the ledger back that lies with the newest backups.")
        missing = destruction.to_replay(told, known)
        for entry in missing:
            _again(entry, now)
    if missing:
        settle(settings)
        _wipe(settings, now)
    return len(missing)


def _again(entry: Entry, now: datetime) -> None:
    certificate, area_id = entry.certificate, entry.area
    if certificate is None or area_id is None or db.session.get(AreaRow, area_id) is None:
        raise RuleBroken(f"Line {entry.number} of the ledger of destructions is of another service.")
    whole = certificate.outcome is Outcome.DESTROY
    again = [one for one in entry.records if not (whole and one.kind in _FOUND_AGAIN)]
    rows = doomed.hanging_on(_start(frozenset(retention_case.item_id(one.kind, one.id) for one in again)))
    if whole and db.session.get(CaseRow, entry.case) is not None:
        rows = doomed.joined(rows, doomed.of_case(area_id, entry.case).rows)
    destroy(certificate, area_id, rows, entry.kept)
    row = db.session.get_one(DestructionRow, entry.number)
    row.counts = [[kind, count] for kind, count in certificate.counts]  # as it was issued
    audit.record(SERVICE, area_id, "records.destroyed_again", f"destruction/{entry.number}", now)
