"""Third parties' requests, from logging to the release (Rulebook X1 to X6; security.md scenario 2)."""

from datetime import date, timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pikepdf
import pytest
from pypdf import PdfReader
from sqlalchemy import select, update
from werkzeug.exceptions import Forbidden, NotFound

from agenda.need_to_know import Hides, RestrictionState
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AccountRow,
    AssociateRow,
    AuditRow,
    CaseRow,
    ClarificationRow,
    ConfirmationRow,
    ContactRow,
    DisclosureReleaseRow,
    DisclosureRow,
    DisclosureStepRow,
    IncidentRow,
    OutboxRow,
    PersonRow,
    ReferralCaseRow,
    ReferralToldRow,
    RefusalRow,
    ResearchNamedRow,
    RestrictionRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, disclosure_children, trail
from meetingsvc.store import disclosure_releases as released_store
from meetingsvc.store import disclosures as disclosures_store
from meetingsvc.store.disclosure_clocks import NOTIFIED, TOLD_APART
from meetingsvc.usecases import (
    disclosure_answers,
    disclosure_checking,
    disclosure_deciding,
    disclosure_files,
    disclosure_following,
    disclosure_recipients,
    disclosure_releases,
    disclosures,
)
from meetingsvc.usecases.disclosure_releases import Made
from meetingsvc.usecases.disclosures import Requester, Unfit
from meetingsvc.usecases.transaction import saved
from minutes.disclosure import State, Step
from minutes.disclosure_decision import Outcome
from minutes.disclosure_items import Document, Says, Standing, standing
from minutes.disclosure_kinds import Kind
from minutes.redaction import Redaction
from minutes.request_clocks import WaitsFor
from notifications.messages import Notice
from notifications.recipients import Ground
from tests.a_marac import NOW
from tests.a_sent_referral import a_sent_row
from tests.a_third_party import HEARING, NAMES, Scene
from tests.a_wall import a_wall

POLICE, HOMES, HEALTH, SCHOOL, PROBATION = NAMES
ON_ONE = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)


@pytest.fixture
def scene(area_id: UUID) -> Scene:
    return Scene(area_id)


def prepare(scene: Scene, key: UUID, **left_out: tuple[str, ...]) -> None:
    """Built by the coordinator, each item as the text found in it says."""
    items = {item.id: item.text for item in scene.items(key, scene.coordinator)}
    redactions = {
        item: tuple(Redaction(passage) for passage in passages)
        for word, passages in left_out.items() for item, text in items.items() if word in text
    }  # fmt: skip
    disclosure_releases.prepare(scene.coordinator, key, redactions, "Wilma Grove", "Her own", scene.tick())


def release(scene: Scene, key: UUID, who: Principal | None = None) -> Made:
    who = who or scene.second
    kept = scene.kept(key, who)
    with acting.acting(who):
        row, _ = disclosure_releases.prepared(who, kept, disclosure_checking.against(who, kept))
        seen = disclosure_releases.seen_of(row)
    return disclosure_releases.release(who, key, seen, scene.tick())


def whole_text(scene: Scene, made: Made) -> str:
    """Everything in the file that could be read: pages, streams, what it says of itself."""
    content = disclosure_files.fetch(scene.second, made.id, scene.tick())
    assert content is not None
    with pikepdf.open(BytesIO(content), password=made.passphrase) as pdf:
        streams = [bytes(one.read_bytes()).decode("latin-1") for one in pdf.objects
                   if isinstance(one, pikepdf.Stream)]  # fmt: skip
        told = [str(pdf.docinfo), *streams]
    pages = [page.extract_text() for page in PdfReader(BytesIO(content), password=made.passphrase).pages]
    return " ".join([*told, *pages])


def notices(scene: Scene) -> set[UUID]:
    db.session.rollback()
    rows = select(OutboxRow.account_id).where(OutboxRow.notice == Notice.REQUEST)
    return set(db.session.scalars(rows))


def queued(scene: Scene, who: Principal) -> int:
    """How many notices of requests went to one person."""
    db.session.rollback()
    rows = select(OutboxRow).where(OutboxRow.notice == Notice.REQUEST, OutboxRow.account_id == who.account_id)
    return len(db.session.scalars(rows).all())


def advised(scene: Scene) -> set[UUID]:
    """Who was told, once each, that their agency takes legal advice."""
    db.session.rollback()
    rows = select(OutboxRow.account_id, OutboxRow.context).where(OutboxRow.notice == Notice.LEGAL_ADVICE)
    told = db.session.execute(rows).all()
    assert len(told) == len({who for who, _ in told})
    assert all(set(context) == {"panel", "sits_on", "path"} for _, context in told)
    return {who for who, _ in told}


def test_X2_X6_five_agencies_one_refuses_one_redacts_one_changes_its_item_in_between(scene: Scene) -> None:
    """Exactly what was consented leaves, in the words that were consented."""
    key = scene.asked()
    assert notices(scene) == {one.account_id for one in scene.reps.values()}
    scene.answer(key, HOMES, Says.REFUSE, "It would tell him where she is")
    scene.answer(key, HEALTH, Says.REDACT, "", "CANARYTAKENOUT")
    scene.everybody(key, HOMES, HEALTH)
    assert scene.kept(key).state is State.TO_DECIDE
    scene.decide(key, Step.APPROVE_IN_PART)
    assert scene.kept(key).state is State.IN_PART
    scene.correct(SCHOOL, "CANARYANEW attendance is poor.")
    assert disclosure_following.follow_all(scene.tick()) > 0
    assert scene.kept(key).state is State.ASKED, "an item changed since, so its agency is asked again"
    with pytest.raises(RuleBroken):
        prepare(scene, key)
    scene.answer(key, SCHOOL)
    scene.decide(key, Step.APPROVE_IN_PART, "One agency refuses; the rest is hers to have")
    prepare(scene, key)
    made = release(scene, key)
    text = whole_text(scene, made)
    for word in ("CANARYHEALTH", "CANARYANEW", "CANARYPROBATION"):
        assert word in text, word
    for word in ("CANARYHOMES", "CANARYTAKENOUT", "CANARYSCHOOL", "Priya Raman"):
        assert word not in text, word
    assert "Wilma Grove" in text and scene.kept(key).state is State.RELEASED
    row = db.session.scalars(select(DisclosureReleaseRow)).one()
    assert (row.recipient, row.purpose, row.decided_by) == ("Wilma Grove", "Her own", scene.chair.account_id)
    assert [how for _, _, how in row.departs] == ["refused"], "the departure is recorded"


