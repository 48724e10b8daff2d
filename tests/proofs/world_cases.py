"""The cases of the world, what hangs on each, and who is kept from which."""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda.circulation import Group
from agenda.meetings import case_reference
from agenda.need_to_know import Hides, OpeningKind, RestrictionState, WallGround, WallState
from agenda.subjects import SubjectKind
from meetingsvc.models import (
    ActionRow,
    AddressRow,
    AddressShareRow,
    AlarmRow,
    AllocationAskRow,
    AllocationRow,
    AreaRow,
    BreachEntryRow,
    BreachRow,
    CaseRow,
    ClosedReasonRow,
    ComplaintEntryRow,
    ComplaintRow,
    ContactRow,
    CorrectionRequestRow,
    CorrectionToldRow,
    CrimeRow,
    EntryRow,
    FeedTokenRow,
    ImportRow,
    ItemRow,
    LiveFieldRow,
    MeetingRow,
    NamedRow,
    NoteRow,
    OpeningRow,
    OutboxRow,
    OutcomeRow,
    PackRow,
    PersonRow,
    ProposalRow,
    RefusalRow,
    RelationshipRow,
    RestrictionRow,
    WallRow,
    db,
)
from meetingsvc.permissions import ATTENDS_MEETINGS, Role
from meetingsvc.store import accounts as account_store
from meetingsvc.store import sealed
from meetingsvc.usecases import marac, marac_publishing
from meetingsvc.usecases.transaction import saved
from tests.a_breach import put_disagreement
from tests.a_care_document import put_document
from tests.a_marac import MONDAY, NOW, decided, listed, people_rows
from tests.a_match import a_match
from tests.a_named_case import a_held_row, a_part_row, an_entry_row
from tests.a_retention import kept_of
from tests.a_sent_referral import a_sent_row
from tests.a_subject import a_link, a_subject, a_trait
from tests.a_telling import a_flag, a_telling
from tests.a_third_party import requests_of
from tests.a_transfer import on_its_way
from tests.an_application import application_and_order
from tests.an_emergency import an_ask
from tests.an_episode import put_episode
from tests.an_exploitation_referral import put_taken
from tests.an_intake import a_consent, an_assessment
from tests.proofs.oracle import ROLES
from tests.proofs.standings import SETS, STANDINGS, TOKENS, Ids, World


def cases(world: World, agency: str, names: list[str]) -> None:
    """A daily list of them, all referred to a MARAC that is published, with its pack."""
    who_id = world.people[Role.COORDINATOR, agency]
    who = account_store.principal(who_id, NOW)
    assert who is not None
    rows = people_rows(len(names), MONDAY)
    for row, name in zip(rows, names, strict=True):
        row |= {"victim_surname": f"{TOKENS[name]}victim", "perpetrator_surname": f"{TOKENS[name]}other"}
        row["summary"] = f"{TOKENS[name]} told her neighbour."
    bad = rows[0] | {"occurrence_number": "BAD", "victim_dob": f"{TOKENS[names[0]]} 1990"}
    items = listed(who.area_id, [*rows, bad], MONDAY)
    by_name = {_name_of(item_id): item_id for item_id in items}
    for name, item_id in by_name.items():
        world.sets[name] = _told(world, name, item_id, _owner(name))
        decided(who, item_id, Group.NEW_SAFEGUARDS)
    meeting_id = db.session.scalars(
        select(MeetingRow.id).where(MeetingRow.kind == "MARAC", MeetingRow.area_id == who.area_id)
    ).one()
    marac.close(who, meeting_id, NOW)
    marac_publishing.publish(who, meeting_id, NOW)
    with saved():
        for name in names:
            _after_publishing(world, name, meeting_id)


def _owner(name: str) -> str:
    """The agency that supplied what is on a case."""
    return {"ordinary": "supplier", "far": "far"}.get(name, "attends")


def _name_of(item_id: UUID) -> str:
    surname = db.session.scalars(
        select(PersonRow.surname)
        .join(CaseRow, CaseRow.victim_id == PersonRow.id)
        .join(ItemRow, ItemRow.case_id == CaseRow.id)
        .where(ItemRow.id == item_id)
    ).one()
    return next(name for name, token in TOKENS.items() if surname == f"{token}victim")


