"""Where some is kept, of what goes no copy stays: no form of a referral, nothing to be found by (L1, L2)."""

from datetime import timedelta
from types import ModuleType
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from agenda.referral_consent import Answer
from agenda.referral_fields import Answers
from agenda.referral_state import State as ReferralState
from agenda.rules import RuleBroken
from meetingsvc.config import Settings
from meetingsvc.models import (
    AddressRow,
    CaseRow,
    ConsentRow,
    ContactRow,
    EntryRow,
    PersonDetailRow,
    PersonKeyRow,
    ReferralCaseRow,
    ReferralRow,
    ReferralToldRow,
    db,
)
from meetingsvc.store import acting, matching, matching_details, referral_texts, retention_use, sealed
from meetingsvc.store.matching_details import Told
from meetingsvc.usecases import destroying, referral_told
from meetingsvc.usecases import retention as usecase
from meetingsvc.usecases.area_by_area import Unfinished
from meetingsvc.usecases.transaction import saved
from minutes.retention import State
from minutes.retention_case import Outcome
from tests.a_sent_referral import a_sent_row
from tests.usecases.test_retention import (
    DUE,
    MORNING,
    NIGHT,
    Panel,
    a_case,
    agreed,
    as_service,
    panel,
    propose,
    review_of,
    state,
)
from tests.usecases.test_retention_stops import why_not

__all__ = ["panel"]

GOES, STAYS = "07700 900 111", "07700 900 222"


class Referred:
    """A case with a referral that told a number and a consent, and a number that an agency told."""

    def __init__(self, panel: Panel, is_on: str = "on a daily list") -> None:
        self.panel, self.case_id = panel, a_case(panel)
        with saved(), acting.service():
            row = a_sent_row(panel.area_id, self.case_id, panel.housing.account_id, panel.homes)
            row.state, self.referral_id, self.reference = is_on, row.id, row.reference
            referral_texts.send_typed(row, {
                "victim": Answers({"surname": "Quill", "phone": GOES, "address": "4 Fold Lane"}),
                "consent": Answers({"answer": "given", "limits": "Not her brother"}),
            })  # fmt: skip
            self.victim = db.session.get_one(CaseRow, self.case_id).victim_id
            source = f"referral {row.reference}"
            self.gone = self._contact(GOES, source)
            self._contact(STAYS, "Her own file")
            self._known(str(row.reference), GOES)
            self._known(f"case/{self.case_id}", STAYS)
            db.session.add(ConsentRow(
                id=uuid4(), answer=Answer.GIVEN, said_on=MORNING.date(), limits="Not her brother",
                **self._of(source),
            ))  # fmt: skip

    def _of(self, source: str) -> dict[str, object]:
        panel = self.panel
        return {"area_id": panel.area_id, "case_id": self.case_id, "agency_id": panel.homes,
                "author": "Ann Frost", "recorded_by": panel.housing.account_id, "recorded_at": MORNING,
                "source": source}  # fmt: skip

    def _contact(self, value: str, source: str) -> UUID:
        row = ContactRow(id=uuid4(), person_id=self.victim, kind="phone", value=value, key=value,
                         **self._of(source))  # fmt: skip
        db.session.add(row)
        db.session.flush()
        return row.id

    def address(self) -> UUID:
        """Where she lives, sealed, as the form told it."""
        key = uuid4()
        row = AddressRow(id=key, person_id=self.victim, kind="home", perpetrator_knows="no",
                         confidential=True,
                         sealed=sealed.closed(key, "4 Fold Lane"),
                         **self._of(f"referral {self.reference}"))  # fmt: skip
        db.session.add(row)
        db.session.flush()
        return key

    def _known(self, source: str, *numbers: str) -> None:
        told = [(Told.PHONE, number) for number in numbers]
        matching.remember(self.panel.area_id, self.victim, told, source, MORNING.date())

    def destroy(self, settings: Settings, *chosen: str) -> UUID:
        review_id = review_of(self.panel, self.case_id)
        agreed(self.panel, self.case_id)
        propose(self.panel, review_id, Outcome.KEEP_SOME, *chosen)
        usecase.decide(self.panel.chair, review_id, 1, DUE)
        assert destroying.destroy_decided(settings, NIGHT) == 1
        return review_id

    def tells(self, label: str, text: str, question: str | None = None, **more: UUID | None) -> None:
        """What is shown of it with its case."""
        here = {"area_id": self.panel.area_id, "case_id": self.case_id, "referral_id": self.referral_id}
        with saved(), acting.service():
            db.session.add(ReferralToldRow(sight="case", label=label, text=text, question=question,
                                           author="Ann Frost", at=MORNING, **here | more))  # fmt: skip
            db.session.flush()

    def told(self) -> set[str]:
        """What is still shown of it there."""
        with as_service():
            return set(db.session.scalars(select(ReferralToldRow.text)))

    def form(self) -> str:
        """Both parts of the referral's form, opened."""
        with as_service():
            row = db.session.get_one(ReferralRow, self.referral_id)
            return row.answers + str(referral_texts.opened(row))

    def numbers(self) -> set[str]:
        """By which she is found."""
        with as_service():
            told = matching_details.kept([self.victim])[self.victim]
        return {one.value for one in told if one.kind is Told.PHONE}