def test_X1_nothing_is_built_or_released_before_the_chair_has_decided(scene: Scene) -> None:
    key = scene.asked()
    scene.everybody(key)
    with pytest.raises(RuleBroken, match="No decision"):
        prepare(scene, key)
    for who in (scene.coordinator, scene.second, scene.reps[HOMES], scene.governance):
        with pytest.raises(Forbidden):
            disclosure_deciding.decide(who, key, disclosure_deciding.Chosen(Step.APPROVE, "x"), scene.tick())


def test_X6_who_prepared_it_does_not_release_it_and_what_changed_since_does_not_leave(scene: Scene) -> None:
    key = scene.asked()
    scene.everybody(key)
    scene.decide(key, Step.APPROVE)
    prepare(scene, key)
    with pytest.raises(RuleBroken, match="second person"):
        release(scene, key, scene.coordinator)
    with pytest.raises(RuleBroken, match="changed since you looked"):
        disclosure_releases.release(scene.second, key, "0" * 64, scene.tick())
    seen = disclosure_releases.seen_of(db.session.scalars(select(DisclosureReleaseRow)).one())
    scene.correct(HOMES, "CANARYLATE rent is paid.")
    with pytest.raises(RuleBroken):
        disclosure_releases.release(scene.second, key, seen, scene.tick())
    assert db.session.scalars(select(DisclosureReleaseRow.content)).all() == [None]


def test_X6_a_release_that_still_tells_of_somebody_else_is_not_built(scene: Scene) -> None:
    perpetrator = db.session.scalars(
        select(PersonRow.surname).join(CaseRow, CaseRow.perpetrator_id == PersonRow.id)
        .where(CaseRow.id == scene.case_id)
    ).one()  # fmt: skip
    scene.correct(HOMES, f"CANARYHOMES {perpetrator} has a key.")
    key = scene.asked()
    scene.everybody(key)
    scene.decide(key, Step.APPROVE)
    with pytest.raises(RuleBroken, match="somebody else"):
        prepare(scene, key)
    prepare(scene, key, CANARYHOMES=(perpetrator,))
    text = whole_text(scene, release(scene, key))
    assert "[left out] has a key" in text and perpetrator not in text


def test_X3_an_order_overrides_a_refusal_and_says_so(scene: Scene) -> None:
    key = scene.asked(Kind.COURT, organisation="Northmoor County Court")
    scene.answer(key, HOMES, Says.REFUSE, "Unsafe")
    scene.everybody(key, HOMES)
    with pytest.raises(RuleBroken, match="object"):
        scene.decide(key, Step.APPROVE)
    scene.decide(key, Step.OBJECT, "It would tell him where she is")
    ordered = [item.id for item in scene.items(key, scene.chair) if "CANARYHOMES" in item.text]
    disclosure_deciding.order(scene.coordinator, key, "Northmoor County Court", "26/114", scene.at, ordered,
                              False, "The homes' note alone", scene.tick())  # fmt: skip
    scene.decide(key, Step.FOLLOW_ORDER)
    prepare(scene, key)
    text = whole_text(scene, release(scene, key))
    assert "CANARYHOMES" in text and "Released by order of the court. Its agency refused." in text
    assert "CANARYHEALTH" not in text, "no more than was ordered"


def test_X3_without_an_objection_documents_are_identified_and_agencies_told_to_take_advice(
    scene: Scene,
) -> None:
    key = scene.asked(Kind.COURT, organisation="Northmoor County Court")
    scene.everybody(key)
    documents = frozenset(item.document for item in scene.items(key, scene.chair))
    with pytest.raises(RuleBroken, match="Identify the documents"):
        scene.decide(key, Step.NOT_OBJECT, documents=frozenset({Document.REFERRAL}))
    with pytest.raises(RuleBroken, match="legal advice"):
        scene.decide(key, Step.NOT_OBJECT, documents=documents)
    assert advised(scene) == set()
    disclosure_answers.advise(scene.coordinator, key, scene.tick())
    disclosure_answers.advise(scene.coordinator, key, scene.tick())
    assert advised(scene) == {one.account_id for one in scene.reps.values()}, "each is told"
    lines = [one for one in scene.kept(key).lines if one.what == NOTIFIED]
    assert [(one.by, set(one.told["advised"])) for one in lines] == [
        ("Jo Reed", set(map(str, scene.agencies.values())))
    ], "and it stands among what was done, once"
    scene.decide(key, Step.NOT_OBJECT, documents=documents)
    assert scene.kept(key).state is State.NOT_OBJECTED


def test_X4_a_review_waits_for_what_the_chair_agrees_with_who_is_concerned(scene: Scene) -> None:
    key = scene.asked(Kind.HOMICIDE_REVIEW, organisation="Safety Partnership")
    scene.answer(key, HOMES, Says.CONCERN, "A neighbour would be known by it")
    scene.everybody(key, HOMES)
    with pytest.raises(RuleBroken, match="concern"):
        scene.decide(key, Step.APPROVE_IN_PART)
    disclosure_answers.agree(scene.chair, key, scene.agencies[HOMES], Outcome.WITHHOLDS, "Left out whole",
                             scene.tick())  # fmt: skip
    scene.decide(key, Step.APPROVE_IN_PART)
    assert scene.kept(key).state is State.IN_PART


