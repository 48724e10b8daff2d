"""Third parties' requests by clicks alone, from logging to the file that leaves (Rulebook X1 to X3, X6)."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from meetingsvc.app import create_app
from meetingsvc.config import Settings
from meetingsvc.models import db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.usecases import areas, disclosure_following
from tests.a_third_party import Scene
from tests.browser.checks import check_page
from tests.browser.requesting import (
    BESIDE,
    DETAILS,
    HEALTH,
    HOMES,
    OTHERS,
    POLICE,
    PROBATION,
    SCHOOL,
    SUPPLIED,
    Hands,
    Site,
    a_panel,
    opened,
    planted,
)
from tests.builders import BEFORE_ALL
from tests.servers.serving import served

pytestmark = pytest.mark.browser
Enter = Callable[[Principal], Hands]


@pytest.fixture
def site(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    made = Site()
    monkeypatch.setattr("meetingsvc.clock.now", made.now)
    made.app = create_app(Settings(database_url, tmp_path, demo=True, secret_key="x" * 32))
    with served(made.app) as port:
        made.address = f"http://127.0.0.1:{port}"
        yield made
    with made.app.app_context():
        db.engine.dispose()


@pytest.fixture
def scene(site: Site) -> Scene:
    with site.app.app_context(), acting.service():
        return a_panel(areas.create("northmoor", date(2026, 11, 2), BEFORE_ALL))


@pytest.fixture
def enter(site: Site, scene: Scene, browser: Browser) -> Iterator[Enter]:
    """`enter(scene.chair)`: the chair signs in, in a browser of their own."""
    contexts: list[BrowserContext] = []

    def entered(who: Principal) -> Hands:
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB"))
        hands = Hands(site, contexts[-1].new_page(), who)
        hands.enter()
        return hands

    yield entered
    for context in contexts:
        context.close()


def log(hands: Hands, kind: str) -> None:
    """From the daily list to the agencies: logged, checked, and each asked for its own."""
    hands.open_case()
    hands.follow("Log a third party’s request")
    hands.main.get_by_label("What is asked for?").select_option(label=kind)
    hands.fill("Who asks?", "Wilma Grove")
    hands.fill("For whom do they ask?", "Grove Solicitors")
    hands.fill("For what purpose?", "Her own information")
    hands.main.get_by_role("group", name="About whom?").get_by_label("Niamh").check()
    hands.fill("At what time?", "08:00")
    if kind.startswith("Court"):
        hands.fill("Which court, and the number of the proceedings?", "Northmoor County Court, 26/114")
        hands.day("On which day is the hearing?", date(2026, 12, 14))
        hands.fill("At what time is the hearing?", "10:00")
    hands.press("Log the request")
    hands.record("Requester checked", "CANARYCHECKED by telephone")
    hands.open_request("the agencies to be asked")
    hands.record("Agencies asked")
    assert "With the agencies." in hands.reads


def answer(hands: Hands, agency: str, **says: tuple[str, str, str]) -> None:
    """An agency answers for each item that waits for it: it consents, unless the test says otherwise."""
    hands.open_request("your agency’s answer")
    hands.press("Answer for your agency")
    while (left := hands.main.get_by_role("link", name=re.compile("^Answer for item"))).count():
        assert planted(hands.reads) - BESIDE <= SUPPLIED[agency], "an agency reads its own alone"
        hands.click(left.first)
        text, usual = hands.reads, ("Consent: all of it may be released", "", "")
        told, words, passages = next((one for word, one in says.items() if word in text), usual)
        hands.choose("What does your agency say?", told)
        hands.fill("If you refuse or are concerned: why?", words)
        hands.fill("If passages are left out: which?", passages)
        hands.press("Answer")
        assert "Your agency’s answer is recorded." in hands.reads


def answer_all(enter: Enter, scene: Scene) -> Hands:
    """One refuses, one consents with a passage left out, three consent. Gives back the school's hands."""
    refuses = ("Refuse", "CANARYWHY he would find her", "")
    answer(enter(scene.reps[HOMES]), HOMES, CANARYHOMES=refuses)
    redacts = ("Consent, with passages left out", "", "CANARYTAKENOUT")
    answer(enter(scene.reps[HEALTH]), HEALTH, CANARYHEALTH=redacts)
    for name in (POLICE, PROBATION):
        answer(enter(scene.reps[name]), name)
    school = enter(scene.reps[SCHOOL])
    answer(school, SCHOOL)
    return school


def correct(hands: Hands) -> None:
    """The school puts right what it shared."""
    hands.open_case()
    hands.click(hands.page.get_by_role("link", name="What agencies shared"))
    hands.follow(re.compile(f"^Correct what {SCHOOL}"))
    hands.fill("What was shared, corrected", "CANARYANEW attendance is poor.")
    hands.fill("Why is it corrected?", "CANARYMISREAD the register")
    hands.press("Save the correction")


def follow_up(site: Site) -> None:
    """What the service does by itself, every few minutes."""
    with site.app.app_context(), acting.service():
        disclosure_following.follow_all(site.now())


