"""Today: what waits for the person who signed in. Each line leads to the work."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, render_template, request

from agenda import calendar
from meetingsvc import clock, holidays
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import (
    account_news,
    acting,
    agreements,
    alarms,
    areas,
    corrections,
    feed_tokens,
    feedback_lists,
    feedback_undecided,
    flags,
    home,
    marac_long_waits,
    marac_owed,
    nameable,
    openings,
    outbox_page,
    pack_editions,
    packs,
    refusals,
    restrictions,
    sharing,
    walls,
)
from meetingsvc.store import actions as store_actions
from meetingsvc.store import named_case_held as store_held
from meetingsvc.usecases import alarms as alarms_usecase
from meetingsvc.usecases import complaint_notices, list_panels, named_case_held, named_cases, proposals
from meetingsvc.web import (
    disclosure_parts,
    emergency_packs_parts,
    episode_lines,
    exploitation_panels,
    home_decisions,
    home_governance,
    home_mine,
    home_schemes,
    matching_parts,
    meeting_record_parts,
    minutes_parts,
    referral_lines,
    retention_parts,
    transfer_parts,
)
from meetingsvc.web.guard import needs, principal

bp = Blueprint("home", __name__)

_LATELY = timedelta(days=14)


@bp.get("/still-here")
@needs(Permission.HOME_READ)
def still_here() -> tuple[str, int]:
    """Somebody is typing: their session goes on, to its absolute limit. It shows nothing.

    A page that slept says whose it is, and stays hidden where somebody else has signed in since.
    """
    whose = request.args.get("page_of", "")
    return "", 204 if whose in ("", str(principal().account_id)) else 409


@bp.get("/")
@needs(Permission.HOME_READ)
def show() -> str:
    """The day's list, the next MARAC, and what is overdue."""
    who, now, today = principal(), clock.now(), clock.today()
    area = areas.by_id(who.area_id)
    settings = areas.settings_of(area)
    list_day = calendar.working_day_from(today, calendar.days_off(settings, holidays.known()))
    return render_template(
        "home/home.html",
        refusals=refusals.unseen(who) if who.may(Permission.REFUSAL_READ) else 0,
        undelivered=outbox_page.for_a_person(who) if who.may(Permission.OUTBOX_MANAGE) else 0,
        need_to_know=_need_to_know(who),
        decisions=len(proposals.waiting_for(who, now)) if who.may(Permission.ACCOUNT_CONFIRM) else 0,
        chased=agreements.chased(who, today),
        alarms=alarms.count_open(who),
        sent_again=alarms_usecase.sent_again(who, now),
        made=account_news.made_lately(who, now),
        disabled=account_news.disabled_lately(who, now),
        tokens=feed_tokens.made_lately(who, now),
        corrected=len(corrections.unread(who)) if who.may(Permission.ITEM_OWN) else 0,
        asked_to_correct=len(corrections.asked_of(who)) if who.may(Permission.ITEM_OWN) else 0,
        mine=home_mine.mine(who, now),
        referrals=referral_lines.on_home(who),
        episodes=episode_lines.on_home(who, now),
        two_people=home_decisions.of(who, now),
        matches=matching_parts.on_home(who, now),
        records=meeting_record_parts.on_home(who, today),
        minutes_due=minutes_parts.on_home(who, today),
        schemes=home_schemes.of(who, now),
        requests_waiting=disclosure_parts.on_home(who, now),
        reviews=retention_parts.on_home(who, today, now),
        governance=home_governance.of(who, now),
        unheard=complaint_notices.nobodys(who, now),
        sharing=sharing.count_open(who),
        parts=named_cases.own(who, now) if who.is_guest else [],
        to_confirm=named_case_held.own(who, now) if who.is_guest else [],
        not_confirmed=store_held.outstanding(who, today),
        today=today,
        list_day=max(list_day, area.lists_from),
        daily=home.daily_meeting(who, list_day) if who.may(Permission.LIST_READ) else None,
        never_closed=home.open_daily_meetings(who, list_day) if who.may(Permission.LIST_CLOSE) else [],
        children=exploitation_panels.on_home(who, now),
        unbuilt=list_panels.unbuilt(area, now) if who.may(Permission.LIST_BUILD) else [],
        closed_early=home.closed_without_outcome(who) if who.may(Permission.LIST_BUILD) else [],
        heard=home.heard_without_outcome(who) if who.may(Permission.OUTCOME_RECORD) else [],
        kept_off=home.not_referred(who, now - _LATELY) if who.may(Permission.OUTCOME_STAND_IN) else [],
        twice=len(store_actions.twice_not_done(who)) if who.may(Permission.ACTION_ESCALATED) else 0,
        waiting=home.unconsidered(who, area.first_window_start) if who.may(Permission.LIST_BUILD) else 0,
        rejected=home.rejected_rows(who),
        many_rejected=home.MANY,
        marac=home.next_marac(who, today) if who.may(Permission.AGENDA_READ) else None,
        agendas_owed=marac_owed.owed(who, today) if who.may(Permission.AGENDA_EDIT) else {},
        called=home.emergencies(who, today) if who.may(Permission.AGENDA_READ) else [],
        not_on_an_agenda=home.not_on_an_agenda(who, today),
        long_waits=len(marac_long_waits.long_waits(who, today)) if who.may(Permission.AGENDA_EDIT) else 0,
        lists_to_publish=home.lists_to_publish(who, today),
        actions=home.actions(who, today) if who.may(Permission.ACTION_UPDATE) else None,
        transfers=transfer_parts.on_home(who, now),
        telling=feedback_lists.counts(who, today),
        untold=len(feedback_undecided.undecided(who)),
        flags_to_do=flags.count_to_do(who),
        offline=emergency_packs_parts.on_home(who, now),
        to_destroy=_to_destroy(who),
        recalled=pack_editions.destroying(who) if who.may(Permission.PACK_REGISTER) else [],
        packs=packs.not_fetched(who, now) if who.may(Permission.PACK_FETCH) else 0,
    )


def _to_destroy(who: Principal) -> int:
    """Copies that one still has to destroy oneself (Rulebook S3)."""
    asked = pack_editions.asked_of(who) if who.may(Permission.PACK_FETCH) else []
    return sum(not one.destroyed for one in asked)


def _need_to_know(who: Principal) -> dict[str, int]:
    """Who may open which case: what waits to be decided, looked at and reviewed (Rulebook M6)."""
    runs, reviews = who.may(Permission.RESTRICTION_DECIDE), who.may(Permission.GLASS_REVIEW)
    with acting.whole_area(who.area_id):
        governs = who.may(Permission.TICKET_ASK)
        nobody = _unattended(who) if governs else []
        on_one = nameable.depend_on_one(who.area_id, clock.today(), who.account_id) if governs else 0
        of_late = _restricted_of_late(who) if reviews else 0
    return {
        "restrictions": restrictions.count_to_decide(who) if runs else 0,
        "walls": walls.count_to_look_at(who) if runs else 0,
        "openings": openings.count_waiting(who) if reviews else 0,
        "unattended": len(nobody),
        "on_one": on_one,
        "restricted": of_late,
    }


def _restricted_of_late(who: Principal) -> int:
    return nameable.restricted_since(who.area_id, clock.now() - timedelta(days=7), who.account_id)


def _unattended(who: Principal) -> list[tuple[UUID, str]]:
    return nameable.unattended(who.area_id, clock.today(), who.account_id)
