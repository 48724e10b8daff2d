"""Who may read which disclosure scheme application, and which protection order, in plain Python.

From the rulebook (T10, Y1, M6) and security.md B, not from `store/scope_schemes.py`.
"""

from collections.abc import Callable
from typing import Any

from meetingsvc.models import ApplicationRow, ApplicationStepRow, Base, IncidentRow, OrderRow
from meetingsvc.store import scope_schemes
from tests.proofs.model_reader import Reader

Rule = Callable[[Reader], set[Any]]


def _orders(reader: Reader) -> set[Any]:
    """By hand: on a case one may open; of the police: where one may see any version of its incident, and the
    one that told it last is not kept from one."""
    of = reader.tables.of
    seen = {one.occurrence_number for one in of(IncidentRow) if one.id in reader.incidents}
    return {
        one.id for one in reader._mine(of(OrderRow))
        if (one.case_id in reader.cases if one.incident_id is None
            else one.incident_id in reader.not_kept and one.reference in seen)
    }  # fmt: skip


def _dealt_with(reader: Reader) -> list[Any]:
    """The area's for who runs its meetings; one's own agency's for who represents it."""
    represents = reader.account.role == "representative" and reader.signatory
    return [
        one for one in reader._mine(reader.tables.of(ApplicationRow))
        if reader.runs or (represents and one.agency_id == reader.agency.id)
    ]  # fmt: skip


def _applications(reader: Reader) -> set[Any]:
    return {one.id for one in _dealt_with(reader) if one.incident_id in reader.not_kept}


def _steps(reader: Reader) -> set[Any]:
    seen = _applications(reader)
    return {one.id for one in reader.tables.of(ApplicationStepRow) if one.application_id in seen}


def _typed(reader: Reader) -> set[Any]:
    """One's own of people who are kept from one: what one typed oneself tells nothing (M6)."""
    kept = [one for one in _dealt_with(reader) if one.incident_id not in reader.not_kept]
    return {one.id for one in kept if one.made_by == reader.account.id}


TYPED = "typed applications"
#: By name: the table and its key, how the scope narrows it, and what the rules say.
NARROWED: dict[str, tuple[type[Base], str, Callable[[Any], Any], Rule]] = {
    "orders": (OrderRow, "id", lambda who: scope_schemes.orders_of(who), _orders),
    "applications": (ApplicationRow, "id", lambda who: scope_schemes.applications_of(who), _applications),
    "steps of applications": (
        ApplicationStepRow, "id",
        lambda who: scope_schemes.told_of_application(who, ApplicationStepRow.application_id), _steps,
    ),
    TYPED: (ApplicationRow, "id", lambda who: scope_schemes.typed_applications_of(who), _typed),
}  # fmt: skip