def test_X4_what_was_agreed_before_stays_beside_what_is_agreed_now(scene: Scene) -> None:
    key, homes = scene.asked(Kind.HOMICIDE_REVIEW, organisation="Safety Partnership"), scene.agencies[HOMES]
    for outcome, words in ((Outcome.WITHHOLDS, "Left out whole"), (Outcome.SHARES_PART, "The rent alone"),
                           (Outcome.SHARES, "All of it")):  # fmt: skip
        disclosure_answers.agree(scene.chair, key, homes, outcome, words, scene.tick())
    (asked,) = [one for one in scene.kept(key).asked if one.agency_id == homes]
    assert (asked.row.outcome, asked.row.outcome_words) == (Outcome.SHARES, "All of it")
    said = [(outcome, words) for outcome, words, _ in asked.agreed_before]
    assert said == [(Outcome.WITHHOLDS, "Left out whole"), (Outcome.SHARES_PART, "The rent alone")]
    (own,) = scene.kept(key, scene.reps[HOMES]).asked
    assert len(own.agreed_before) == 2, "and no other agency's"


def test_X5_the_media_reach_the_chair_and_nobody_else(scene: Scene) -> None:
    key = scene.log(Kind.MEDIA, name="Reporter", organisation="Moor Gazette", purpose="A story")
    assert scene.seen(key, scene.second) is None and scene.seen(key, scene.governance) is None
    assert all(scene.seen(key, rep) is None for rep in scene.reps.values())
    assert scene.seen(key, scene.coordinator), "who logged it"
    disclosures.take(scene.coordinator, key, Step.CHECK, "Press card", scene.tick())
    assert notices(scene) == {scene.chair.account_id}
    with pytest.raises(RuleBroken):
        disclosures.take(scene.coordinator, key, Step.ASK, "", scene.tick())
    with pytest.raises(RuleBroken, match="cannot be done now"):
        scene.decide(key, Step.APPROVE)
    scene.decide(key, Step.ANSWER, "No comment on any case")
    assert scene.kept(key).state is State.ANSWERED


def test_X5_one_that_has_not_signed_goes_to_the_chair(scene: Scene) -> None:
    key = scene.log(Kind.NON_SIGNATORY)
    disclosures.take(scene.coordinator, key, Step.CHECK, "Rung back", scene.tick())
    with pytest.raises(RuleBroken, match="goes to the chair"):
        disclosures.take(scene.coordinator, key, Step.ASK, "", scene.tick())
    disclosures.take(scene.chair, key, Step.ASK, "", scene.tick())
    assert scene.seen(key, scene.reps[HOMES]), "who is asked may know"


def test_X1_F3_the_perpetrator_is_given_nothing(scene: Scene) -> None:
    person = db.session.scalars(
        select(PersonRow).join(CaseRow, CaseRow.perpetrator_id == PersonRow.id)
        .where(CaseRow.id == scene.case_id)
    ).one()  # fmt: skip
    name = f"{person.forename} {person.surname}"
    key = scene.asked(name=name, who_asks=Requester(dob=person.dob))
    scene.everybody(key)
    with pytest.raises(RuleBroken, match="perpetrator or a known associate"):
        scene.decide(key, Step.APPROVE)
    scene.decide(key, Step.REFUSE, "He asks each agency himself")
    assert scene.kept(key).state is State.REFUSED


def test_F3_what_is_held_of_the_perpetrator_does_not_leave_through_an_agent(scene: Scene) -> None:
    """His solicitor asks: no name, number or address of theirs is his."""
    person_id = db.session.get_one(CaseRow, scene.case_id).perpetrator_id
    assert person_id is not None
    key = scene.asked(about=(person_id,), purpose="What is held of my client")
    scene.everybody(key)
    with pytest.raises(RuleBroken, match="each agency answers them itself"):
        scene.decide(key, Step.APPROVE)
    with pytest.raises(RuleBroken, match="each agency answers them itself"):
        prepare(scene, key)
    refused = db.session.scalars(select(RefusalRow)).one()
    assert (refused.kind, refused.ground, refused.case_id) == ("release", Ground.COLLISION, scene.case_id)
    scene.decide(key, Step.REFUSE, "Each agency answers him itself")
    assert scene.kept(key).state is State.REFUSED


def test_X1_a_request_that_no_chair_may_decide_is_told_to_who_can_appoint_another(scene: Scene) -> None:
    key = scene.asked(Kind.PARTNER)
    with saved():
        db.session.get_one(DisclosureRow, key).logged_by = scene.chair.account_id
    scene.everybody(key)
    db.session.rollback()
    with acting.acting(scene.governance):
        (stuck,) = disclosure_following.undecided(scene.governance, scene.at)
        assert stuck.id == key
    assert disclosure_following.undecided(scene.coordinator, scene.at) == []
    assert queued(scene, scene.coordinator) == queued(scene, scene.chair) == 1


def test_F3_nor_does_what_is_held_of_a_known_associate(scene: Scene) -> None:
    an_associate(scene)
    friend = db.session.scalars(select(AssociateRow.person_id)).one()
    kept = scene.kept(scene.asked(about=(friend,)))
    with acting.acting(scene.chair):
        there = disclosure_checking.against(scene.chair, kept)
        assert "known associate" in (disclosure_checking.kept_from(kept, there) or "")


def test_F3_a_release_is_not_built_for_the_perpetrator_and_that_is_kept(scene: Scene) -> None:
    person = db.session.scalars(
        select(PersonRow).join(CaseRow, CaseRow.perpetrator_id == PersonRow.id)
        .where(CaseRow.id == scene.case_id)
    ).one()  # fmt: skip
    name = f"{person.forename} {person.surname}"
    key = scene.asked()
    scene.everybody(key)
    scene.decide(key, Step.APPROVE)
    with pytest.raises(RuleBroken, match="could be the perpetrator"):
        disclosure_releases.prepare(scene.coordinator, key, {}, name, "Her own", scene.tick())
    with pytest.raises(RuleBroken, match="somebody else"):
        disclosure_releases.prepare(scene.coordinator, key, {}, "Wilma Grove", f"For {name}", scene.tick())
    refused = db.session.scalars(select(RefusalRow)).one()
    assert (refused.kind, refused.ground, refused.case_id) == ("release", Ground.COLLISION, scene.case_id)
    assert not db.session.scalars(select(DisclosureReleaseRow)).all()