def _told(world: World, name: str, item_id: UUID, owner: str) -> Ids:
    """What an agency told about a case: a note, an action, an address, a telephone number."""
    agency, by = world.agencies[owner], world.bystanders[owner]
    item = db.session.get_one(ItemRow, item_id)
    case = db.session.get_one(CaseRow, item.case_id)
    ids = ("note_id", "action_id", "address_id", "contact_id", "relationship_id", "flag_id", "crime_id")
    made = {name: uuid4() for name in ids}
    told = {"area_id": item.area_id, "agency_id": agency, "recorded_by": by, "recorded_at": NOW,
            "source": "tenancy file", "author": "Priya Raman"}  # fmt: skip
    with saved():
        db.session.add_all([
            NoteRow(id=made["note_id"], item_id=item_id, kind="fact", text=f"{TOKENS[name]} note", **told),
            a_telling(item, agency, by, f"{TOKENS[name]} tells"),
            a_flag(made["flag_id"], item, agency, f"{TOKENS[name]} contact"),
            CrimeRow(id=made["crime_id"], area_id=item.area_id, item_id=item_id, agency_id=agency,
                     told_id=agency, told_at=NOW, text=f"{TOKENS[name]} crime", shared=False, recorded_by=by),
            LiveFieldRow(item_id=item_id, field="notes", area_id=item.area_id, meeting_id=item.meeting_id,
                         value=f"{TOKENS[name]} draft", version=1, saved=False, changed_by=by, changed_at=NOW,
                         heard={}, seq=1),
            ActionRow(id=made["action_id"], area_id=item.area_id, item_id=item_id, category="victim",
                      agency_id=agency, what=f"{TOKENS[name]} action", due=NOW.date(), status="open",
                      set_by=by, set_at=NOW),
            AddressRow(id=made["address_id"], case_id=case.id, person_id=case.victim_id, kind="home",
                       perpetrator_knows="no", confidential=True,
                       sealed=sealed.closed(made["address_id"], f"1 {TOKENS[name]} Street"), **told),
            ContactRow(id=made["contact_id"], case_id=case.id, person_id=case.victim_id, kind="phone",
                       value="07700 900321", key=f"7700900{name}", **told),
            a_consent(case.id, f"{TOKENS[name]} limits", **told),
            an_assessment(case.id, f"{TOKENS[name]} judgement", **told),
            RelationshipRow(id=made["relationship_id"], case_id=case.id, person_id=case.victim_id,
                            kind="partner", other_id=case.perpetrator_id, standing="fact", **told),
        ])  # fmt: skip
    made |= application_and_order(item.area_id, case.id, by, agency)  # it saves by itself
    return {**made, "case_id": case.id, "item_id": item_id, "person_id": case.victim_id,
            "reference": case_reference(case.number), "surname": f"{TOKENS[name]}victim",
            "occurrence": _occurrence(item_id)}  # fmt: skip


def _occurrence(item_id: UUID) -> str:
    return db.session.scalars(select(EntryRow.occurrence_number).where(EntryRow.item_id == item_id)).one()


def _after_publishing(world: World, name: str, meeting_id: UUID) -> None:
    """The line on the agenda, the pack, what one asked of another, and what has no case at all."""
    found = world.sets[name]
    line = db.session.get_one(OutcomeRow, found["item_id"]).marac_item_id
    assert line is not None
    item = db.session.get_one(ItemRow, line)
    owner = _owner(name)
    pack = db.session.scalars(select(PackRow).where(PackRow.meeting_id == meeting_id)).one()
    imported = db.session.scalars(select(ImportRow.id).where(ImportRow.area_id == item.area_id)).one()
    found |= {"line_id": line, "meeting_id": meeting_id, "pack_id": pack.id, "import_id": imported,
              "agency_id": world.agencies[owner], "account_id": world.bystanders[owner]}  # fmt: skip
    found |= _asked(world, name, item)


