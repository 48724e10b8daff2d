"""A nation's areas, their incidents of a year and the hearings of two, all invented."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from meetingsvc.models import AreaRow, CaseRow, HearingRow, IdentityRow, ImportRow, IncidentRow, PersonRow, db
from meetingsvc.store import bulk

MONTHS = 12  # a hearing is looked back on
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
NOW = datetime(2027, 1, 4, 8, 30, tzinfo=UTC)
_FAMILIES = 3000  # an area's police meet in a year
HEARINGS = 400  # an area held in two
#: Known by a nominal, or not; and for hearings out of old spreadsheets the same.
_WITH_NOMINAL = 0.75

Couple = tuple[tuple[str, str], tuple[str, str]]  # victim, perpetrator: nominal and name key of each


def fill(number: int, area_id: UUID, incidents: int) -> None:
    """One area's year. To be called in a transaction."""
    chance = Random(number)
    came = ImportRow(area_id=area_id, kind="feed", filename="year.csv", received_at=NOW, state="done")
    db.session.add(came)
    db.session.flush()
    first = bulk.next_id(IncidentRow.__table__)  # type: ignore[arg-type]
    columns = [column.name for column in IncidentRow.__table__.columns]
    rows = [
        _incident(chance, area_id, came.id, key, (key - first) / incidents)
        for key in range(first, first + incidents)
    ]
    bulk.insert(IncidentRow.__table__, columns, [tuple(one[name] for name in columns) for one in rows])  # type: ignore[arg-type]
    hear(area_id, [_couple(chance.randrange(_FAMILIES), chance) for _ in range(HEARINGS)], chance)


def _couple(family: int, chance: Random) -> Couple:
    other = chance.choice("aaab")
    victim = f"V{family}" if family % 4 else "", f"hexley|grace{family}|1990-01-01"
    perpetrator = f"P{family}{other}", f"moss|gareth{family}{other}|1988-11-30"
    return victim, perpetrator if chance.random() < _WITH_NOMINAL else ("", perpetrator[1])


def _incident(chance: Random, area_id: UUID, came: UUID, key: int, share: float) -> dict[str, Any]:
    at = datetime(2026, 1, 1, 6, tzinfo=UTC) + timedelta(days=share * 364)
    victim, perpetrator = _couple(chance.randrange(_FAMILIES), chance)
    unknown = chance.random() < 0.05
    return {
        "id": key, "area_id": area_id, "occurrence_number": f"{key:010}", "version": 1, "current": True,
        "considered": False, "import_id": came, "received_at": NOW, "digest": key.to_bytes(16, "big"),
        "domestic": chance.random() < 0.9, "recorded_at": at, "recorded_day": at.date(), "due_at": at,
        "risk": chance.choices(("standard", "medium", "high"), (50, 34, 16))[0],
        "children": chance.random() < 0.4, "consents": chance.random() < 0.4,
        "victim_nominal": victim[0], "victim_name": victim[1],
        "perpetrator_nominal": "" if unknown else perpetrator[0],
        "perpetrator_name": "" if unknown else perpetrator[1],
        "perpetrator_known": not unknown, "has_order": False, "victim_surname": "", "perpetrator_surname": "",
    }  # fmt: skip


def hear(area_id: UUID, couples: list[Couple], chance: Random) -> None:
    """Each of these, heard on a day in two years."""
    people = {person: UUID(int=chance.getrandbits(128)) for couple in couples for person in couple}
    made = {couple: UUID(int=chance.getrandbits(128)) for couple in couples}
    db.session.execute(
        insert(PersonRow),
        [{"id": key, "area_id": area_id, "forename": "", "surname": ""} for key in people.values()],
    )
    db.session.execute(
        insert(IdentityRow),
        [
            {"area_id": area_id, "person_id": key, "kind": kind, "value": value}
            for person, key in people.items()
            for kind, value in zip(("nominal", "name"), person, strict=True) if value
        ],
    )  # fmt: skip
    db.session.execute(
        insert(CaseRow),
        [
            {"id": key, "area_id": area_id, "number": n, "victim_id": people[v], "perpetrator_id": people[p]}
            for n, ((v, p), key) in enumerate(made.items(), 1)
        ],
    )
    db.session.execute(update(AreaRow).where(AreaRow.id == area_id).values(last_case_number=len(made)))
    db.session.execute(
        insert(HearingRow),
        [
            {"area_id": area_id, "case_id": made[couple], "source": "marac", "external_reference": str(n),
             "heard_on": FIRST + timedelta(days=chance.randrange(-365, 364))}
            for n, couple in enumerate(couples)
        ],
    )  # fmt: skip
