"""A referrer comes to Northmoor's next MARAC at a time of the day, invented."""

from datetime import datetime, time

from meetingsvc.permissions import Principal
from meetingsvc.store import acting, demo, marac, referrers_coming
from meetingsvc.usecases import marac_fitting

_COMES = time(10)


def tell(coordinator: Principal, now: datetime) -> None:
    """The first case of the open agenda is kept at ten."""
    with acting.acting(coordinator):
        meeting_id, _ = demo.on_open_agenda(coordinator)
        found = marac.agenda(coordinator, meeting_id) if meeting_id else None
    if found is None:
        return
    first = next((line for line in found.lines if not line.restricted), None)
    if first:
        sent = referrers_coming.of_case(coordinator.area_id, first.case_id)
        whose = sent[0].id if sent else None
        marac_fitting.keep_slot(coordinator, found.sitting.id, first.item_id, _COMES, now, whose)