@ON_ONE
def test_F3_what_was_released_is_not_handed_over_once_its_recipient_is_kept_from_it(scene: Scene) -> None:
    key = scene.asked()
    scene.everybody(key)
    scene.decide(key, Step.APPROVE)
    prepare(scene, key)
    made = release(scene, key)
    person_id = db.session.get_one(CaseRow, scene.case_id).perpetrator_id
    assert person_id is not None
    with saved():
        person = db.session.get_one(PersonRow, person_id)
        person.forename, person.surname = "Wilma", "Grove"
    with pytest.raises(RuleBroken, match="could be the perpetrator"):
        disclosure_files.fetch(scene.second, made.id, scene.tick())


def test_X6_prepared_again_for_another_the_second_person_looks_again(scene: Scene) -> None:
    key = scene.asked()
    scene.everybody(key)
    scene.decide(key, Step.APPROVE)
    prepare(scene, key)
    seen = disclosure_releases.seen_of(db.session.scalars(select(DisclosureReleaseRow)).one())
    disclosure_releases.prepare(scene.coordinator, key, {}, "Another Reader", "Her own", scene.tick())
    with pytest.raises(RuleBroken, match="changed since you looked"):
        disclosure_releases.release(scene.second, key, seen, scene.tick())


def test_X1_X2_the_chair_signs_what_they_were_shown_and_nothing_else(scene: Scene) -> None:
    key = scene.asked()
    scene.everybody(key, HOMES)
    scene.answer(key, HOMES, Says.CONCERN, "It would tell him where she is")
    kept = scene.kept(key)
    with acting.acting(scene.chair):
        seen = disclosure_deciding.seen_of(kept)
    scene.answer(key, HOMES, Says.REFUSE, "It would tell him where she is")
    with pytest.raises(RuleBroken, match="Nothing was signed"):
        scene.decide(key, Step.APPROVE_IN_PART, seen=seen)
    assert scene.kept(key).state is State.TO_DECIDE


def test_X2_an_item_that_changes_while_with_the_chair_is_asked_again(scene: Scene) -> None:
    key = scene.asked()
    scene.everybody(key)
    scene.correct(SCHOOL, "CANARYANEW attendance is poor.")
    assert disclosure_following.follow_all(scene.tick()) > 0
    assert scene.kept(key).state is State.ASKED
    disclosures.take(scene.coordinator, key, Step.PUT, "The hearing is near", scene.tick())
    disclosure_following.follow_all(scene.tick())
    assert scene.kept(key).state is State.TO_DECIDE, "the chair was told what is not answered"


def test_X2_asked_again_what_was_refused_waits_anew(scene: Scene) -> None:
    key = scene.asked()
    scene.answer(key, HOMES, Says.REFUSE, "It would tell him where she is")
    scene.everybody(key, HOMES)
    disclosures.take(scene.chair, key, Step.ASK_AGAIN, "Could you share less?", scene.tick())
    kept = scene.kept(key, scene.reps[HOMES])
    assert (kept.state, kept.asked_again_for) == (State.ASKED, "Could you share less?")
    scene.answer(key, HOMES)
    assert scene.kept(key).state is State.TO_DECIDE


def test_X5_the_chair_checks_what_goes_to_the_chair_and_nothing_else(scene: Scene) -> None:
    key = scene.log(Kind.NON_SIGNATORY)
    disclosures.take(scene.chair, key, Step.CHECK, "Passport seen", scene.tick())
    assert scene.kept(key).state is State.CHECKED
    other = scene.log()
    with pytest.raises(RuleBroken, match="checks who asks"):
        disclosures.take(scene.chair, other, Step.CHECK, "Passport seen", scene.tick())


def test_F3_somebody_is_told_apart_only_where_a_name_is_alike(scene: Scene) -> None:
    person = db.session.scalars(
        select(PersonRow).join(CaseRow, CaseRow.perpetrator_id == PersonRow.id)
        .where(CaseRow.id == scene.case_id)
    ).one()  # fmt: skip
    name = f"{person.forename} {person.surname}"
    key, other = scene.asked(name=name), scene.log()
    with pytest.raises(RuleBroken, match="nobody to tell them apart"):
        disclosures.take(scene.coordinator, other, Step.CHECK, "Seen", scene.tick(), another="Her passport")
    with pytest.raises(RuleBroken, match="nobody to tell them apart"):
        disclosure_recipients.tell_apart(scene.coordinator, other, "Her passport", scene.tick())
    with pytest.raises(RuleBroken, match="You logged this request"):
        disclosure_recipients.tell_apart(scene.coordinator, key, "Born in 1950", scene.tick())
    disclosure_recipients.tell_apart(scene.second, key, "Born in 1950", scene.tick())
    kept = scene.kept(key)
    assert kept.another == "Born in 1950"
    with acting.acting(scene.chair):
        there = disclosure_checking.against(scene.chair, kept)
        assert disclosure_checking.kept_from(kept, there) is None


def test_F3_who_logged_a_request_does_not_clear_who_asks(scene: Scene) -> None:
    """Nor do they receive it by its own name: one person would else be all that stands before him."""
    name = like_him(scene)
    key = scene.log(name=name)
    with pytest.raises(RuleBroken, match="You logged this request"):
        disclosures.take(scene.coordinator, key, Step.CHECK, "Seen", scene.tick(), another="Born in 1950")
    assert scene.kept(key).state is State.RECEIVED
    disclosures.take(scene.coordinator, key, Step.CHECK, "Seen", scene.tick())
    with saved():  # as it could be kept before this was refused
        place = disclosures_store.next_place(key)
        db.session.add(
            DisclosureStepRow(area_id=scene.area_id, request_id=key, place=place, step=TOLD_APART,
                              who="a coordinator", account_id=scene.coordinator.account_id, at=scene.tick(),
                              reason="", signed=False, told={"another": "Born in 1950"})
        )  # fmt: skip

    def refused() -> bool:
        kept = scene.kept(key)
        with acting.acting(scene.chair):
            there = disclosure_checking.against(scene.chair, kept)
            return disclosure_checking.kept_from(kept, there) is not None

    assert refused()
    disclosure_recipients.tell_apart(scene.second, key, "Seen in person", scene.tick())
    assert not refused()
    an_associate(scene)
    assert refused(), "it lapses once a further associate is known"
    disclosure_recipients.tell_apart(scene.chair, key, "Seen again", scene.tick())
    assert not refused()


