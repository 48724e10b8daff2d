"""What the service knows of the cases of a referral, for the reasons that it bears out (field.md C)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from agenda.calendar import local_day
from agenda.meetings import case_reference
from agenda.referral_entry import EntryKind, reasons
from agenda.referral_reasons import Facts
from agenda.risk_tools import Result
from agenda.triage import LookBack, Narrow
from meetingsvc.models import CaseRow, IncidentRow, ReferralCaseRow, db
from meetingsvc.store import acting, areas, case_incidents, case_page
from meetingsvc.store import cases as case_store
from meetingsvc.store.scope import Reader, incidents_of, told_on


@dataclass(frozen=True, slots=True)
class About:
    """A case of a referral, and what triage reads of its incident."""

    case_id: UUID
    reference: str
    narrow: Narrow

    @property
    def recorded_on(self) -> date:
        """The local day on which the referral was first sent."""
        day: date = self.narrow[5]  # type: ignore[assignment]
        return day


def cases(reader: Reader, referral_id: UUID) -> list[About]:
    """The cases that are open to the reader."""
    row, one = ReferralCaseRow, IncidentRow
    rows = (
        select(
            row.case_id, CaseRow.number, one.id, one.domestic, one.risk, one.children, one.consents,
            one.recorded_day, one.victim_nominal, one.victim_name, one.perpetrator_nominal,
            one.perpetrator_name,
        )
        .join(CaseRow, CaseRow.id == row.case_id)
        .join(one, (one.occurrence_number == row.occurrence_number) & (one.area_id == row.area_id)
              & one.current)
        .where(told_on(reader, row.case_id), incidents_of(reader), row.referral_id == referral_id)
        .order_by(row.occurrence_number)
    )  # fmt: skip
    found = {
        case_id: About(case_id, case_reference(number), tuple(narrow))
        for case_id, number, *narrow in db.session.execute(rows)
    }
    return list(found.values())


def facts(reader: Reader, about: About, result: Result | None) -> Facts:
    """Whether it is a repeat, as a list would find it (T6), and the days of its case's incidents."""
    case = case_page.case(reader, about.case_id)
    told = case_incidents.incidents_on(reader, case) if case else []
    events = tuple({one.reference: local_day(one.recorded_at) for one in told}.values())
    return Facts(result, _repeat(reader, about), events or (about.recorded_on,), about.recorded_on)


def _repeat(reader: Reader, about: About) -> bool:
    months = areas.settings_of(areas.by_id(reader.area_id)).repeat_months
    victims = set(about.narrow[6:8]) - {""}
    day = about.recorded_on
    with acting.whole_area(reader.area_id):
        heard = LookBack(case_store.look_back(reader.area_id, months, day, day, victims))
    return "T6" in reasons(EntryKind.REFERRAL, about.narrow, heard)[0]


def wait_for_a_list(reader: Reader, case_id: UUID) -> bool:
    """Whether a referral of the case is on no list yet: whoever looks at it need not say why."""
    row, one = ReferralCaseRow, IncidentRow
    rows = (
        select(one.id)
        .join(row, (row.occurrence_number == one.occurrence_number) & (row.area_id == one.area_id))
        .where(told_on(reader, row.case_id), incidents_of(reader), row.case_id == case_id)
        .where(one.current, one.considered.is_(False))
    )
    return db.session.scalar(rows.limit(1)) is not None
