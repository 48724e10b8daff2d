"""Past hearings: what T6 looks back on."""

import io
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import func, select

from agenda.feed_file import Refused
from meetingsvc.models import AreaRow, CaseRow, HearingRow, PersonRow, db
from meetingsvc.store import cases
from meetingsvc.usecases import areas, history, imports
from tests.builders import A_MEGABYTE, BEFORE_ALL, a_hearing, everything, feed_csv, take_in_history


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def hearings() -> list[tuple[str, date, str]]:
    row = HearingRow
    rows = select(row.external_reference, row.heard_on, row.risk).order_by(row.heard_on)
    return [(reference, on, risk) for reference, on, risk in db.session.execute(rows)]


def test_T6_a_hearing_is_a_case_reference_with_a_day(area_id: UUID) -> None:
    row = a_hearing(case_reference="NM/7", heard_on="2026-01-08", risk="high")
    again = row | {"heard_on": "05/02/2026", "risk": "Medium"}
    tally = take_in_history(area_id, row, again)
    assert (tally.created, tally.rejected) == (2, 0)
    assert hearings() == [("NM/7", date(2026, 1, 8), "high"), ("NM/7", date(2026, 2, 5), "medium")]
    assert (count(CaseRow), count(PersonRow)) == (1, 2)


def test_the_same_history_twice_changes_nothing(area_id: UUID) -> None:
    rows = [a_hearing() for _ in range(3)]
    take_in_history(area_id, *rows)
    before = everything()
    tally = take_in_history(area_id, *rows)
    assert (tally.created, tally.updated, tally.unchanged) == (0, 0, 3)
    for table in ("hearing", "case", "person", "person_identity"):
        assert everything()[table] == before[table]


def test_a_hearing_sent_again_with_other_content_is_mended(area_id: UUID) -> None:
    row = a_hearing(risk="medium")
    take_in_history(area_id, row)
    tally = take_in_history(area_id, row | {"risk": "high"})
    assert (tally.created, tally.updated) == (0, 1)
    assert [risk for _, _, risk in hearings()] == ["high"]


def test_one_hearing_twice_in_a_file_is_one(area_id: UUID) -> None:
    row = a_hearing(risk="medium")
    tally = take_in_history(area_id, row, row, row | {"risk": "high"})
    assert (tally.created, tally.updated, tally.unchanged) == (1, 1, 1)
    assert [risk for _, _, risk in hearings()] == ["high"]


def test_T6_what_has_not_been_heard_is_no_history(area_id: UUID) -> None:
    tally = take_in_history(area_id, a_hearing(heard_on="2026-11-02"), today=date(2026, 11, 1))
    assert (tally.created, tally.rejected) == (0, 1)
    assert tally.rejects[0]["column"] == "heard_on"
    assert take_in_history(area_id, a_hearing(heard_on="2026-11-01"), today=date(2026, 11, 1)).created == 1


@pytest.mark.parametrize("column", ["case_reference", "heard_on", "victim_surname"])
def test_a_hearing_needs_its_reference_its_day_and_the_victims_surname(area_id: UUID, column: str) -> None:
    tally = take_in_history(area_id, a_hearing(), a_hearing() | {column: " "})
    assert (tally.created, tally.rejected) == (1, 1)
    assert tally.rejects[0]["column"] == column
    with pytest.raises(Refused, match=column):
        take_in_history(area_id, {k: v for k, v in a_hearing().items() if k != column})


def test_T6_the_same_people_under_two_references_are_one_case(area_id: UUID) -> None:
    row = a_hearing()
    take_in_history(area_id, row, row | {"case_reference": "another", "heard_on": "2026-02-05"})
    assert count(CaseRow) == 1


def test_T6_another_perpetrator_or_none_is_another_case(area_id: UUID) -> None:
    row = a_hearing()
    other = row | {"case_reference": "b", "perpetrator_nominal": "P-other"}
    unknown = row | {"case_reference": "c", "perpetrator_nominal": "", "perpetrator_surname": ""}
    take_in_history(area_id, row, other, unknown, unknown | {"heard_on": "2026-02-05"})
    assert (count(CaseRow), count(PersonRow)) == (3, 3)


def test_T6_hearings_of_another_area_are_not_looked_back_on(area_id: UUID, area: AreaRow) -> None:
    other = areas.create("westhaven", date(2026, 11, 2), BEFORE_ALL)
    take_in_history(other, a_hearing())
    assert cases.look_back(area_id, 12, date(2026, 11, 3), date(2026, 11, 3)) == []
    assert len(cases.look_back(other, 12, date(2026, 11, 3), date(2026, 11, 3))) == 1


def test_a_crash_halfway_leaves_nothing(area_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "CHUNK", 1)
    before, chunks = everything(), iter([False, True])

    def crash(_: int) -> None:
        if next(chunks):
            raise MemoryError

    content = feed_csv(a_hearing(), a_hearing(), a_hearing())
    with pytest.raises(MemoryError):
        history.take_in(
            area_id, io.BytesIO(content), "h.csv", A_MEGABYTE, BEFORE_ALL, date(2026, 11, 1), crash
        )
    assert everything() == before
