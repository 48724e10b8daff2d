"""Rejected rows tell nobody of a case that is kept from them, and cost little to ask for (Rulebook M6)."""

from uuid import UUID

import pytest
from sqlalchemy import delete, select

from agenda.details import Details
from agenda.rejects import Sought
from meetingsvc.models import CaseRow, IdentityRow, NamedRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, home, imports, kept_rejects, uploads
from meetingsvc.usecases import restrictions
from meetingsvc.usecases import uploads as take
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, a_person, an_agency
from tests.a_wall import a_wall
from tests.builders import a_row, take_in
from tests.servers.remembered import remembered
from tests.usecases.test_walls import a_case

BAD = {"victim_dob": "31/02/1990"}
PHONE, WHERE = "07700 900456", "9 Refuge Row"
VICTIM = {"victim_forename": "Delyth Ann", "victim_surname": "Low-Moor", "victim_phone": PHONE}
COUPLE = VICTIM | {
    "perpetrator_forename": "Oscar", "perpetrator_surname": "van Ullock", "victim_address": WHERE,
}  # fmt: skip
NOBODY = {"victim_nominal": "", "perpetrator_nominal": ""}
#: What a rejected row may say of them, and nothing else of it tells of anybody.
SAYING = {
    "the victim's name without the middle one": {"victim_forename": "DELYTH", "victim_surname": "Low Moor"},
    "in each other's place": {"victim_forename": "Low-Moor", "victim_surname": "Delyth"},
    "the perpetrator's name": {"perpetrator_forename": "Óscar", "perpetrator_surname": "Vanullock"},
    "in another column": {"offence": "Oscar van Ullock", "victim_surname": "Low"},
    "the telephone number": {"perpetrator_phone": "+44 7700 900 456"},
    "the address": {"perpetrator_address": "9, refuge row"},
}


@pytest.fixture
@remembered
def agency(area_id: UUID) -> UUID:
    return an_agency(area_id, daily=True)


@pytest.fixture
@remembered
def kept_from(area_id: UUID, agency: UUID) -> Principal:
    return a_person(agency, Role.COORDINATOR, "Morgan Ashdown")


@pytest.fixture
@remembered
def other(agency: UUID) -> Principal:
    return a_person(agency, Role.COORDINATOR, "Nell Ash")


def told(who: Principal, import_id: UUID | None) -> tuple[int, int, int, int, int]:
    """The rejected rows of one import, everywhere they are shown or counted."""
    assert import_id is not None
    with acting.acting(who):
        found = uploads.found(who, import_id)
        assert found is not None
        recent, _ = uploads.recent(who, 1)
        (listed,) = (each.rejected for each in recent if each.id == import_id)
        rows, shown = list(imports.rejected(who, import_id)), uploads.rejects(who, found, 1)
        assert rows == shown and len(rows) == listed == found.rows
        return found.rejected, listed, len(rows), uploads.still_out(who, found), home.rejected_rows(who)


@pytest.mark.parametrize("how", ["walled", "restricted"])
def test_M6_a_rejected_row_about_the_people_of_a_kept_case_is_neither_shown_nor_counted(
    area_id: UUID, kept_from: Principal, other: Principal, how: str
) -> None:
    case_id = a_case(area_id, **COUPLE)
    about = [a_row(**NOBODY, **BAD, **says) for says in SAYING.values()]
    tally = take_in(area_id, *about, *marked(case_id), a_row(**BAD))
    everything = (9, 9, 9, 8, 9)  # one of the numbers has come in
    assert told(kept_from, tally.import_id) == everything, "while the case is theirs to see"
    if how == "walled":
        a_wall(area_id, case_id, kept_from.account_id)
    else:
        restrictions.restrict(other, case_id, "Kept", (), NOW)
        not_named(case_id, kept_from)
    assert told(kept_from, tally.import_id) == (1,) * 5
    assert told(other, tally.import_id) == everything


def not_named(case_id: UUID, who: Principal) -> None:
    with saved(), acting.service():
        db.session.execute(
            delete(NamedRow).where(NamedRow.case_id == case_id, NamedRow.account_id == who.account_id)
        )