def _asked(world: World, name: str, item: ItemRow) -> Ids:
    """Proposals, openings, refusals, alarms, requests: each waits for somebody else than who looks."""
    area, case, found = item.area_id, item.case_id, world.sets[name]
    by = world.people[Role.COORDINATOR, "far"] if name == "far" else world.keeper
    made = {key: uuid4() for key in
            ("proposal_id", "opening_id", "ticket_id", "request_id", "refusal_id", "alarm_id", "share_id",
             "breach_id", "complaint_id", "disagreement_id", "part_id",
             "wall_id", "token_id", "message_id")}  # fmt: skip
    about = found["account_id"]
    db.session.add_all([
        FeedTokenRow(id=made["token_id"], area_id=area, force="Northtest Police", digest=uuid4().bytes * 2,
                     created_at=NOW),
        ProposalRow(id=made["proposal_id"], area_id=area, kind="wall.lift", subject=f"wall/{made['wall_id']}",
                    case_id=case, about_id=about, reason=f"{TOKENS[name]} reason", proposed_by=by,
                    detail={"wall": str(made["wall_id"]), "case": f"{TOKENS[name]} case", "shared": ""},
                     proposed_at=NOW, expires_at=NOW + timedelta(days=7), state="open"),
        OpeningRow(id=made["opening_id"], area_id=area, case_id=case, account_id=by,
                   kind=OpeningKind.BREAK_GLASS, reason="invented", asked_at=NOW, until=NOW,
                review_due=NOW + timedelta(days=1)),
        OpeningRow(id=made["ticket_id"], area_id=area, case_id=case, account_id=by,
                   kind=OpeningKind.TICKET, reason="invented", asked_at=NOW),
        CorrectionRequestRow(id=made["request_id"], area_id=area, case_id=case, note_id=found["note_id"],
                             reason=f"{TOKENS[name]} reason", asked_by=by, asked_at=NOW),
        RefusalRow(id=made["refusal_id"], area_id=area, account_id=about, what="notice", kind="pack ready",
                   stage="send", ground="disabled", case_id=case, at=NOW),
        OutboxRow(id=made["message_id"], area_id=area, account_id=about, notice="pack_ready", created_at=NOW,
                  context={"panel": "MARAC", "sits_on": "2026-12-03", "path": "/packs"}, state="failed",
                  about=[str(case)]),
        AlarmRow(id=made["alarm_id"], area_id=area, account_id=by, kind="many cases", raised_at=NOW,
                 last_at=NOW, cases=26),
        BreachRow(id=made["breach_id"], area_id=area, reference=f"BRE-{made['breach_id'].hex[:6]}",
                  what="invented", unsafe_now=False, done="", detected_at=NOW, raised_by=by, raised_at=NOW),
        AddressShareRow(id=made["share_id"], area_id=area, case_id=case, address_id=found["address_id"],
                        account_id=about, meeting_id=found["meeting_id"], reason="invented",
                        shared_by=by, at=NOW),
        ClosedReasonRow(area_id=area, case_id=case, account_id=by, reason="invented", given_at=NOW,
                        until=NOW),
        AllocationAskRow(area_id=area, case_id=case, account_id=about, asked_at=NOW),
        WallRow(id=made["wall_id"], area_id=area, case_id=case, account_id=about,
                ground=WallGround.DECLARED, shared="", state=WallState.STANDS, put_by=about, put_at=NOW),
    ])  # fmt: skip
    db.session.add(
        ComplaintRow(id=made["complaint_id"], area_id=area, reference=f"COM-{made['complaint_id'].hex[:6]}",
                     complainant="other", about="meeting", what="invented", received_at=NOW, raised_by=by,
                     raised_at=NOW)
    )  # fmt: skip
    db.session.flush()
    db.session.add(
        ComplaintEntryRow(area_id=area, complaint_id=made["complaint_id"], place=1, kind="step", at=NOW,
                          told={"step": "take on", "who": "the chair", "reason": "", "rights": False,
                                "reveals_nothing": False}, account_id=by, recorded_at=NOW)
    )  # fmt: skip
    db.session.add(
        BreachEntryRow(area_id=area, breach_id=made["breach_id"], place=1, kind="affected", at=NOW,
                       told={"who": "invented", "perpetrator": False}, account_id=by, recorded_at=NOW)
    )  # fmt: skip
    made |= on_its_way(area, case, by, TOKENS[name])
    made |= kept_of(area, case, by, found["agency_id"], f"{TOKENS[name]} reason")
    made |= a_match(area, case, f"{TOKENS[name]}matched")
    made |= requests_of(area, case, about, found["agency_id"], TOKENS[name], by)
    db.session.add(waits := an_ask(area, case, found["agency_id"], about, f"{TOKENS[name]} emergency"))
    made["ask_id"] = waits.id
    put_disagreement(made["disagreement_id"], area, about, found["agency_id"], case,
                     f"{TOKENS[name]} challenge")  # fmt: skip
    part = a_part_row(area, case, found["agency_id"], by, id=made["part_id"], why=f"{TOKENS[name]} needed")
    over = a_part_row(area, case, found["agency_id"], by, state="over", why=f"{TOKENS[name]} over")
    kept = a_held_row(over, how="kept", why=f"{TOKENS[name]} held", said_by="Nobody", done_on=NOW.date(),
                      answered_by=by, answered_at=NOW)  # fmt: skip
    for row in (part, an_entry_row(part, by, words=f"{TOKENS[name]} told"), over, kept):
        db.session.add(row)
        db.session.flush()
    made["sent_id"] = a_sent_row(area, case, about, found["agency_id"], f"{TOKENS[name]}referred").id
    made["document_id"] = put_document(area, case, found["agency_id"], about, NOW, f"{TOKENS[name]}assessed")
    made["intake_id"] = put_taken(area, case, about, found["agency_id"], NOW, f"{TOKENS[name]}child")
    made["episode_id"] = put_episode(area, case, about, NOW, TOKENS[name], account_id=None)
    park = a_subject(area, SubjectKind.PLACE, "Fell Park")
    made["link_id"] = a_link(area, case, park, found["agency_id"], about)
    made["trait_id"] = a_trait(area, case, found["agency_id"], about, text=TOKENS[name])
    return made


