"""One's own applications about people who are kept from one: as typed, and nothing that came of them (M6).

To lose one would tell that its people are in a case; `scope_referrals.py` keeps one's own referrals alike.
"""

from dataclasses import replace
from uuid import UUID

from agenda import disclosure_scheme as scheme
from agenda.calendar import days_off
from agenda.disclosure_scheme import Application
from meetingsvc import holidays
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, areas
from meetingsvc.store import disclosure_schemes as store
from meetingsvc.store.acting import Host
from meetingsvc.store.disclosure_schemes import Kept
from meetingsvc.store.scope_schemes import typed_applications_of


def all_of(reader: Principal) -> list[Kept]:
    """All of them, the oldest first."""
    with acting.whole_area(reader.area_id):
        found = store.kept(Host(reader.area_id), typed_applications_of(reader))
    area = areas.by_id(reader.area_id)
    off, rule = days_off(areas.settings_of(area), holidays.known()), store.clocks(area)
    typed = []
    for one in reversed(found):
        told = Application(one.told.scheme, one.told.right, one.told.applied_at)
        typed.append(replace(one, told=told, listed=None, dues=scheme.dues(told, rule, off)))
    return typed


def one(reader: Principal, application_id: UUID) -> Kept | None:
    """One of them."""
    return next((kept for kept in all_of(reader) if kept.id == application_id), None)