def test_X3_who_recorded_an_order_does_not_follow_it(scene: Scene) -> None:
    key = scene.asked(Kind.COURT, organisation="Northmoor County Court")
    scene.everybody(key)
    scene.decide(key, Step.OBJECT, "It would tell him where she is")
    ordered = [item.id for item in scene.items(key, scene.chair)]
    for who, refused in ((scene.chair, True), (scene.second, False)):
        disclosure_deciding.order(who, key, "Northmoor County Court", "26/114", scene.at, ordered, False,
                                  "All of it", scene.tick())  # fmt: skip
        kept = scene.kept(key)
        with acting.acting(scene.chair):
            assert (Step.FOLLOW_ORDER not in disclosures.open_steps(scene.chair, kept)) is refused
        if refused:
            with pytest.raises(RuleBroken, match="another chair follows it"):
                scene.decide(key, Step.FOLLOW_ORDER)
    scene.decide(key, Step.FOLLOW_ORDER)
    assert scene.kept(key).state is State.ORDER_FOLLOWED


def test_X2_an_agency_answers_for_its_own_items_on_the_version_it_saw(scene: Scene) -> None:
    key = scene.asked()
    rep = scene.reps[HOMES]
    (own,) = scene.items(key, rep)
    (other,) = scene.items(key, scene.reps[HEALTH])
    with pytest.raises(NotFound):
        disclosure_answers.answer(rep, key, other.id, other.version, Says.CONSENT, "", (), scene.tick())
    scene.correct(HOMES, "CANARYHOMES the rent is paid.")
    with pytest.raises(RuleBroken, match="changed while you read it"):
        disclosure_answers.answer(rep, key, own.id, own.version, Says.CONSENT, "", (), scene.tick())
    with pytest.raises(Forbidden):
        disclosure_answers.answer(scene.chair, key, own.id, own.version, Says.CONSENT, "", (), scene.tick())


def test_M6_a_restricted_case_hides_its_requests(scene: Scene) -> None:
    key = scene.asked()
    with saved():
        db.session.add(
            RestrictionRow(case_id=scene.case_id, area_id=scene.area_id, hides=Hides.UNNAMED, reason="r",
                           state=RestrictionState.RESTRICTED, put_by=scene.chair.account_id, put_at=NOW)
        )  # fmt: skip
    for who in (scene.coordinator, scene.chair, scene.reps[HOMES]):
        assert scene.seen(key, who) is None
    with pytest.raises(NotFound):
        disclosures.take(scene.coordinator, key, Step.WITHDRAW, "x", scene.tick())
    with pytest.raises(NotFound):
        scene.log()


def test_M6_a_walled_representative_finds_nothing_and_is_told_of_nothing(scene: Scene) -> None:
    a_wall(scene.area_id, scene.case_id, scene.reps[HOMES].account_id)
    key = scene.asked()
    assert scene.seen(key, scene.reps[HOMES]) is None
    assert scene.reps[HOMES].account_id not in notices(scene)


def test_X2_governance_logs_with_a_ticket_alone(scene: Scene) -> None:
    with pytest.raises(NotFound):
        told = scene.kept(scene.log()).told
        disclosures.log(scene.governance, scene.case_id, told, Requester(), scene.tick())


@ON_ONE
def test_X1_what_is_missing_is_said_by_field(scene: Scene) -> None:
    with pytest.raises(Unfit) as refused:
        scene.log(Kind.COURT, name=" ", purpose="", about=(uuid4(),), hearing_at=None, court="")
    assert set(refused.value.problems) == {"name", "purpose", "about", "hearing_at", "court"}
    assert db.session.scalars(select(DisclosureRow)).all() == []


@ON_ONE
def test_X2_the_clock_of_subject_access_stops_and_is_extended(scene: Scene) -> None:
    key = scene.log()
    first = scene.kept(key)
    assert first.due_words == "by Wednesday 23 December 2026"
    disclosures.stop_clock(scene.coordinator, key, WaitsFor.IDENTITY, scene.tick())
    assert scene.kept(key).due_at is None
    disclosures.run_clock(scene.coordinator, key, scene.at + timedelta(days=3))
    assert scene.kept(key).due_words == "by Tuesday 29 December 2026"
    disclosures.extend(scene.coordinator, key, "Many items", scene.at + timedelta(days=4))
    assert scene.kept(key).due_words == "by Friday 26 February 2027"
    with pytest.raises(RuleBroken, match="once"):
        disclosures.extend(scene.coordinator, key, "More", scene.at + timedelta(days=5))


@ON_ONE
def test_X2_X3_other_clocks(scene: Scene) -> None:
    assert scene.kept(scene.log(Kind.FREEDOM_OF_INFORMATION)).due_words == "by Monday 21 December 2026"
    assert scene.kept(scene.log(Kind.COURT)).due_words == "by Monday 7 December 2026"


@ON_ONE
def test_X1_what_no_law_gives_a_time_is_due_when_who_asks_wants_it(scene: Scene) -> None:
    key = scene.log(Kind.LESSONS_REVIEW)
    kept = scene.kept(key)
    assert kept.due_words == "by Friday 29 January 2027"
    assert not kept.late(scene.at) and kept.late(scene.at + timedelta(days=90))
    assert disclosure_following.follow_all(scene.tick()) == 0
    assert disclosure_following.follow_all(scene.at + timedelta(days=90)) == 3, "who runs the meetings"


@ON_ONE
def test_X1_one_for_which_nobody_named_a_day_has_no_clock_and_is_not_forgotten(scene: Scene) -> None:
    key = scene.log(Kind.HOMICIDE_REVIEW, wanted_on=None)
    kept, later = scene.kept(key), scene.at + timedelta(days=20)
    assert kept.due_words == "" and not kept.late(later)
    assert not kept.lies(scene.at) and kept.lies(later)
    assert disclosure_following.follow_all(scene.tick()) == 0 and not notices(scene)
    assert disclosure_following.follow_all(later) and scene.coordinator.account_id in notices(scene)
    assert disclosure_following.follow_all(later) == 0  # once, until something is done with it
    disclosures.take(scene.coordinator, key, Step.CHECK, "Letter of the board", later)
    assert not scene.kept(key).lies(later)