def test_L1_a_number_that_goes_alone_goes_from_the_referrals_form_and_from_the_search(
    panel: Panel, settings_for_tests: Settings
) -> None:
    """What else is told of her stays: another number, and where she lives."""
    told = Referred(panel)
    assert GOES in told.form() and told.numbers() >= {GOES, STAYS}
    told.tells("Perpetrator 1: Perpetrator's telephone number", GOES, "perpetrators.1.phone")
    with as_service():
        keys = len(db.session.scalars(select(PersonKeyRow.key)).all())
        rows = select(PersonDetailRow).where(PersonDetailRow.person_id == told.victim)
        assert [row for row in db.session.scalars(rows) if row.sealed]
    review_id = told.destroy(settings_for_tests, f"contact detail:{told.gone}")
    assert GOES not in told.form() and GOES not in told.told()
    assert "Quill" in told.form() and "4 Fold Lane" in told.form()
    assert STAYS in told.numbers() and GOES not in told.numbers()
    with as_service():
        assert len(db.session.scalars(select(PersonKeyRow.key)).all()) < keys
    assert state(panel, review_id) is State.DESTROYED


def test_L1_a_consent_that_goes_alone_goes_from_the_referrals_form(
    panel: Panel, settings_for_tests: Settings
) -> None:
    told = Referred(panel)
    with as_service():
        consent = db.session.scalars(select(ConsentRow.id)).one()
    assert "Not her brother" in told.form()
    told.tells("Conditions or limits the victim set", "Not her brother")  # of before questions were kept
    told.tells("As it was called once", "Her brother", "consent.limits")
    told.tells("Conditions or limits the victim set", "Moved here", referral_id=None)
    told.tells("Relevant history", "Twice before", "incident.history")
    told.destroy(settings_for_tests, f"consent:{consent}")
    assert "Not her brother" not in told.form() and GOES in told.form()
    assert told.told() == {"Quillfeather fears a letter", "Twice before"}


@pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
def test_L1_a_form_that_another_case_came_with_too_stays_whole(
    panel: Panel, settings_for_tests: Settings
) -> None:
    """One victim with two perpetrators is two cases on one referral: what the other has too stays for it."""
    told = Referred(panel)
    with saved(), acting.service():
        row = db.session.get_one(CaseRow, told.case_id)
        other = CaseRow(id=uuid4(), area_id=row.area_id, number=row.number + 1, victim_id=row.victim_id)
        db.session.add(other)
        db.session.flush()
        db.session.add(ReferralCaseRow(referral_id=told.referral_id, occurrence_number="another",
                                       area_id=row.area_id, case_id=other.id))  # fmt: skip
    before = told.form()
    told.destroy(settings_for_tests, f"contact detail:{told.gone}")
    assert told.form() == before and GOES in before
    assert GOES in told.numbers(), "the form of the other case still tells it"


@pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
@pytest.mark.parametrize("what", [referral_texts, sealed])
def test_L1_what_is_to_be_kept_is_not_lost_where_it_cannot_be_opened_tonight(
    panel: Panel, settings_for_tests: Settings, what: ModuleType
) -> None:
    """Nothing goes, and the next night tries again."""
    told = Referred(panel)
    chosen = told.gone
    if what is sealed:
        with saved(), acting.service():
            chosen = told.address()
    before, review_id = told.form(), review_of(panel, told.case_id)
    agreed(panel, told.case_id)
    propose(panel, review_id, Outcome.KEEP_SOME, f"contact detail:{chosen}")
    usecase.decide(panel.chair, review_id, 1, DUE)
    with patch.object(what, "opened", return_value=None), pytest.raises(Unfinished):
        destroying.destroy_decided(settings_for_tests, NIGHT)
    assert told.form() == before and state(panel, review_id) is State.TO_DESTROY
    assert destroying.destroy_decided(settings_for_tests, NIGHT + timedelta(days=1)) == 1
    assert told.form() != before and state(panel, review_id) is State.DESTROYED


@pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
def test_L1_a_form_whose_consent_is_not_kept_is_taken_over_from_no_more(
    panel: Panel, settings_for_tests: Settings
) -> None:
    told = Referred(panel)
    with as_service():
        consent = db.session.scalars(select(ConsentRow.id)).one()
    told.destroy(settings_for_tests, f"consent:{consent}")
    with as_service(), pytest.raises(RuleBroken, match="consent was chosen not to be kept"):
        referral_told.as_sent(db.session.get_one(ReferralRow, told.referral_id), NIGHT)


@pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
def test_T7_a_case_whose_referral_is_on_no_list_yet_is_not_destroyed(panel: Panel) -> None:
    told = Referred(panel, is_on="sent")
    assert "A referral about it is on no list yet" in why_not(panel, review_of(panel, told.case_id))


@pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
@pytest.mark.parametrize("listed", [False, True])
def test_T12_a_referral_that_went_back_waits_for_a_list_until_one_took_it_as_it_stood(
    panel: Panel, listed: bool
) -> None:
    """It stays returned for ever: its entry on the list tells."""
    told = Referred(panel, is_on=ReferralState.RETURNED)
    if listed:
        with saved(), acting.service():
            row = db.session.scalars(select(ReferralCaseRow)).one()
            row.occurrence_number = db.session.scalars(select(EntryRow.occurrence_number)).first()
    with as_service():
        found = retention_use.in_use(panel.area_id, told.case_id, {}, DUE)
    assert ("A referral about it is on no list yet" in found) is not listed