def marked(case_id: UUID) -> list[dict[str, str]]:
    """Rows that tell of a case by a nominal, and by the number of what lies under it."""
    with acting.service():
        case, row = db.session.get_one(CaseRow, case_id), IdentityRow
        nominal = select(row.value).where(row.person_id == case.victim_id, row.kind == "nominal")
        known = db.session.scalars(nominal).one()
        number = f"13260{int(known[1:]):06d}"
    return [a_row(**NOBODY, **BAD | {"offence": known}), a_row(**NOBODY, **BAD, occurrence_number=number)]


def test_M6_a_row_that_shares_but_a_surname_or_a_street_is_shown() -> None:
    known = Details("Delyth", "Lowmoor", addresses=frozenset({WHERE}))
    sought = Sought([known, Details("Anne Marie", "Le Strand")], ["V12", ""])
    for cells in (["Lowmoor", "Ann"], ["Delyth", "Moor"], ["7 Refuge Row"], ["V123", "V 1"], [""]):
        assert not sought.in_row(cells), cells
    for cells in (["Lowmoor", "Delyth Ann"], ["", "9 Refuge Row"], [" v12 "], ["Lestrand", "AnneMarie"]):
        assert sought.in_row(cells), cells


def test_home_and_the_list_of_imports_read_no_more_rejected_rows_than_they_count(
    area_id: UUID, kept_from: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, whether = list[object](), Sought.in_row

    def in_row(sought: Sought, cells: list[object]) -> bool:
        read.append(cells)
        return whether(sought, cells)

    monkeypatch.setattr(Sought, "in_row", in_row)
    tally = take_in(area_id, *(a_row(**BAD) for _ in range(home.MANY + 30)))
    with acting.acting(kept_from):
        assert home.rejected_rows(kept_from) == home.MANY == len(read)
        read.clear()
        ((listed,), _) = uploads.recent(kept_from, 1)
        assert (listed.rejected, listed.or_more, len(read)) == (uploads.FEW, True, uploads.FEW)
        read.clear()
        assert tally.import_id is not None
        found = uploads.found(kept_from, tally.import_id)
        assert found is not None and not found.or_more and found.rejected == home.MANY + 30 == len(read)
        assert uploads.still_out(kept_from, found) == home.MANY + 30
        assert len(uploads.rejects(kept_from, found, 3)) == 30 and len(read) == found.rejected, "read once"


def test_the_count_of_a_reader_from_whom_many_rows_are_kept_reads_as_anybody_elses(
    area_id: UUID, kept_from: Principal
) -> None:
    mine = [a_row(**BAD, offence="Morgan Ashdown") for _ in range(uploads.FEW + 10)]
    take_in(area_id, *mine, a_row(**BAD))
    with acting.acting(kept_from):
        ((listed,), _) = uploads.recent(kept_from, 1)
        assert (listed.rejected, listed.rows, listed.or_more) == (1, 1, False)
        assert kept_rejects.sought_for(acting.Host(area_id)) is None


def test_M6_nobody_deals_with_a_row_that_is_kept_from_them(
    area_id: UUID, kept_from: Principal, other: Principal
) -> None:
    """One coordinator must not make a row about themselves fall off everybody's list."""
    case_id = a_case(area_id, **COUPLE)
    tally = take_in(area_id, a_row(**NOBODY, **BAD, **COUPLE), a_row(**BAD))
    assert tally.import_id is not None
    a_wall(area_id, case_id, kept_from.account_id)

    def waiting(who: Principal) -> tuple[int, bool]:
        with acting.acting(who):
            recent, _ = uploads.recent(who, 1)
            (listed,) = (each for each in recent if each.id == tally.import_id)
            found = uploads.found(who, tally.import_id or UUID(int=0))
            assert found is not None and (found.dealt_with_at is None) == (listed.dealt_with_at is None)
            return home.rejected_rows(who), found.dealt_with_at is None

    assert (waiting(kept_from), waiting(other)) == ((1, True), (2, True))
    with acting.acting(kept_from):
        assert take.dealt_with(kept_from, tally.import_id, "Mended by the police", NOW)
    assert (waiting(kept_from), waiting(other)) == ((0, False), (1, True))
    with acting.acting(kept_from):
        assert take.dealt_with(kept_from, tally.import_id, "Once more", NOW)
    assert waiting(other) == (1, True)
    with acting.acting(other):
        assert take.dealt_with(other, tally.import_id, "Rang the force", NOW)
    assert (waiting(kept_from), waiting(other)) == ((0, False), (0, False))