@ON_ONE
def test_X2_what_a_referral_was_prompted_by_is_asked_for_once(scene: Scene) -> None:
    """Its entry says it; what was answered for the rest while that was not so is asked anew."""
    prompt, said = "The incident or information that prompted this", "He held her by the throat."
    with saved():
        sent = a_sent_row(scene.area_id, scene.case_id, scene.reps[HOMES].account_id, scene.agencies[HOMES])
        here = {"area_id": scene.area_id, "case_id": scene.case_id, "referral_id": sent.id, "sight": "case",
                "author": "A", "at": NOW}  # fmt: skip
        for one in ({"label": prompt, "text": said},
                    {"label": "Was", "text": "Twice", "question": "incident.history"}):  # fmt: skip
            db.session.add(ReferralToldRow(**here | one))
            db.session.flush()
        key_of = sent.id
    key = scene.asked()
    scene.answer(key, HOMES)
    (told,) = [item for item in scene.items(key, scene.reps[HOMES]) if said in item.text]
    rest = "What could increase the risk: Quillfeather fears a letter"
    assert told.text == f"{prompt}: {said}\nWas: Twice\n{rest}", "the police’s entry covers nothing of it"
    with saved():  # the entry that says it is this referral's own
        number = db.session.scalars(select(IncidentRow.occurrence_number)).one()
        db.session.execute(update(IncidentRow).values(kind="referral"))
        its = ReferralCaseRow.referral_id == key_of
        db.session.execute(update(ReferralCaseRow).where(its).values(occurrence_number=number))
    items = {item.id: item.text for item in scene.items(key, scene.reps[HOMES])}
    assert sum(said in text for text in items.values()) == 1
    assert items[told.id] == f"Was: Twice\n{rest}"
    with acting.acting(scene.chair):
        answers = disclosures_store.answers(scene.chair, key)
    (now,) = [item for item in scene.items(key, scene.chair) if item.id == told.id]
    assert standing(told, answers) is Standing.CONSENTED and standing(now, answers) is Standing.CHANGED


@ON_ONE
def test_X1_who_logged_it_does_not_decide_it(scene: Scene) -> None:
    key = scene.asked()
    scene.everybody(key)
    with saved():
        db.session.get_one(DisclosureRow, key).logged_by = scene.chair.account_id
    with pytest.raises(RuleBroken, match="another chair"):
        scene.decide(key, Step.APPROVE)


@ON_ONE
def test_steps_are_never_changed_and_leave_a_trace_each(scene: Scene) -> None:
    scene.asked()
    with pytest.raises(Exception, match="stays as it was"), saved():
        step = db.session.scalars(select(DisclosureStepRow).order_by(DisclosureStepRow.place)).first()
        assert step is not None
        step.reason = "otherwise"
    db.session.rollback()
    rows = select(AuditRow.action).where(AuditRow.case_id == scene.case_id)
    assert {"disclosure.logged", "disclosure.step"} <= set(db.session.scalars(rows))


@ON_ONE
def test_X6_the_file_is_gone_after_its_last_day_and_the_register_stays(scene: Scene) -> None:
    key = scene.asked()
    scene.everybody(key)
    scene.decide(key, Step.APPROVE)
    prepare(scene, key)
    made = release(scene, key)
    with pytest.raises(Forbidden):
        disclosure_files.fetch(scene.reps[HOMES], made.id, scene.tick())
    over = scene.at + timedelta(days=16)
    assert disclosure_files.expire(over) == 1 and disclosure_files.expire(over) == 0
    assert disclosure_files.fetch(scene.second, made.id, over) is None
    with acting.acting(scene.chair):
        (row,) = released_store.register(scene.chair)
    assert (row.recipient, row.released_by) == ("Wilma Grove", "Ash Cole")


@ON_ONE
def test_X3_overdue_agencies_are_told_once_more(scene: Scene) -> None:
    scene.asked()
    assert disclosure_following.follow_all(scene.tick()) == 0, "told already"
    late = scene.at + timedelta(days=10)
    runs = {one.account_id for one in (scene.coordinator, scene.second, scene.chair)}
    assert not runs & notices(scene)
    assert disclosure_following.follow_all(late) == len(NAMES) + len(runs)
    assert runs <= notices(scene), "who runs the meetings chases them"
    assert disclosure_following.follow_all(late) == 0


@ON_ONE
def test_X3_an_objection_past_its_hearing_is_told_to_who_runs_the_meetings(scene: Scene) -> None:
    key = scene.asked(Kind.COURT, organisation="Northmoor County Court")
    scene.everybody(key)
    told = queued(scene, scene.chair)
    scene.decide(key, Step.OBJECT, "It would tell him where she is")
    assert disclosure_following.follow_all(HEARING - timedelta(hours=1)) == 0
    assert queued(scene, scene.chair) == told, "the court is waited for, and not who objected"
    assert scene.second.account_id not in notices(scene)
    assert disclosure_following.follow_all(HEARING + timedelta(hours=1)) == 3
    assert {scene.coordinator.account_id, scene.second.account_id} <= notices(scene)
    assert disclosure_following.follow_all(HEARING + timedelta(days=1)) == 0


def like_him(scene: Scene) -> str:
    """A name as the perpetrator's."""
    person = db.session.scalars(
        select(PersonRow).join(CaseRow, CaseRow.perpetrator_id == PersonRow.id)
        .where(CaseRow.id == scene.case_id)
    ).one()  # fmt: skip
    return f"{person.forename} {person.surname}"