def leave_out(hands: Hands) -> None:
    """The coordinator builds it; what it would tell of somebody else, they are shown and leave out."""
    hands.press("Build the release")
    assert "It still tells the name of Gareth Moss" in hands.reads
    hands.press("Build the release")
    assert "The release would still tell of somebody else" in hands.reads
    check_page(hands.page)
    item = hands.main.locator(".govuk-inset-text", has_text="CANARYOTHERS")
    item.locator("xpath=following::textarea[1]").fill("\n".join(DETAILS))
    hands.press("Build the release")
    assert "A second person looks at it and releases it." in hands.reads


def release(hands: Hands) -> str:
    """A second person looks, signs and takes it away. Gives everything in the file."""
    hands.open_request("a second person to release it")
    hands.press("Look at the release")
    hands.sign("Release it and sign")
    phrase = hands.main.locator("strong").inner_text()
    with hands.page.expect_download() as file:
        hands.main.get_by_role("link", name="Download the file").click()
    assert file.value.suggested_filename == "release.pdf"
    hands.follow("Done")
    assert "Released." in hands.reads
    return opened(Path(file.value.path()).read_bytes(), phrase)


def register(hands: Hands, *words: str) -> None:
    """It says to whom, for what and by whom, and nothing of what was released."""
    hands.click(hands.page.get_by_role("link", name="Requests", exact=True).first)
    hands.follow("What was released, and to whom")
    row = hands.main.get_by_role("row").filter(has_text="Wilma Grove, copy 1").inner_text()
    for word in ("Her own information", "by Ash Cole, built by Jo Reed", *words):
        assert word in row, (word, row)
    assert not planted(hands.reads)


def test_X2_X6_subject_access_across_five_agencies_releases_exactly_what_was_consented(
    site: Site, scene: Scene, enter: Enter
) -> None:
    """One refuses, one redacts, one changes its item while the chair reads: that agency is asked again."""
    log(enter(scene.coordinator), "Subject access")
    school, chair = answer_all(enter, scene), enter(scene.chair)
    chair.open_request("your decision")
    chair.press("Decide")
    for said in ("Refused", "CANARYWHY", "Consented with redaction", "Left out: CANARYTAKENOUT"):
        assert said in chair.reads, said
    correct(school)
    chair.decide("Approved in part", "CANARYWEIGHED")
    assert "Nothing was signed." in chair.reads
    check_page(chair.page)
    follow_up(site)
    chair.follow("Cancel")
    assert "With the agencies." in chair.reads
    school.open_request("your agency’s answer")
    assert "Changed since it was answered, and asked again" in school.reads
    answer(school, SCHOOL)
    chair.open_request("your decision")
    chair.press("Decide")
    chair.decide("Approved in part", "CANARYWEIGHED: one refuses")
    builder = enter(scene.coordinator)
    builder.open_request("the release to be built")
    leave_out(builder)
    second = enter(scene.second)
    text = release(second)
    consented = {"throat", "CANARYPOLICE", "CANARYHEALTH", "CANARYANEW", "CANARYPROBATION"}
    assert planted(text) == consented | {"CANARYOTHERS"}
    assert OTHERS.format(*["[left out]"] * 3) in text and "seen twice at the surgery, [left out]." in text
    register(second, "Subject access", "6; 1 departs from “all agencies”")


def test_X3_X6_a_court_order_overrides_a_refusal_says_so_and_releases_what_it_names(
    site: Site, scene: Scene, enter: Enter
) -> None:
    log(enter(scene.coordinator), "Court order, or a court's request")
    answer_all(enter, scene)
    chair = enter(scene.chair)
    chair.open_request("your decision")
    chair.press("Decide")
    chair.decide("Objection made to the court", "CANARYWEIGHED: he would find her")
    assert "Objected to before the court." in chair.reads
    builder = enter(scene.coordinator)
    builder.find_request()
    builder.press("Record a court’s order")
    builder.fill("Which court?", "Northmoor County Court")
    builder.fill("Reference of the order", "26/114")
    builder.day("On which day was it made?", date(2026, 11, 23))
    builder.fill("At what time?", "09:15")
    for name in ("CANARYHOMES", "CANARYHEALTH"):
        builder.main.get_by_role("group", name="Which items does it order?").get_by_label(name).check()
    builder.fill("What did the court order?", "Two notes")
    builder.press("Record the order")
    chair.open_request("your decision")
    chair.press("Decide")
    chair.decide("To be disclosed as ordered")
    builder.open_request("the release to be built")
    builder.press("Build the release")
    builder.press("Build the release")
    second = enter(scene.second)
    text = release(second)
    assert planted(text) == {"CANARYHOMES", "CANARYHEALTH"}
    assert "Released by order of the court. Its agency refused." in text
    assert "redacted text only" not in text, "what its agency left out stays out"
    assert "Northmoor County Court, 26/114" in text and "seen twice at the surgery, [left out]." in text
    ordered = "2; 1 departs from “all agencies”; ordered by Northmoor County Court, 26/114"
    register(second, "Court order", ordered)