def need_to_know(world: World) -> None:
    """Restrictions, names, walls, tickets and allocations, of everybody whose agency attends."""
    area_id = db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one()
    for name in ("named", "unnamed"):
        db.session.add(
            RestrictionRow(case_id=world.sets[name]["case_id"], area_id=area_id, hides=Hides.UNNAMED,
                           state=RestrictionState.RESTRICTED, reason=f"{TOKENS[name]} reason",
                           put_by=world.keeper, put_at=NOW, employer_id=world.agencies["attends"])
        )  # fmt: skip
        _name(world, name, world.keeper, area_id)
    pack = db.session.get_one(PackRow, world.sets["named"]["pack_id"])
    pack.held = [str(world.sets[name]["case_id"]) for name in ("named", "unnamed")]
    for role in ROLES:
        attends, supplier = world.people[role, "attends"], world.people[role, "supplier"]
        _name(world, "named", attends, area_id)
        _wall(world, attends, area_id)
        if role is Role.INFORMATION_GOVERNANCE or role in ATTENDS_MEETINGS:
            for name, who in (
                ("ordinary", supplier),
                *((n, attends) for n in ("named", "unnamed", "walled")),
            ):
                _open(world, name, who, role, area_id)
        for name in SETS[:-1]:
            readers = [world.people[role, who] for who in STANDINGS] if name == "ordinary" else [attends]
            for who in readers:
                _told_of_correction(world, name, who, area_id)
    _name(world, "named", world.bystanders["attends"], area_id)
    for name in ("named", "unnamed", "walled"):
        _allocate(world, name, world.people[Role.IDVA, "attends"], area_id)
        _allocate(world, name, world.bystanders["attends"], area_id)
    _allocate(world, "ordinary", world.people[Role.IDVA, "supplier"], area_id)
    _allocate(world, "ordinary", world.bystanders["supplier"], area_id)


def _name(world: World, name: str, who: UUID, area_id: UUID) -> None:
    case_id = world.sets[name]["case_id"]
    db.session.add(
        NamedRow(case_id=case_id, account_id=who, area_id=area_id, named_by=world.keeper, named_at=NOW)
    )


def _told_of_correction(world: World, name: str, who: UUID, area_id: UUID) -> None:
    found = world.sets[name]
    db.session.add(
        CorrectionToldRow(note_id=found["note_id"], case_id=found["case_id"], account_id=who,
                          area_id=area_id, told=True, at=NOW)
    )  # fmt: skip


def _wall(world: World, who: UUID, area_id: UUID) -> None:
    case_id = world.sets["walled"]["case_id"]
    if db.session.query(WallRow).filter_by(case_id=case_id, account_id=who).count() == 0:
        db.session.add(
            WallRow(area_id=area_id, case_id=case_id, account_id=who, ground=WallGround.DECLARED, shared="",
                    state=WallState.STANDS, put_by=who, put_at=NOW)
        )  # fmt: skip


def _open(world: World, name: str, who: UUID, role: Role, area_id: UUID) -> None:
    kind = OpeningKind.BREAK_GLASS if role in ATTENDS_MEETINGS else OpeningKind.TICKET
    db.session.add(
        OpeningRow(area_id=area_id, case_id=world.sets[name]["case_id"], account_id=who, kind=kind,
                   reason="invented", asked_at=NOW, until=NOW + timedelta(minutes=30), decided_at=NOW,
                   review_due=NOW + timedelta(days=1) if kind is OpeningKind.BREAK_GLASS else None,
                   approved_by=world.keeper)
    )  # fmt: skip


def _allocate(world: World, name: str, who: UUID, area_id: UUID) -> None:
    db.session.add(
        AllocationRow(case_id=world.sets[name]["case_id"], account_id=who, area_id=area_id,
                      allocated_by=world.keeper, allocated_at=NOW)
    )  # fmt: skip