def test_F3_a_recipient_of_a_like_name_is_cleared_by_a_second_person(scene: Scene) -> None:
    name, key = like_him(scene), scene.asked()
    scene.everybody(key)
    scene.decide(key, Step.APPROVE)
    built = (scene.coordinator, key, {}, name, "Her own")
    apart = disclosure_recipients.tell_recipient_apart
    with pytest.raises(RuleBroken, match="No release was refused"):
        apart(scene.second, key, name, "Her solicitor, seen in person", scene.tick())
    with pytest.raises(RuleBroken, match="does not build the release"):
        disclosure_releases.prepare(*built, scene.tick())
    for recipient, another, why in (
        (name, " ", "how you know"),
        ("Wilma Grove", "Seen", "No release was refused"),
        ("", "Seen", "Enter the recipient"),
    ):
        with pytest.raises(RuleBroken, match=why):
            apart(scene.second, key, recipient, another, scene.tick())
    apart(scene.coordinator, key, name, "Her solicitor, seen in person", scene.tick())
    with pytest.raises(RuleBroken, match="does not build the release"):
        disclosure_releases.prepare(*built, scene.tick())
    apart(scene.second, key, name, "Her solicitor, seen in person", scene.tick())
    disclosure_releases.prepare(*built, scene.tick())
    made = release(scene, key, scene.chair)
    assert made.recipient == name
    assert disclosure_files.fetch(scene.second, made.id, scene.tick())
    an_associate(scene)
    with pytest.raises(RuleBroken, match="does not build the release"):
        disclosure_files.fetch(scene.second, made.id, scene.tick())


def an_associate(scene: Scene) -> None:
    """Somebody near the perpetrator becomes known, with a telephone number."""
    told = {"area_id": scene.area_id, "case_id": scene.case_id, "author": "x", "source": "x",
            "agency_id": scene.agencies[HOMES], "recorded_by": scene.reps[HOMES].account_id,
            "recorded_at": NOW}  # fmt: skip
    with saved():
        friend = PersonRow(id=uuid4(), area_id=scene.area_id, forename="Kit", surname="Vane")
        db.session.add(friend)
        db.session.flush()
        number = {"kind": "phone", "value": "07700 900321", "key": "07700900321"}
        db.session.add(AssociateRow(relation="brother", person_id=friend.id, **told))
        db.session.add(ContactRow(person_id=friend.id, **number, **told))


def test_F3_who_a_recipient_is_nobody_learns_without_a_trace(scene: Scene) -> None:
    """Typing a number or a name tells nothing before a release was refused for it, and each refusal stays."""
    an_associate(scene)
    key, his = scene.asked(), "Reader, 07700 900321"
    scene.everybody(key)
    scene.decide(key, Step.APPROVE)
    apart = disclosure_recipients.tell_recipient_apart
    for recipient in (his, "Kit Vane", "Wilma Grove"):
        with pytest.raises(RuleBroken, match="No release was refused"):
            apart(scene.second, key, recipient, "Seen in person", scene.tick())
    assert not db.session.scalars(select(RefusalRow)).all()
    with pytest.raises(RuleBroken, match="shares an address"):
        disclosure_releases.prepare(scene.coordinator, key, {}, his, "Her own", scene.tick())
    with pytest.raises(RuleBroken, match="Nothing clears it"):
        apart(scene.second, key, his, "Seen in person", scene.tick())
    db.session.rollback()
    logged = db.session.execute(select(RefusalRow.account_id, RefusalRow.ground, RefusalRow.case_id)).all()
    assert set(logged) == {(who.account_id, Ground.COLLISION, scene.case_id)
                           for who in (scene.coordinator, scene.second)}  # fmt: skip
    assert scene.kept(key).refused == (his, his)


def test_X3_only_agencies_that_were_told_are_kept_as_told_to_take_legal_advice(scene: Scene) -> None:
    key = scene.asked(Kind.COURT, organisation="Northmoor County Court")
    scene.everybody(key)
    documents = frozenset(item.document for item in scene.items(key, scene.chair))
    homes, rep = scene.agencies[HOMES], scene.reps[HOMES].account_id
    with saved():
        db.session.get_one(AccountRow, rep).disabled_at = NOW
    for _ in range(2):
        assert disclosure_answers.advise(scene.coordinator, key, scene.tick()) == (HOMES,)
    assert rep not in advised(scene)
    assert {one.agency for one in scene.kept(key).asked if one.advised_at} == {*NAMES} - {HOMES}
    with pytest.raises(RuleBroken, match="legal advice"):
        scene.decide(key, Step.NOT_OBJECT, documents=documents)
    for agencies, how, why in (
        ((), "By telephone", "Choose agencies"),
        ((homes, scene.agencies[HEALTH]), "By telephone", "Choose agencies"),
        ((homes,), " ", "how they were told"),
    ):
        with pytest.raises(RuleBroken, match=why):
            disclosure_answers.advised(scene.coordinator, key, agencies, how, scene.tick())
    disclosure_answers.advised(scene.coordinator, key, {homes}, "By telephone, its manager", scene.tick())
    kept = scene.kept(key)
    assert all(one.advised_at for one in kept.asked)
    last = kept.lines[-1]
    assert (last.reason, last.told) == ("By telephone, its manager", {"advised": [str(homes)]})
    assert disclosure_answers.advise(scene.coordinator, key, scene.tick()) == ()
    scene.decide(key, Step.NOT_OBJECT, documents=documents)
    assert scene.kept(key).state is State.NOT_OBJECTED


def test_X6_who_people_are_is_an_item_of_each_of_them(scene: Scene) -> None:
    """So that what somebody asks of themselves is released without anybody else."""
    with saved():
        sent = a_sent_row(scene.area_id, scene.case_id, scene.reps[HOMES].account_id, scene.agencies[HOMES])
        for label, text in (
            ("Victim's other names", "CANARYHERS"),
            ("Perpetrator 1: Perpetrator's other names", "CANARYHIS"),
            ("Child 1: Child's name", "CANARYFIRST"),
            ("Child 1: Child's date of birth", "Sunday 3 May 2015"),
            ("Child 2: Child's name", "CANARYSECOND"),
            ("Relevant history", "CANARYHISTORY"),
        ):
            db.session.add(
                ReferralToldRow(area_id=scene.area_id, case_id=scene.case_id, referral_id=sent.id,
                                sight="case", label=label, text=text, author="A", at=NOW)
            )  # fmt: skip
            db.session.flush()
    items = [item for item in scene.items(scene.asked(), scene.chair) if item.document is Document.REFERRAL]
    texts = {item.text for item in items if item.sort == "who people are"}
    assert texts == {
        "Victim's other names: CANARYHERS", "Perpetrator 1: Perpetrator's other names: CANARYHIS",
        "Child 1: Child's name: CANARYFIRST\nChild 1: Child's date of birth: Sunday 3 May 2015",
        "Child 2: Child's name: CANARYSECOND",
    }  # fmt: skip
    assert len({item.id for item in items}) == len(items) == 5, "and what happened, in one"


