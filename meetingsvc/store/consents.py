"""The victim's consent on a case as its history, and what stands, wherever the case is shown (K1 to K3)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, select

from agenda.referral_consent import Answer, Consent, Ground, Lawful, Sharing, stands
from agenda.referral_fields import parts
from meetingsvc.models import AgencyRow, ConsentIncidentRow, ConsentRow, IncidentRow, db
from meetingsvc.store.incidents import CHUNK, Due
from meetingsvc.store.scope import Reader, told_on

_BETWEEN = ","
#: How a line says that nobody with an account told it (Rulebook R2).
BY_FORM = ", by the public form"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history, and whose it is (Rulebook R2)."""

    id: UUID
    consent: Consent
    agency: str  # "" where no account recorded it: the author names it
    recorded_at: datetime
    source: str


def history(reader: Reader, case_id: UUID) -> list[Line]:
    """Everything that was recorded on an open case, the latest first; what stands is the first."""
    row = ConsentRow
    rows = (
        select(row, AgencyRow.name)
        .outerjoin(AgencyRow, AgencyRow.id == row.agency_id)
        .where(told_on(reader, row.case_id), row.case_id == case_id)
        .order_by(row.said_on.desc(), row.recorded_at.desc(), row.id)
    )
    return [
        Line(told.id, _consent(told), agency or "", told.recorded_at, told.source)
        for told, agency in db.session.execute(rows)
    ]


def among(reader: Reader, case_ids: Collection[UUID]) -> dict[UUID, Consent]:
    """What stands on each of these cases, where anything was recorded: shown wherever the case is (K1)."""
    row = ConsentRow
    found: dict[UUID, list[Consent]] = {}
    wanted = list(dict.fromkeys(case_ids))
    for at in range(0, len(wanted), CHUNK):
        mine = told_on(reader, row.case_id), row.case_id.in_(wanted[at : at + CHUNK])
        for told in db.session.scalars(select(row).where(*mine).order_by(row.said_on, row.recorded_at)):
            found.setdefault(told.case_id, []).append(_consent(told))
    latest = {case_id: stands(lines) for case_id, lines in found.items()}
    return {case_id: one for case_id, one in latest.items() if one}


def standing(reader: Reader, case_id: UUID) -> Consent | None:
    """What stands on one case."""
    return among(reader, [case_id]).get(case_id)


def held(area_id: UUID, case_id: UUID) -> list[tuple[UUID, UUID | None, Consent]]:
    """Every line recorded on a case, with the agency of the area that recorded it: of what came by the public
    form, or with a transfer, it is nobody's here. What was accepted since is one line. For the service's own
    work (X2, R2)."""
    row, of = ConsentRow, AgencyRow
    rows = (
        select(row, of.id)
        .outerjoin(of, and_(of.id == row.agency_id, of.area_id == area_id))
        .where(row.case_id == case_id)
        .order_by(row.said_on, row.recorded_at, row.id)
    )
    told = [(one, agency_id, _consent(one)) for one, agency_id in db.session.execute(rows)]
    accepted = [consent for _, _, consent in told if consent.checked]
    return [
        (one.id, None if one.source.endswith(BY_FORM) else agency_id, consent)
        for one, agency_id, consent in told
        if consent.checked or replace(consent, checked=True) not in accepted
    ]


def of_incidents(ids: Collection[int], since: date, risk: str) -> dict[int, tuple[str, bool]]:
    """Those of these versions that the newest is, domestic, of this risk and not older: their kind, and
    whether they are told with consent. For the service's own work."""
    row, found = IncidentRow, dict[int, tuple[str, bool]]()
    wanted = list(ids)
    for at in range(0, len(wanted), CHUNK):
        rows = select(row.id, row.kind, row.consents).where(
            row.id.in_(wanted[at : at + CHUNK]), row.current, row.domestic, row.risk == risk,
            row.recorded_day >= since,
        )  # fmt: skip
        found |= {key: (kind, consents) for key, kind, consents in db.session.execute(rows)}
    return found


def told(area_id: UUID, due: Sequence[Due]) -> list[Due]:
    """What a list considers, with the consent that was recorded of it since (Rulebook T4, K1).

    The police may send an incident again as they first told it: that takes no consent back.
    """
    given = _given(area_id, [one.occurrence_number for one in due if one.version > 1])
    return [_with_consent(one) if one.occurrence_number in given else one for one in due]


def _given(area_id: UUID, numbers: Sequence[str]) -> frozenset[str]:
    latest: dict[str, str] = {}
    of, row = ConsentIncidentRow, ConsentRow
    for at in range(0, len(numbers), CHUNK):
        rows = (
            select(of.occurrence_number, row.answer)
            .join(row, row.id == of.consent_id)
            .where(of.area_id == area_id, of.occurrence_number.in_(numbers[at : at + CHUNK]))
            .order_by(row.said_on, row.recorded_at)
        )
        latest |= {number: answer for number, answer in db.session.execute(rows)}
    return frozenset(number for number, answer in latest.items() if Answer(answer).consents)


def _with_consent(one: Due) -> Due:
    narrow = one.narrow
    return one._replace(narrow=(*narrow[:4], True, *narrow[5:]))


def _consent(row: ConsentRow) -> Consent:
    sharing = None
    if row.what:
        why = frozenset(map(Lawful, parts(row.why)))
        sharing = Sharing(row.what, why, row.authorised_by, row.receives)
    grounds = frozenset(map(Ground, parts(row.grounds)))
    checked = row.recorded_by is not None  # accepted, a line is recorded again by who accepted it
    return Consent(Answer(row.answer), row.said_on, row.author, row.limits, grounds, sharing, checked)


def joined(members: Iterable[str]) -> str:
    """A set of them as the table keeps it."""
    return _BETWEEN.join(sorted(members))
