"""Recording what the victim said about sharing; a change of consent triages again (K1 to K3, T13)."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from agenda.calendar import add_months, local_day
from agenda.incidents import Incident, Risk
from agenda.referral_consent import Consent
from agenda.referral_consent import consents as stated
from agenda.referral_entry import EntryKind
from agenda.rules import RuleBroken
from meetingsvc.models import ConsentIncidentRow, ConsentRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, case_incidents, case_page, consents, incidents
from meetingsvc.usecases import entries
from meetingsvc.usecases.restrictions import refuse_hidden, refuse_reading_only
from meetingsvc.usecases.transaction import saved_by


def record(principal: Principal, case_id: UUID, told: Consent, source: str, now: datetime) -> UUID:
    """Adds a line to the history of an open case (Rulebook K1); nothing recorded before is changed."""
    with saved_by(principal, Permission.ITEM_OWN, now) as who:
        areas.hold(who.area_id)
        refuse_hidden(who, case_id)
        refuse_reading_only(who, case_id)
        row_id = keep(who, case_id, told, source, now)
        audit.record(who.account_id, who.area_id, "consent.recorded", f"case/{case_id}", now, consent=row_id)
        return row_id


def keep(who: Principal | acting.Host, case_id: UUID, told: Consent, source: str, now: datetime) -> UUID:
    """The same inside the caller's transaction, which holds the area and writes the audit line.

    `who` is the service for its area where no account told it: the author then names their agency too, and
    the line is marked as not checked, and triages nothing (T7).
    """
    if not (told.recorded_by.strip() and source.strip()):
        raise RuleBroken("Say who was told, and how they know.")
    if told.on > local_day(now):
        raise RuleBroken("The day on which the victim was asked must be today or in the past.")
    row, sharing = ConsentRow(id=uuid4(), area_id=who.area_id, case_id=case_id), told.sharing
    row.answer, row.said_on, row.limits = told.answer, told.on, told.limits
    row.grounds = consents.joined(told.grounds)
    if sharing:
        row.what, row.why, row.authorised_by, row.receives = (
            sharing.what, consents.joined(sharing.why), sharing.authorised_by, sharing.receives
        )  # fmt: skip
    if isinstance(who, Principal):
        row.agency_id, row.recorded_by = who.agency_id, who.account_id
    row.author, row.recorded_at, row.source = told.recorded_by.strip(), now, source.strip()
    db.session.add(row)
    db.session.flush()
    with acting.whole_area(who.area_id):
        _triage_again(who.area_id, case_id, row.id, row.recorded_by, now)
    return row.id


def _triage_again(area_id: UUID, case_id: UUID, row_id: UUID, by: UUID | None, now: datetime) -> None:
    """Consent that stands now is said of every medium-risk incident of the case that a repeat could look back
    on: each that says otherwise becomes a new version, which the next list considers (Rulebook T4, T13, K1).

    It only ever adds consent: a refusal or a withdrawal is recorded and shown, and takes nothing off a list.
    """
    host = acting.Host(area_id)
    now_stands, case = consents.standing(host, case_id), case_page.case(host, case_id)
    if now_stands is None or not stated([now_stands]) or case is None:
        return
    since = add_months(local_day(now), -areas.settings_of(areas.by_id(area_id)).repeat_months)
    keys = [one.id for one in case_incidents.incidents_on(host, case)]
    found = consents.of_incidents(keys, since, Risk.MEDIUM)
    told = incidents.contents(found)
    changed: dict[EntryKind, list[Incident]] = defaultdict(list)
    for key, (kind, before) in found.items():
        number = told[key].occurrence_number
        db.session.add(ConsentIncidentRow(consent_id=row_id, area_id=area_id, occurrence_number=number))
        if not before:
            changed[EntryKind(kind)].append(replace(told[key], consents=True))
    for kind, several in changed.items():
        entries.take(area_id, several, kind, by, now)
