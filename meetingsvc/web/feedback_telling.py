"""Telling the victim, as a part of the outcome form (Rulebook F1, F2)."""

from collections.abc import Sequence
from uuid import UUID

from werkzeug.datastructures import MultiDict

from agenda.agencies import Agency, AgencyKind
from agenda.meetings import MeetingKind
from meetingsvc import clock
from meetingsvc.permissions import Principal
from meetingsvc.store import feedback, feedback_named
from meetingsvc.web.feedback_forms import TellingForm
from minutes.feedback import MayTell
from minutes.worksheet import Worksheet


def of(
    who: Principal, sheet: Worksheet, agencies: Sequence[Agency], sent: MultiDict[str, str] | None
) -> TellingForm:
    """Filled in by default, so that the ordinary case costs no click."""
    kind = MeetingKind.MARAC if sheet.line else MeetingKind.DRAMM
    kept = feedback.current(who, sheet.item_id)
    offered = feedback_named.idvas(who.area_id, sheet.case_id, _may(agencies), clock.today())
    due = feedback_named.day(who.area_id, kind, sheet.sits_on, clock.today())
    return TellingForm(sent, offered, agencies, due, kept.telling if kept else None)


def after(
    who: Principal, item_id: UUID, case_id: UUID, agencies: Sequence[Agency], sent: MultiDict[str, str] | None
) -> TellingForm:
    """The same on the page of its own, after the outcome: due today where nothing else was decided."""
    kept = feedback.current(who, item_id)
    offered = feedback_named.idvas(who.area_id, case_id, _may(agencies), clock.today())
    return TellingForm(sent, offered, agencies, clock.today(), kept.telling if kept else None)


def _may(agencies: Sequence[Agency]) -> MayTell:
    services = (agency.id for agency in agencies if agency.kind is AgencyKind.IDVA_SERVICE)
    return MayTell({agency.id: agency.name for agency in agencies}, frozenset(services))