def test_X5_the_log_tells_nobody_but_the_chair_and_who_logged_it_of_the_media(scene: Scene) -> None:
    key = scene.log(Kind.MEDIA, name="Reporter", organisation="Moor Gazette", purpose="A story")
    disclosures.take(scene.coordinator, key, Step.CHECK, "Press card", scene.tick())
    other = scene.log()

    def lines(who: Principal) -> set[str]:
        db.session.rollback()
        with acting.acting(who):
            told = trail.lines(who, trail.Filter(case_id=scene.case_id), 1, 100)
        return {line.subject.split("/")[1] for line in told if line.subject.startswith("disclosure_request/")}

    assert lines(scene.second) == {str(other)}
    assert lines(scene.chair) == lines(scene.coordinator) == {str(key), str(other)}


def test_X2_what_was_told_beside_entries_and_notes_is_held_and_asked_for(scene: Scene) -> None:
    """Referrals' further answers, who was named in research, why a case was not confirmed, clarifications."""
    homes, health = scene.agencies[HOMES], scene.agencies[HEALTH]
    here = {"area_id": scene.area_id, "item_id": scene.item_id}
    with saved():
        by = scene.reps[HOMES].account_id
        sent = a_sent_row(scene.area_id, scene.case_id, by, homes)
        for sight, label, text in (
            ("case", "Relevant history", "CANARYHISTORY"),
            ("everywhere", "Conditions or limits the victim set", "CANARYLIMITS"),
            ("contact", "Safe times", "CANARYCONTACT"),
            ("case", "Child 1: School or nursery", "CANARYSCHOOLED"),
            ("case", "Child 1: Relationship to the victim", "CANARYKIN"),
            ("panel", "Asks to attend", "CANARYATTENDS"),
        ):
            db.session.add(
                ReferralToldRow(area_id=scene.area_id, case_id=scene.case_id, referral_id=sent.id,
                                sight=sight, label=label, text=text, author="A", at=NOW)
            )  # fmt: skip
            db.session.flush()
        for row in (
            ResearchNamedRow(agency_id=health, author="A", recorded_by=by, recorded_at=NOW, kind="adult",
                             name="Alder Finch", relation="A lodger", why="CANARYNAMED", **here),
            ClarificationRow(case_id=scene.case_id, about="vulnerable adult", name="Alder Finch",
                             text="A lodger. CANARYNAMED", recorded_by=by, recorded_at=NOW, **here),
            ClarificationRow(case_id=scene.case_id, about="victim", name="Other Name",
                             text="CANARYCLARIFIED", recorded_by=by, recorded_at=NOW, **here),
            ConfirmationRow(agency_id=health, confirmed=False, reason="CANARYREASON", author="A", said_by=by,
                            said_at=NOW, **here),
            ConfirmationRow(agency_id=homes, confirmed=True, reason="", author="A", said_by=by, said_at=NOW,
                            **here),
        ):  # fmt: skip
            db.session.add(row)
            db.session.flush()
    key = scene.asked()
    homes_text = " ".join(item.text for item in scene.items(key, scene.reps[HOMES]))
    for word in ("CANARYHISTORY", "CANARYLIMITS", "CANARYKIN", "Quillfeather fears a letter"):
        assert word in homes_text, word
    health_text = [item.text for item in scene.items(key, scene.reps[HEALTH])]
    assert sum("CANARYNAMED" in text for text in health_text) == 1
    assert "CANARYREASON" in health_text
    everything = scene.items(key, scene.chair)
    for word in ("CANARYCONTACT", "CANARYSCHOOLED", "CANARYATTENDS"):
        assert not any(word in item.text for item in everything), word
    (nobodys,) = [item for item in everything if "CANARYCLARIFIED" in item.text]
    assert nobodys.agency is None, "no one agency consents to it"
    assert sum("CANARYNAMED" in item.text for item in everything) == 1
    scene.everybody(key, HOMES)
    scene.answer(key, HOMES, Says.REFUSE, "It would tell him where she is")
    with pytest.raises(RuleBroken, match="Not every agency"):
        scene.decide(key, Step.APPROVE)
    scene.answer(key, HOMES)
    scene.decide(key, Step.APPROVE)
    assert scene.kept(key).state is State.APPROVED


def test_X1_X6_a_child_can_be_whom_it_is_about_and_is_told_of_then_alone(scene: Scene) -> None:
    born = date(2019, 3, 2)
    with saved():
        by = scene.reps[HOMES].account_id
        db.session.add(
            ResearchNamedRow(area_id=scene.area_id, item_id=scene.item_id, agency_id=scene.agencies[HOMES],
                             author="A", recorded_by=by, recorded_at=NOW, kind="child", name="Wren Ashby",
                             dob=born, relation="A child", why="At home then")
        )  # fmt: skip
    for about in ((scene.victim_id,), (disclosure_children.key("wren ashby", born),)):
        key = scene.asked(Kind.CHILD_REVIEW, about=about, name="Reviewer", purpose="The review")
        scene.everybody(key)
        scene.decide(key, Step.APPROVE)
        built = (scene.coordinator, key, {}, "Reviewer", "The review", scene.tick())
        if about == (scene.victim_id,):
            with pytest.raises(RuleBroken, match="somebody else"):
                disclosure_releases.prepare(*built)
        else:
            disclosure_releases.prepare(*built)
    with pytest.raises(Unfit) as refused:
        scene.log(about=(disclosure_children.key("Wren Ashby", None),))
    assert set(refused.value.problems) == {"about"}
