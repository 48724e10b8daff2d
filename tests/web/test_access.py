"""Who gets in where: every door of the live application, against the table written apart from the code."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from agenda.agencies import AgencyKind
from agenda.area import AreaSettings
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    AddressRow,
    AddressShareRow,
    AgencyRow,
    AlarmRow,
    ApplicationRow,
    AreaRow,
    Base,
    BreachRow,
    CareDocumentRow,
    CaseRow,
    ComplaintRow,
    ContactRow,
    CorrectionRequestRow,
    CrimeRow,
    DestructionRow,
    DisagreementRow,
    DisclosureReleaseRow,
    DisclosureRow,
    DraftRow,
    EmergencyAskRow,
    ExploitationReferralRow,
    FeedTokenRow,
    FlagRow,
    ImportRow,
    ItemRow,
    LinkRow,
    MatchProposalRow,
    MeetingRow,
    MergeRow,
    MissingEpisodeRow,
    NamedCasePartRow,
    NoteRow,
    OpeningRow,
    OrderRow,
    OutboxRow,
    PackCopyRow,
    PackDestructionRow,
    PackRow,
    PasskeyRow,
    PersonRow,
    ProposalRow,
    ReferralRow,
    RefusalRow,
    RelationshipRow,
    RetentionAskRow,
    ReviewRow,
    SessionRow,
    SharingRow,
    StaffDetailRow,
    SubjectTraitRow,
    TransferInRow,
    TransferRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import acting, drafts
from meetingsvc.usecases import accounts, agencies, areas, lists
from meetingsvc.usecases.transaction import saved
from tests.a_breach import a_breach, a_complaint, a_disagreement
from tests.a_care_document import put_document
from tests.a_correction import note_request_and_alarm
from tests.a_crime import a_crime
from tests.a_match import a_match
from tests.a_named_case import a_part_row
from tests.a_retention import kept_of
from tests.a_sent_referral import referrals_of
from tests.a_sharing import a_sharing_row
from tests.a_subject import one_told, two_linked
from tests.a_telling import telling_and_flag
from tests.a_third_party import requests_of
from tests.a_token import a_token
from tests.a_transfer import on_its_way
from tests.a_wall import wall_and_opening
from tests.an_address import a_detail, one_of_each
from tests.an_application import application_and_order
from tests.an_emergency import an_ask
from tests.an_episode import put_episode
from tests.an_exploitation_referral import rows_of
from tests.authenticator import Authenticator
from tests.builders import a_row, take_in
from tests.proofs import LONG, drawn
from tests.proofs.lines import WITHOUT_AN_ACCOUNT
from tests.second_factor import give_passkey
from tests.test_permissions import allowed
from tests.web import headers
from tests.web.conftest import NOW, PASSWORD, SignIn, agency_named
from tests.web.routes import Door, body, doors, statements

#: What a refused request may read: who asks.
WHO = {"session", "account", "account_family", "agency", "agency_panel", "area", "rehearsal", "job_slot"}


def test_only_these_pages_are_public(service: Flask) -> None:
    found = {str(door) for door in doors(service, public=True)}
    assert found == {
        "GET /static/<path:filename>", "GET /sign-in", "POST /sign-in", "POST /sign-out",
        "GET /sign-in/second", "POST /sign-in/second", "GET /again", "POST /again",
        "GET /calendar/feed/<key>.ics", *WITHOUT_AN_ACCOUNT,
    }  # fmt: skip


def test_every_route_takes_get_or_post_and_names_what_it_needs(service: Flask) -> None:
    found = list(doors(service))
    assert found and {door.method for door in found} == {"GET", "POST"}


def test_identifiers_in_addresses_are_random_ones(service: Flask) -> None:
    for door in doors(service):
        for name in door.ids:
            assert f"<uuid:{name}>" in str(door), door


@pytest.mark.one_database
@pytest.mark.parametrize("role", Role)
def test_each_role_is_refused_exactly_what_the_table_does_not_give_it(
    service: Flask, signed_in: SignIn, role: Role
) -> None:
    """And every answer on the way carries the headers, no page a script or style that it may not."""
    client = signed_in(role)
    for door in doors(service):
        with statements(service) as said:
            answer = door.knock(client)
        refused = answer.status_code == 403
        assert refused == (not allowed(role, door.needs)), door
        headers.check(answer)
        if door.method == "GET":
            headers.check_page(answer)
        if refused:
            assert tables(said) <= WHO, f"{door}: something was loaded before it was refused"


def tables(said: list[str]) -> set[str]:
    """Every table those statements read or write."""
    words = {word.strip('"(),').partition(".")[0] for statement in said for word in statement.split()}
    return words & Base.metadata.tables.keys()


@pytest.mark.one_database
def test_who_is_not_signed_in_is_sent_to_sign_in(service: Flask) -> None:
    client = service.test_client()
    for door in doors(service):
        answer = door.knock(client)
        assert answer.status_code == 302, door
        assert answer.location.startswith("/sign-in"), door


#: Which table an identifier in an address belongs to.
OBJECTS: dict[str, type[Base]] = {
    "account_id": AccountRow,
    "action_id": ActionRow,
    "alarm_id": AlarmRow,
    "breach_id": BreachRow,
    "second_id": BreachRow,
    "complaint_id": ComplaintRow,
    "disagreement_id": DisagreementRow,
    "note_id": NoteRow,
    "request_id": CorrectionRequestRow,
    "address_id": AddressRow,
    "application_id": ApplicationRow,
    "ask_id": EmergencyAskRow,
    "arrival_id": TransferInRow,
    "transfer_id": TransferRow,
    "order_id": OrderRow,
    "agency_id": AgencyRow,
    "case_id": CaseRow,
    "contact_id": ContactRow,
    "copy_id": PackCopyRow,
    "detail_id": StaffDetailRow,
    "disclosure_id": DisclosureRow,
    "release_id": DisclosureReleaseRow,
    "flag_id": FlagRow,
    "draft_id": DraftRow,
    "import_id": ImportRow,
    "token_id": FeedTokenRow,
    "item_id": ItemRow,
    "meeting_id": MeetingRow,
    "opening_id": OpeningRow,
    "pack_id": PackRow,
    "recalled_id": PackDestructionRow,
    "wall_id": WallRow,
    "match_id": MatchProposalRow,
    "merge_id": MergeRow,
    "person_id": PersonRow,
    "proposal_id": ProposalRow,
    "relationship_id": RelationshipRow,
    "share_id": AddressShareRow,
    "refusal_id": RefusalRow,
    "review_id": ReviewRow,
    "asked_id": RetentionAskRow,
    "decision_id": DestructionRow,
    "message_id": OutboxRow,
    "crime_id": CrimeRow,
    "referral_id": ReferralRow,
    "sent_id": ReferralRow,
    "refer_id": ExploitationReferralRow,
    "intake_id": ExploitationReferralRow,
    "episode_id": MissingEpisodeRow,
    "link_id": LinkRow,
    "trait_id": SubjectTraitRow,
    "document_id": CareDocumentRow,
    "sharing_id": SharingRow,
    "part_id": NamedCasePartRow,
    "passkey_id": PasskeyRow,
    "session_id": SessionRow,
}


def an_area_with_everything(name: str) -> dict[str, UUID]:
    """An identifier of each kind, all in one area."""
    area_id = areas.create(
        name, date(2026, 11, 2), NOW, settings=AreaSettings(marac_anchor=date(2026, 12, 3))
    )
    with saved():
        agency = agencies.create(area_id, "Police", AgencyKind.POLICE, date(2026, 1, 5), "test", NOW)
        person = accounts.create(
            agency, Role.REPRESENTATIVE, "Wren", f"wren@{name}.example", PASSWORD, "test", NOW
        )
    return {"agency_id": agency, "account_id": person, **fill(area_id, person, agency)}


def fill(area_id: UUID, person: UUID, agency: UUID) -> dict[str, UUID]:
    """A list with a case on it, an action, and a pack with a copy."""
    imported = take_in(area_id, a_row(recorded_at="2026-11-23T07:00:00+00:00"), at=NOW)
    assert imported.import_id is not None
    with saved():
        area = db.session.get_one(AreaRow, area_id)
        meeting = lists.build(area, date(2026, 11, 23), "test", NOW).meeting_id
        action, pack, copy = uuid4(), uuid4(), uuid4()
        about = db.session.scalars(select(ItemRow.id).where(ItemRow.meeting_id == meeting)).one()
        db.session.add(ActionRow(id=action, area_id=area_id, item_id=about, category="victim",
                                 agency_id=agency, what="Fit a lock", due=NOW.date(), status="open",
                                 set_by=person, set_at=NOW))  # fmt: skip
        db.session.add(PackRow(id=pack, area_id=area_id, meeting_id=meeting, supplement=0, built_at=NOW,
                               expires_at=NOW + timedelta(days=14), content=b"%PDF"))  # fmt: skip
        db.session.flush()
        db.session.add(PackCopyRow(id=copy, pack_id=pack, account_id=person, agency_id=agency, copy_number=1,
                                   made_at=NOW, content=b"%PDF"))  # fmt: skip
        db.session.flush()
        recalled = uuid4()
        db.session.add(PackDestructionRow(id=recalled, area_id=area_id, pack_id=pack, copy_id=copy,
                                          account_id=person, asked_at=NOW))  # fmt: skip
    item = db.session.scalars(select(ItemRow).where(ItemRow.area_id == area_id)).one()
    refusal, message = uuid4(), uuid4()
    with saved():
        waiting = {"panel": "MARAC", "sits_on": "2026-12-03", "path": "/packs"}
        db.session.add(
            OutboxRow(
                id=message,
                area_id=area_id,
                account_id=person,
                notice="pack_ready",
                context=waiting,
                about=[str(item.case_id)],
                created_at=NOW,
                state="failed",
            )
        )
        db.session.add(RefusalRow(id=refusal, area_id=area_id, account_id=person, what="notice", at=NOW,
                                  kind="pack_ready", stage="send", ground="disabled"))  # fmt: skip
    found = {
        "refusal_id": refusal,
        "message_id": message,
        "action_id": action,
        "meeting_id": meeting,
        "item_id": item.id,
        "case_id": item.case_id,
        "pack_id": pack,
        "copy_id": copy,
        "recalled_id": recalled,
    }
    db.session.remove()
    found |= one_of_each(area_id, found["case_id"], person, agency)
    found |= a_proposal(area_id, person)
    found |= referrals_of(area_id, found["case_id"], person, agency)
    found |= rows_of(area_id, found["case_id"], person, agency, NOW)
    found |= note_request_and_alarm(area_id, found["case_id"], found["item_id"], person, agency)
    found |= wall_and_opening(area_id, found["case_id"], person)
    found["link_id"] = two_linked(area_id, agency, person)
    found["trait_id"] = one_told(area_id, agency, person)
    with saved():
        found["episode_id"] = put_episode(area_id, found["case_id"], person, NOW)
        db.session.add(waits := an_ask(area_id, found["case_id"], agency, person))
        found |= {"ask_id": waits.id}
        found |= on_its_way(area_id, found["case_id"], person)
        found |= a_match(area_id, found["case_id"])
    found["breach_id"] = found["second_id"] = a_breach(area_id, person, found["case_id"])
    found["complaint_id"] = a_complaint(area_id, person, found["case_id"])
    found["disagreement_id"] = a_disagreement(area_id, person, agency, found["case_id"])
    found |= application_and_order(area_id, found["case_id"], person, agency)
    with saved():
        found |= requests_of(area_id, found["case_id"], person, agency)
    found |= telling_and_flag(area_id, found["item_id"], person, agency)
    found["crime_id"] = a_crime(area_id, found["item_id"], person, agency)
    with saved():
        found |= kept_of(area_id, found["case_id"], person, agency)
        db.session.add(deciding := a_sharing_row(area_id, person, agency))
        found["sharing_id"] = deciding.id
        db.session.add(part := a_part_row(area_id, found["case_id"], agency, person))
        found["part_id"] = part.id
        found["document_id"] = put_document(area_id, found["case_id"], agency, person, NOW)
    return {
        **found,
        "import_id": imported.import_id,
        "token_id": a_token(area_id).token_id,
        **somebody_elses(area_id, agency),
    }


def a_proposal(area_id: UUID, person: UUID) -> dict[str, UUID]:
    """Something that waits for a second person."""
    row = ProposalRow(id=uuid4(), area_id=area_id, kind="area.settings", subject=f"area/{area_id}",
                      detail={"old": {}, "new": {"pack_days": 7}}, reason="Long enough", proposed_by=person,
                      proposed_at=NOW, expires_at=NOW + timedelta(days=7), state="open")  # fmt: skip
    with saved():
        db.session.add(row)
    return {"proposal_id": row.id}


def somebody_elses(area_id: UUID, agency_id: UUID) -> dict[str, UUID]:
    """What belongs to one account alone, whoever else may open everything."""
    session, email = uuid4(), f"{uuid4()}@northtest.example"
    with saved():
        owner = accounts.create(agency_id, Role.IDVA, "Elm", email, PASSWORD, "test", NOW)
        draft = drafts.keep(owner, "/", [("notes", "typed")], NOW)
        passkey = give_passkey(owner, Authenticator(), NOW)
        db.session.add(SessionRow(key=str(session), id=session, account_id=owner, browser="", created_at=NOW,
                                  seen_at=NOW, data={"_user_id": str(owner)}))  # fmt: skip
    detail = a_detail(area_id, owner)
    return {"draft_id": draft, "passkey_id": passkey, "session_id": session, "detail_id": detail}


def with_objects(app: Flask) -> list[Door]:
    found = [door for door in doors(app) if door.ids]
    assert {name for door in found for name in door.ids} <= OBJECTS.keys(), "say which table, in OBJECTS"
    return found


def test_hidden_is_missing_for_every_object_of_another_area(service: Flask, signed_in: SignIn) -> None:
    with service.app_context(), acting.service():
        hidden = an_area_with_everything("elsewhere")
    clients = {role: signed_in(role) for role in Role}
    for door in with_objects(service):
        for role in door.roles:
            client = clients[role]
            theirs, none = door.knock(client, hidden.__getitem__), door.knock(client)
            assert theirs.status_code == none.status_code, (door, role)
            assert door.method == "POST" or none.status_code == 404, (door, role)
            assert body(theirs).replace(door.path(hidden.__getitem__), "") == body(none), (door, role)
            assert theirs.headers.get("Content-Disposition") is None, (door, role)


def test_V1_hidden_is_missing_for_a_withdrawn_agency(service: Flask, signed_in: SignIn) -> None:
    clients = {role: signed_in(role, "Northtest Homes") for role in (Role.REPRESENTATIVE, Role.IDVA)}
    with service.app_context(), acting.service():
        area_id = db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one()
        police, homes = agency_named("Northtest Police"), agency_named("Northtest Homes")
        person = db.session.scalars(select(AccountRow.id).where(AccountRow.agency_id == homes).limit(1)).one()
        seen = fill(area_id, person, homes) | {"agency_id": police, "account_id": person}
        with saved():
            db.session.get_one(AgencyRow, homes).withdrawn_on = NOW.date()
    for door in with_objects(service):
        for role in set(door.roles) & clients.keys():
            answer, none = door.knock(clients[role], seen.__getitem__), door.knock(clients[role])
            assert answer.status_code == none.status_code and none.status_code in (403, 404), (door, role)
            assert body(answer) == body(none), (door, role)


def test_opening_a_page_changes_nothing(service: Flask, signed_in: SignIn) -> None:
    """But for the trace that it was opened, and the session. On PostgreSQL each is opened by one of the roles
    that may, drawn by its name; by all of them in the long form."""
    few = not LONG and service.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql")
    with service.app_context(), acting.service():
        area_id = db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one()
        police = agency_named("Northtest Police")
    clients = {role: signed_in(role) for role in Role}
    with service.app_context(), acting.service():
        person = db.session.scalars(select(AccountRow.id).limit(1)).one()
        seen = fill(area_id, person, police) | {"agency_id": police, "account_id": person}
        before = everything()
    for door in doors(service):
        if door.method == "GET":
            one = drawn(str(door), len(door.roles)) if few and door.roles else None
            for role in door.roles if one is None else [door.roles[one]]:
                assert door.knock(clients[role], seen.__getitem__).status_code < 500, (door, role)
    with service.app_context(), acting.service():
        assert everything() == before


def everything() -> dict[str, int]:
    """How many rows each table has."""
    kept = {name: table for name, table in Base.metadata.tables.items() if name not in {"audit", "session"}}
    found = {
        name: db.session.scalar(select(func.count()).select_from(table)) or 0 for name, table in kept.items()
    }
    db.session.remove()
    return found
