"""Telling the victim, as a part of the outcome form (Rulebook F1, F2)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from werkzeug.datastructures import MultiDict

from agenda.agencies import Agency, AgencyKind
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
    due = feedback_named.day(who.area_id, sheet.works, sheet.sits_on, clock.today())
    return _form(who, sheet.item_id, sheet.case_id, agencies, sent, due)


def after(
    who: Principal, item_id: UUID, case_id: UUID, agencies: Sequence[Agency], sent: MultiDict[str, str] | None
) -> TellingForm:
    """The same on the page of its own, after the outcome: due today where nothing else was decided."""
    return _form(who, item_id, case_id, agencies, sent, clock.today())


def _form(
    who: Principal, item_id: UUID, case_id: UUID, agencies: Sequence[Agency],
    sent: MultiDict[str, str] | None, due: date,
) -> TellingForm:  # fmt: skip
    kept, may = feedback.current(who, item_id), _may(agencies)
    offered = feedback_named.idvas(who.area_id, case_id, may, clock.today())
    form = TellingForm(sent, offered, agencies, due, kept.telling if kept else None)
    form.kept_from_idvas = case_id if may.services and not offered else None
    return form


def _may(agencies: Sequence[Agency]) -> MayTell:
    services = (agency.id for agency in agencies if agency.kind is AgencyKind.IDVA_SERVICE)
    return MayTell({agency.id: agency.name for agency in agencies}, frozenset(services))
