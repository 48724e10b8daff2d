"""A token of its own in every free text of the proofs' world, so that whatever is shown can be told apart."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select

from agenda.circulation import Group
from agenda.meetings import MeetingState
from agenda.need_to_know import OpeningKind, WallGround, WallState
from agenda.panel_kept import of_meeting
from agenda.panels import DREAM, Family
from agenda.restrictions import Step
from agenda.subjects import SubjectKind
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    AddressRow,
    AddressShareRow,
    AgencyRow,
    AgendaPutRow,
    AlarmRow,
    AssociateRow,
    Base,
    BreachEntryRow,
    BreachRow,
    CaseRow,
    ClarificationRow,
    ClosedReasonRow,
    ComplaintEntryRow,
    ComplaintRow,
    ContactRow,
    CorrectionRequestRow,
    DisclosureAskedRow,
    DisclosureReleaseRow,
    DisclosureRow,
    EntryRow,
    ExploitationEntryRow,
    ExploitationReferralRow,
    ExploitationTakenRow,
    HearingRow,
    HoldRow,
    ImmediateAskedRow,
    ImportRow,
    ItemRow,
    LadderPlaceRow,
    LadderStepRow,
    LevelSaidRow,
    LinkRow,
    MeetingMoveRow,
    MeetingRow,
    MissingEpisodeRow,
    NoteRow,
    OpeningRow,
    OutcomeRow,
    PackRow,
    PatternChildRow,
    PatternRow,
    PersonRow,
    ProposalRow,
    ReferralToldRow,
    RefusalRow,
    RelationshipRow,
    ResearchNamedRow,
    RestrictionRow,
    RestrictionStepRow,
    RevealRow,
    ReviewRow,
    ReviewStepRow,
    SafeguardRow,
    SharingRow,
    StaffDetailRow,
    SubjectRow,
    SubjectTraitRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, audit, drafts, sealed
from meetingsvc.usecases.transaction import saved
from tests.a_care_document import put_document
from tests.a_marac import NOW
from tests.a_sharing import a_step_row
from tests.a_subject import a_subject
from tests.an_intake import a_consent, an_assessment
from tests.proofs import canaries_after, world, world_cases
from tests.proofs.standings import TOKENS, World

#: In small letters: a search that minds no case takes ten times as long.
TOKEN = re.compile(r"qz[a-z]{5}vq")
FEED = (
    "offence", "summary", "relationship", "order_terms", "victim_forename", "perpetrator_forename",
    "victim_address", "perpetrator_address", "victim_phone", "perpetrator_phone", "victim_postcode",
)  # fmt: skip
#: Free text that is put in once the world stands; beside each, what belongs to a person names that person.
LATER: tuple[tuple[type[Base], str, str], ...] = (
    (ProposalRow, "reason", "proposed_by"),
    (OpeningRow, "reason", "account_id"),
    (ClosedReasonRow, "reason", "account_id"),
    (OpeningRow, "review", "account_id"),
    (CorrectionRequestRow, "reason", "asked_by"),
    (RefusalRow, "note", "account_id"),
    (AlarmRow, "note", "account_id"),
    (BreachRow, "what", "raised_by"),
    (BreachRow, "done", "raised_by"),
    (ComplaintRow, "what", "raised_by"),
    (DisclosureRow, "name", "logged_by"),
    (DisclosureRow, "organisation", "logged_by"),
    (DisclosureRow, "purpose", "logged_by"),
    (DisclosureAskedRow, "outcome_words", "outcome_by"),
    (DisclosureReleaseRow, "recipient", ""),
    (DisclosureReleaseRow, "purpose", ""),
    (AddressShareRow, "reason", "account_id"),
    (WallRow, "why", "account_id"),
    (WallRow, "matched", "account_id"),
    (RestrictionRow, "reason", "put_by"),
    (RestrictionRow, "managers_told", "put_by"),
    (RestrictionRow, "managers_said_by", "put_by"),
    (RestrictionRow, "lado", "put_by"),
    (StaffDetailRow, "forename", "account_id"),
    (StaffDetailRow, "surname", "account_id"),
    (StaffDetailRow, "address", "account_id"),
    (StaffDetailRow, "phone", "account_id"),
    (StaffDetailRow, "email", "account_id"),
    (ReviewStepRow, "reason", ""),
    (HoldRow, "reason", ""),
    (HearingRow, "external_reference", ""),
    (ItemRow, "added_reason", ""),
    (ReferralToldRow, "text", ""),
    (EntryRow, "added_reason", ""),
    (ImportRow, "dealt_with_reason", ""),
    (MeetingMoveRow, "reason", ""),
    *((MissingEpisodeRow, name, "") for name in ("child", "from_where", "found_where", "refused")),
    (ImmediateAskedRow, "done", ""),
    *(
        (SharingRow, name, "made_by")
        for name in (
            "asked_by",
            "what",
            "with_whom",
            "purpose",
            "about",
            "limits",
            "other_law",
            "authorised_by",
            "advice_asked",
            "advice",
            "why",
        )
    ),
)


@dataclass(frozen=True)
class Canary:
    """One free text: what it is, which set of objects it is on, whose it is, and which row it stands in."""

    what: str
    name: str
    person: UUID | None = None
    area: UUID | None = None


@dataclass
class Planted:
    """The world, and what each token in it is."""

    world: World
    canaries: dict[str, Canary] = field(default_factory=dict)
    openings: list[UUID] = field(default_factory=list)

    def mint(self, what: str, name: str, person: UUID | None = None, area: UUID | None = None) -> str:
        """A new token. Its letters are those of a number, so no two are alike."""
        number, letters = len(self.canaries), ""
        for _ in range(5):
            number, letter = divmod(number, 26)
            letters += chr(ord("a") + letter)
        token = f"Qz{letters}vq"
        self.canaries[token.lower()] = Canary(what, name, person, area)
        return token


def found_in(text: str) -> set[str]:
    """The tokens in a text."""
    return set(TOKEN.findall(text.lower()))


def build(app: Flask) -> Planted:
    """The world of the matrix, every text of it with a token: what a pack holds, before the pack is drawn."""
    planted = Planted(World(app))
    listed, decided, cases = world_cases.listed, world_cases.decided, world.cases

    def fed(area_id: UUID, rows: Sequence[dict[str, str]], *rest: Any) -> list[UUID]:
        for row in rows:
            _feed(planted, row)
        return listed(area_id, rows, *rest)

    def told(who: Principal, item_id: UUID, group: Group) -> None:
        decided(who, item_id, group)
        with saved():
            _on_case(planted, item_id)

    def noted(whole: World, *rest: Any) -> None:
        planted.world = whole
        cases(whole, *rest)

    with (
        patch.object(world_cases, "listed", fed),
        patch.object(world_cases, "decided", told),
        patch.object(world, "cases", noted),
    ):
        world.build(app)
    with app.app_context(), acting.service():
        with saved():
            _later(planted)
        db.session.remove()
    return planted


def _feed(planted: Planted, row: dict[str, str]) -> None:
    surname = row["victim_surname"].lower()
    name = next(name for name, token in TOKENS.items() if surname.startswith(token.lower()))
    kind = "rejected" if row["occurrence_number"] == "BAD" else "feed"
    for column in FEED:
        row[column] = f"{planted.mint(f'{kind}.{column}', name)} "
    child = planted.mint(f"{kind}.children", name)
    row |= {"children": f"{child}|2015-05-05|Y|victim", "children_present": "Y", "order_kind": "DVPN",
            "order_made_at": "2026-11-20T12:00:00+00:00"}  # fmt: skip


def _on_case(planted: Planted, item_id: UUID) -> None:
    """What an agency told about a case and the daily meeting wrote down."""
    name = next(name for name, ids in planted.world.sets.items() if ids.get("item_id") == item_id)
    item = db.session.get_one(ItemRow, item_id)
    case = db.session.get_one(CaseRow, item.case_id)
    note = db.session.scalars(select(NoteRow).where(NoteRow.item_id == item_id)).one()
    agency, by = note.agency_id, note.recorded_by
    told = {"area_id": item.area_id, "agency_id": agency, "recorded_by": by, "recorded_at": NOW}

    def mint(what: str) -> str:
        return planted.mint(what, name, by)

    def said(what: str) -> dict[str, Any]:
        return {**told, "author": mint(f"{what}.author"), "source": mint(f"{what}.source")}

    outcome = db.session.get_one(OutcomeRow, item_id)
    outcome.notes, outcome.group_reason = mint("outcome.notes"), mint("outcome.group_reason")
    outcome.proposed_why = mint("outcome.proposed_why")
    outcome.not_referred = mint("outcome.not_referred")
    outcome.proposed_group = Group.REPEAT_NO_SAFEGUARDS  # so the reason for another is shown
    for entry in db.session.scalars(select(EntryRow).where(EntryRow.item_id == item_id)):
        entry.disclose, entry.disclose_why = False, mint("entry.disclose_why")
    old, person, address, action, contact, child = (uuid4() for _ in range(6))
    db.session.add_all([
        NoteRow(id=old, item_id=item_id, kind="fact", text=mint("note.old text"), **said("note.old")),
        PersonRow(id=person, area_id=item.area_id, forename=mint("associate.forename"),
                  surname=mint("associate.surname")),
        PersonRow(id=child, area_id=item.area_id, forename=mint("relationship.forename"),
                  surname=mint("relationship.surname")),
        SafeguardRow(item_id=item_id, safeguard="support", in_place=True, note=mint("safeguard.note")),
        ClarificationRow(area_id=item.area_id, item_id=item_id, case_id=case.id, about="child",
                         name=mint("clarification.name"), text=mint("clarification.text"), recorded_by=by,
                         recorded_at=NOW),
        ActionRow(id=action, area_id=item.area_id, item_id=item_id, category="victim", agency_id=agency,
                  what=mint("action.what"), reason=mint("action.reason"), status="not done",
                  due=NOW.date(), set_by=by, set_at=NOW),
        ActionRow(area_id=item.area_id, item_id=item_id, category="victim", agency_id=agency,
                  what=mint("action.what"), status="open", due=NOW.date(), set_by=by, set_at=NOW),
    ])  # fmt: skip
    db.session.flush()
    where = {"case_id": case.id, "person_id": case.victim_id, "kind": "home"}
    db.session.add_all([
        NoteRow(item_id=item_id, kind="fact", text=mint("note.text"), corrects=old, why=mint("note.why"),
                **said("note")),
        AssociateRow(case_id=case.id, person_id=person, relation=mint("associate.relation"),
                     **said("associate")),
        RelationshipRow(case_id=case.id, person_id=case.victim_id, kind="parent", other_id=child,
                        standing="fact", removed_by=by, removed_at=NOW,
                        removed_why=mint("relationship.removed_why"), **said("relationship")),
        a_consent(case.id, mint("consent.limits"), **said("consent")),
        an_assessment(case.id, mint("risk_assessment.reason"), **said("risk_assessment")),
        AddressRow(perpetrator_knows="yes", confidential=False, text=mint("address.text"),
                   known_to=mint("address.known_to"), not_confidential_why=mint("address.why"),
                   **where, **said("address")),
        AddressRow(id=address, perpetrator_knows="no", confidential=True, **where, **said("address"),
                   sealed=sealed.closed(address, mint("address.sealed"))),
        RevealRow(area_id=item.area_id, case_id=case.id, what="address", address_id=address, account_id=by,
                  reason=mint("reveal.reason"), at=NOW),
        RestrictionStepRow(case_id=case.id, area_id=item.area_id, what=Step.ASKED, text=mint("step.text"),
                           by=by, at=NOW),
    ])  # fmt: skip
    number = mint("contact.value")
    db.session.add(ContactRow(id=contact, case_id=case.id, person_id=case.victim_id, kind="phone",
                              value=number, key=number.lower(), **said("contact")))  # fmt: skip
    planted.world.sets[name] |= {"address_id": address, "action_id": action, "contact_id": contact}


def _later(planted: Planted) -> None:
    """What is written about a case once its pack is out, and what is on no case."""
    sets = {ids["case_id"]: name for name, ids in planted.world.sets.items() if "case_id" in ids}
    _openings(planted.world)
    _named(planted)
    _children(planted)
    canaries_after.plant(planted.world.sets, planted.mint)
    for pack in db.session.scalars(select(PackRow)).all():
        pack.copies = 1000  # the world's own copies have taken the first numbers
    _settled(planted.world)
    planted.openings = list(db.session.scalars(select(OpeningRow.id)))
    for table, column, whose in LATER:
        for row in db.session.scalars(select(table)).all():
            person = getattr(row, whose) if whose else None
            name = _set_of(row, sets)
            limit = getattr(table.__table__.c[column].type, "length", None)
            what = f"{table.__tablename__}.{column}{_apart(row, planted.world)}"
            token = planted.mint(what, name, person, getattr(row, "area_id", None))
            assert limit is None or len(token) <= limit, (table, column)
            setattr(row, column, token)
    _ladders(planted)
    for entry in db.session.scalars(select(BreachEntryRow).where(BreachEntryRow.kind == "affected")).all():
        token = planted.mint("breach_entry.told", "", entry.account_id, entry.area_id)
        entry.told = {"who": token, "perpetrator": False}
    for step in db.session.scalars(select(ComplaintEntryRow)).all():
        token = planted.mint("complaint_entry.told", "", step.account_id, step.area_id)
        step.told = {**step.told, "reason": token}
    for one in db.session.scalars(select(SharingRow)).all():
        token = planted.mint("sharing_review.reason", "", one.made_by, one.area_id)
        db.session.add(a_step_row(one, one.made_by, reason=token))
    for who in {who for who, _ in planted.world.own}:
        token = planted.mint("draft.field", "", who)
        draft_id = drafts.keep(who, "/password", [("current", token)], NOW)
        for (owner, _), own in planted.world.own.items():
            own["draft_id"] = draft_id if owner == who else own["draft_id"]


def _apart(row: Base, world: World) -> str:
    """What others read of it than of the rest of its table."""
    if isinstance(row, WallRow) and row.state == WallState.STANDS:
        return ", standing"
    false = {found["second_id"] for found in world.sets.values()}
    return ", for a chair" if isinstance(row, BreachRow) and row.id in false else ""


def _named(planted: Planted) -> None:
    """Somebody at risk, named by an agency before the MARAC."""
    for name, ids in planted.world.sets.items():
        if "line_id" in ids and name not in ("destroyed", "far"):  # nobody is asked about that one there
            case = db.session.get_one(CaseRow, ids["case_id"])
            told = ("name", "relation", "why")
            texts = {what: planted.mint(f"research_named.{what}", name) for what in told}
            db.session.add(
                ResearchNamedRow(area_id=case.area_id, item_id=ids["line_id"], agency_id=ids["agency_id"],
                                 author="A", recorded_by=ids["account_id"], recorded_at=NOW, kind="child",
                                 **texts)
            )  # fmt: skip


def _children(planted: Planted) -> None:
    """A child in each area, whom exploitation panels hear (Rulebook E2)."""
    for area_id in sorted(set(db.session.scalars(select(CaseRow.area_id)))):
        person, case = uuid4(), uuid4()
        forename = planted.mint("subject.forename", "", area=area_id)
        name = planted.mint("subject.name", "", area=area_id)
        for row in (
            PersonRow(id=person, area_id=area_id, forename=forename, surname=name),
            CaseRow(id=case, area_id=area_id, number=500_000_001, victim_id=person, kind="child",
                    family=Family.EXPLOITATION),
            SubjectRow(case_id=case, area_id=area_id, name=name, key=name.lower(), nominal=""),
        ):  # fmt: skip
            db.session.add(row)
            db.session.flush()
        _told_of_child(planted, area_id, case)
        _document(planted, area_id, case)


def _told_of_child(planted: Planted, area_id: UUID, case: UUID) -> None:
    """A park the child is linked to, what is told of the child, and a level of risk."""

    def mint(what: str) -> str:
        return planted.mint(what, "", area=area_id)

    agency, by = db.session.execute(
        select(AgencyRow.id, AccountRow.id)
        .join(AccountRow, AccountRow.agency_id == AgencyRow.id)
        .where(AgencyRow.area_id == area_id)
        .limit(1)
    ).one()
    park = a_subject(area_id, SubjectKind.PLACE, mint("subject.name"))
    told = {"area_id": area_id, "agency_id": agency, "recorded_by": by, "recorded_at": NOW,
            "standing": "fact"}  # fmt: skip
    db.session.add_all([
        LinkRow(one_id=case, other_id=park, tie="seen at", strength="likely", author=mint("link.author"),
                source=mint("link.source"), ended=mint("link.ended"), ended_by=by, ended_at=NOW, **told),
        SubjectTraitRow(case_id=case, trait="nickname", text=mint("subject_trait.text"), key="",
                        on=NOW.date(), author=mint("subject_trait.author"),
                        source=mint("subject_trait.source"), ended=mint("subject_trait.ended"), **told),
        LevelSaidRow(area_id=area_id, case_id=case, level="medium", basis="meeting", panel="ESP", at=NOW,
                     reason=mint("level_said.reason"), by=mint("level_said.by")),
    ])  # fmt: skip
    said = PatternRow(id=uuid4(), area_id=area_id, about=uuid4(), state="linked", children=2, at=NOW,
                      reason=mint("pattern.reason"), account_id=by)  # fmt: skip
    db.session.add(said)
    db.session.flush()
    db.session.add_all(
        PatternChildRow(pattern_id=said.id, case_id=one, area_id=area_id) for one in (case, park)
    )
    db.session.flush()


def _document(planted: Planted, area_id: UUID, case_id: UUID) -> None:
    """What social care gave of that child, which nobody here may read on any page (Rulebook E4)."""
    agency = select(AgencyRow.id).where(AgencyRow.area_id == area_id)
    who = db.session.execute(
        select(AccountRow.agency_id, AccountRow.id).where(AccountRow.agency_id.in_(agency)).limit(1)
    ).one()
    told = {
        what: planted.mint(f"care_document.{what}", "", area=area_id) for what in ("text", "title", "author")
    }
    put_document(area_id, case_id, *who, NOW, **told)


def _ladders(planted: Planted) -> None:
    """That child of each area on a daily list of theirs."""
    children = select(CaseRow.area_id, CaseRow.id).where(CaseRow.kind == "child")
    for area_id, case_id in db.session.execute(children).all():
        _on_the_ladder(planted, area_id, case_id)


def _on_the_ladder(planted: Planted, area_id: UUID, case: UUID) -> None:
    """What a meeting on the child decided, and a leaving that waits for a second person (Rulebook E1)."""
    meeting, item, by = uuid4(), uuid4(), planted.world.keeper
    texts = {name: planted.mint(f"ladder_step.{name}", "", area=area_id) for name in ("reason", "goes_on")}
    leaving = {"reason": planted.mint("ladder_place.leaving", "", area=area_id)}
    put = {name: planted.mint(f"agenda_put.{name}", "", area=area_id) for name in ("reason", "off_reason")}
    onward = planted.mint("ladder_place.transition_to", "", area=area_id)
    for row in (
        MeetingRow(id=meeting, area_id=area_id, **of_meeting(DREAM), sits_on=NOW.date(), starts_at=NOW,
                   state=MeetingState.OPEN, window_start=NOW, window_end=NOW, built_at=NOW),
        ItemRow(id=item, area_id=area_id, meeting_id=meeting, case_id=case, position=1, repeat=False,
                victim_known=False, risk="high"),
        ExploitationEntryRow(area_id=area_id, item_id=item, source="standing", source_id="",
                             reasons="review-due", late=False, changed=False),
        ExploitationTakenRow(source="exploitation_referral", source_id=str(uuid4()), area_id=area_id,
                             case_id=case, meeting_id=meeting, outcome="listed"),
        LadderStepRow(area_id=area_id, case_id=case, item_id=item, panel="DREAM", decision="stay",
                      level="high", heard_on=NOW.date(), leads_to="DREAM", made_by=by, made_at=NOW, **texts),
        LadderPlaceRow(case_id=case, area_id=area_id, panel="DREAM", joined="DREAM", leaving=leaving,
                       leaving_item=item, leaving_by=by, leaving_at=NOW, transition_to=onward,
                       transition_on=NOW.date()),
        AgendaPutRow(area_id=area_id, case_id=case, panel="MACE", put_by=by, put_at=NOW, off_by=by,
                     off_at=NOW, **put),
    ):  # fmt: skip
        db.session.add(row)
        db.session.flush()


def _openings(found: World) -> None:
    """Somebody whose agency attends nothing has broken the glass; somebody else had, until a minute ago."""
    case = db.session.get_one(CaseRow, found.sets["ordinary"]["case_id"])
    for role, minutes in ((Role.REPRESENTATIVE, 30), (Role.IDVA, -1)):
        db.session.add(
            OpeningRow(area_id=case.area_id, case_id=case.id, account_id=found.people[role, "absent"],
                       kind=OpeningKind.BREAK_GLASS, reason="invented", asked_at=NOW,
                       until=NOW + timedelta(minutes=minutes), review_due=NOW + timedelta(days=1))
        )  # fmt: skip
    db.session.flush()
    for row in db.session.scalars(select(OpeningRow)).all():
        audit.record(row.account_id, row.area_id, "glass.broken", f"opening/{row.id}", NOW)
    for said in db.session.scalars(select(ClosedReasonRow)).all():
        audit.record(said.account_id, said.area_id, "case.reason_given", f"case/{said.case_id}", NOW,
                     closed=said.id)  # fmt: skip


def _settled(found: World) -> None:
    """Somebody has looked, so their words are shown."""
    for refusal in db.session.scalars(select(RefusalRow)).all():
        refusal.seen_by, refusal.seen_at = found.keeper, NOW
    for alarm in db.session.scalars(select(AlarmRow)).all():
        alarm.dealt_with_at = NOW
    for imported in db.session.scalars(select(ImportRow)).all():
        imported.dealt_with_at = NOW
    for name, ids in found.sets.items():
        if "case_id" in ids and name != "destroyed":
            case = db.session.get_one(CaseRow, ids["case_id"])
            db.session.add(
                WallRow(area_id=case.area_id, case_id=case.id, account_id=found.bystanders["absent"],
                        ground=WallGround.DECLARED, shared="", state=WallState.LIFTED, put_at=NOW,
                        decided_by=found.keeper, decided_at=NOW)
            )  # fmt: skip
    db.session.flush()


def _set_of(row: Any, sets: dict[UUID, str]) -> str:
    """The name of the set whose case a row is on; "" where on none."""
    ways: tuple[Callable[[], UUID | None], ...] = (
        lambda: row.case_id,
        lambda: db.session.get_one(ItemRow, row.item_id).case_id,
        lambda: db.session.get_one(DisclosureRow, row.request_id).case_id,
        lambda: db.session.get_one(ReviewRow, row.review_id).case_id,
        lambda: _asked_before(row.episode_id, row.referral_id),
    )
    for way in ways:
        try:
            return sets.get(way() or UUID(int=0), "")
        except AttributeError:
            continue
    return ""


def _asked_before(episode_id: UUID | None, referral_id: UUID | None) -> UUID | None:
    """The child's case before which somebody was asked for immediate risk."""
    if episode_id:
        return db.session.get_one(MissingEpisodeRow, episode_id).case_id
    return db.session.get_one(ExploitationReferralRow, referral_id).case_id
