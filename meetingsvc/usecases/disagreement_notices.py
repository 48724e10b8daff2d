"""Telling agencies that a disagreement waits for them, by notices without content (Rulebook V4)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from agenda.calendar import local_day
from agenda.disagreement import RECORDS
from agenda.disagreement_days import BY_PANEL
from agenda.meetings import MeetingKind
from agenda.moves import Who
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting, audit, nameable, notice_times, unattended
from meetingsvc.store import disagreements as store
from meetingsvc.store.acting import Host
from meetingsvc.store.disagreements import Kept
from meetingsvc.usecases import notices
from meetingsvc.usecases.area_by_area import WORKER, in_turn
from notifications.messages import Notice

NOTICE = Notice.DISAGREEMENT


def tell(who: Principal, disagreement_id: UUID, agencies: Collection[UUID], now: datetime) -> set[UUID]:
    """Tells everybody of these agencies who may open it, but for who has just done something; answers those
    of which nobody is told."""
    told = set[UUID]()
    for one in _people(who.area_id, agencies, now):
        kept = _opened(one, disagreement_id)
        if one.account_id != who.account_id and kept is not None:
            with acting.whole_area(who.area_id):
                _put(one, kept, now)
            told.add(one.agency_id)
    return set(agencies) - told


def missing(kept: Kept, area_id: UUID, now: datetime) -> frozenset[Who]:
    """In whose names nobody can act: of the agency that raised it nobody is there who may open it, or nobody
    else than who raised it, so no manager (Rulebook V4)."""
    if not kept.waits or kept.kind in BY_PANEL:
        return frozenset()
    able = {one.account_id for one in _people(area_id, {kept.agency_id}, now) if _opened(one, kept.id)}
    if not able:
        return frozenset({Who.RAISER, Who.MANAGER})
    return frozenset() if able - {kept.raised_by} else frozenset({Who.MANAGER})


def tell_runners(who: Principal, disagreement_id: UUID, now: datetime) -> None:
    """Tells who runs the meetings where the step it is at now waits for whom its agency has nobody; the
    chairs where it has come to the last, at which they record what the partnership determines."""
    kept = _opened(who, disagreement_id)
    if kept is None:
        return
    still = _stands_still(kept, who.area_id, now)
    for one in _running_meetings(who.area_id, now) if still else _determine(kept, who.area_id, now):
        if one.account_id != who.account_id and _opened(one, kept.id):
            with acting.whole_area(who.area_id):
                _put(one, kept, now)


def chase(now: datetime) -> int:
    """Tells the agency that raised it, and who runs the meetings where the next step is theirs, once, that
    the time of a step is over. Safe to run twice."""
    return in_turn("chasing disagreements", unattended.area_ids(), lambda area_id: _chase(area_id, now))


def _chase(area_id: UUID, now: datetime) -> int:
    late = [one for one in store.waiting(Host(area_id)) if any(clock.due < now for clock in one.running)]
    done, told = notice_times.told(area_id, NOTICE, [one.id for one in late]), 0
    for one in late:
        stage = f"late {one.told.stage[:14]}"
        for who in [*_people(area_id, {one.agency_id}, now), *_runners(one, area_id, now)]:
            if (one.id, stage, who.account_id) not in done and _opened(who, one.id):
                _put(who, one, now)
                notice_times.keep_told(area_id, NOTICE, one.id, stage, who.account_id, now)
                told += 1
    if told:
        audit.record(WORKER, area_id, "disagreements.chased", f"area/{area_id}", now, notices=told)
    return told


def _people(area_id: UUID, agencies: Collection[UUID], now: datetime) -> list[Principal]:
    with acting.whole_area(area_id):
        ids = [key for agency_id in sorted(agencies) for key, _ in accounts.attending(agency_id)]
        found = [accounts.principal(account_id, now) for account_id in ids]
    return [one for one in found if one is not None]


def _runners(one: Kept, area_id: UUID, now: datetime) -> list[Principal]:
    """Who runs the meetings, where the step that is late is theirs to take; the chairs at the last."""
    rung = one.told.ladder.rung(one.told.stage)
    theirs = one.kind in BY_PANEL or bool(rung and rung.up & RECORDS)
    if theirs or _stands_still(one, area_id, now):
        return _running_meetings(area_id, now)
    return _determine(one, area_id, now)


def _determine(one: Kept, area_id: UUID, now: datetime) -> list[Principal]:
    """Who records what is determined at the last step: chairs of neither side who may open it. Where there is
    none, everybody who runs the meetings: one has to be found (Rulebook V4, practice)."""
    if not one.told.waits_for_chair:
        return []
    run, sides = _running_meetings(area_id, now), {one.agency_id, *one.against}
    able = [who for who in run
            if who.role is Role.CHAIR and who.agency_id not in sides and _opened(who, one.id)]  # fmt: skip
    return able or run


def _stands_still(one: Kept, area_id: UUID, now: datetime) -> bool:
    return replace(one.told, missing=missing(one, area_id, now)).waits_for_nobody


def _running_meetings(area_id: UUID, now: datetime) -> list[Principal]:
    with acting.whole_area(area_id):
        run = nameable.who_run(area_id, local_day(now))
        found = [accounts.principal(someone.id, now) for someone in run]
    return [who for who in found if who is not None]


def _opened(who: Principal, disagreement_id: UUID) -> Kept | None:
    with acting.acting(who):
        return store.one(who, disagreement_id)


def _put(who: Principal, kept: Kept, now: datetime) -> None:
    values = {"panel": MeetingKind.DRAMM.value, "sits_on": local_day(now).isoformat(),
              "path": f"/disagreements/{kept.id}"}  # fmt: skip
    about = [kept.row.case_id] if kept.row.case_id else []
    notices.put(who.area_id, who.account_id, NOTICE, values, now, about=about)
