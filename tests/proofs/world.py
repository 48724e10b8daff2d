"""One world that all proofs look at: two areas, people of every role and standing, a case of every kind.

Whoever is walled from a case, or not named on it, works for the very agency that supplied what is on it, and
has a ticket for it: nothing of that may help them.
"""

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta
from secrets import token_urlsafe
from uuid import UUID, uuid4

from flask import Flask

from agenda import panel_kept
from agenda.agencies import AgencyKind
from agenda.area import AreaSettings
from agenda.panels import TRIAGE
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AreaRow,
    Base,
    CaseRow,
    ItemRow,
    PackCopyRow,
    PackDestructionRow,
    PackRow,
    PanelRow,
    PasskeyRow,
    SessionRow,
    StaffDetailRow,
    TotpRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import acting, drafts
from meetingsvc.usecases import agencies, areas
from meetingsvc.usecases.transaction import saved
from tests.a_breach import put_false_breach
from tests.a_marac import NOW
from tests.a_sent_referral import a_draft_row
from tests.a_sharing import a_sharing_row
from tests.an_exploitation_referral import a_draft_row as a_child_draft_row
from tests.proofs.oracle import ORACLE, PANEL, ROLES
from tests.proofs.standings import SETS, STANDINGS, World
from tests.proofs.world_cases import cases, need_to_know


def build(app: Flask) -> World:
    """The whole world, in a database that is empty."""
    world = World(app)
    with app.app_context(), acting.service():
        _area(world, "northtest", ("supplier", "attends", "absent", "withdrawn"))
        _area(world, "fartest", ("far",))
        with saved():
            _people(world)
        names = [name for name in SETS if name != "far"]
        cases(world, "supplier", names)
        cases(world, "far", ["far"])
        with saved():
            need_to_know(world)
            _own_things(world)
            _false_breaches(world)
            _destroyed(world)
            _panels(world)
        with saved():
            _stop_some(world)
        db.session.remove()
    return world


_SETTINGS = AreaSettings(marac_anchor=date(2026, 12, 3), notify_from=date(2026, 11, 2))


def _area(world: World, name: str, made: Iterable[str]) -> None:
    area_id = areas.create(name, date(2026, 11, 2), NOW, name, _SETTINGS)
    with saved():  # no case has the number of one in the other area
        db.session.get_one(AreaRow, area_id).last_case_number = 500 if name == "fartest" else 0
    for agency in made:
        there = agency != "absent"
        with saved():
            world.agencies[agency] = agencies.create(
                area_id, f"Agency {agency}", AgencyKind.POLICE, date(2026, 1, 5), "test", NOW,
                attends_daily=there, attends_marac=there,
            )  # fmt: skip


def _people(world: World) -> None:
    """One of each role in each standing, somebody in the other area, and a keeper who is named on all."""
    for role in ROLES:
        for standing in STANDINGS:
            agency = "attends" if standing == "disabled" else standing
            world.people[role, standing] = _account(world, agency, role)
    world.keeper = _account(world, "attends", Role.COORDINATOR)
    for agency in world.agencies:
        world.bystanders[agency] = _account(world, agency, Role.IDVA)
    world.people[Role.COORDINATOR, "far"] = _account(world, "far", Role.COORDINATOR)
    db.session.flush()
    for account_id in world.people.values():
        _sign_in(world, account_id)


def _account(world: World, agency: str, role: Role) -> UUID:
    account_id = uuid4()
    db.session.add(
        AccountRow(id=account_id, agency_id=world.agencies[agency], role=role, password_hash="-",
                   name=f"Person {account_id.hex[:8]}", email=f"{account_id.hex}@northtest.example",
                   created_at=NOW)
    )  # fmt: skip
    return account_id


def _sign_in(world: World, account_id: UUID) -> None:
    """A session whose second factor has just been proven, and one in which that was an hour ago."""
    for kept, confirmed_at in ((world.cookies, NOW), (world.stale, NOW - timedelta(hours=1))):
        token = kept[account_id] = token_urlsafe()
        data = {"_user_id": str(account_id), "_fresh": True, "confirmed_at": confirmed_at.isoformat(),
                "csrf_token": "x"}  # fmt: skip
        db.session.add(
            SessionRow(key=hashlib.sha256(token.encode()).hexdigest(), account_id=account_id, data=data,
                       browser="a browser", created_at=NOW, seen_at=NOW)
        )  # fmt: skip
    db.session.add(TotpRow(account_id=account_id, secret=b"-", last_step=0, added_at=NOW))


def _false_breaches(world: World) -> None:
    """In each area one that one officer of governance alone finds to be none: it waits for a chair."""
    officers = [who for (role, _), who in world.people.items() if role is Role.INFORMATION_GOVERNANCE]
    for found in world.sets.values():
        found["second_id"] = uuid4()
        area_id = db.session.get_one(CaseRow, found["case_id"]).area_id
        put_false_breach(found["second_id"], area_id, world.keeper, officers[0], officers[1:])


def _panels(world: World) -> None:
    """In each area a triage of medium risk, which may be changed and taken off: nothing waits for it (P3)."""
    for agency in ("supplier", "far"):
        area_id = db.session.get_one(AgencyRow, world.agencies[agency]).area_id
        db.session.add(
            PanelRow(area_id=area_id, code=TRIAGE.code, settings=panel_kept.kept(TRIAGE),
                     set_by=world.keeper, set_at=NOW)
        )  # fmt: skip


def _own_things(world: World) -> None:
    """A copy of the pack for each of the panel; for everybody a draft, a detail, a passkey, a session."""
    numbers: dict[UUID, int] = {}
    for (role, standing), who in world.people.items():
        own = {"detail_id": uuid4(), "passkey_id": uuid4(), "session_id": uuid4()}
        agency = db.session.get_one(AccountRow, who).agency_id
        area_id = db.session.get_one(AgencyRow, agency).area_id
        referral = a_draft_row(area_id, who, agency)
        own["referral_id"] = referral.id
        child = a_child_draft_row(area_id, who, agency, NOW)
        own["refer_id"] = child.id
        own["draft_id"] = drafts.keep(who, "/password", [("current", "typed")], NOW)
        db.session.add_all([
            referral,
            child,
            StaffDetailRow(id=own["detail_id"], area_id=area_id, account_id=who, of_whom="self",
                           surname="Own Name", told_at=NOW),
            PasskeyRow(id=own["passkey_id"], account_id=who, credential_id=who.bytes, public_key=b"-",
                       sign_count=0, name="key", added_at=NOW),
            SessionRow(key=f"other-{who.hex}", id=own["session_id"], account_id=who, browser="a browser",
                       data={"_user_id": str(who)}, created_at=NOW, seen_at=NOW),
        ])  # fmt: skip
        if ORACLE["decide to share"][role] != "-":
            deciding = a_sharing_row(area_id, who, agency)
            own["sharing_id"] = deciding.id
            db.session.add(deciding)
        for name in SETS[:-1] if standing != "far" else ("far",):
            mine = dict(own)
            if role in PANEL:
                mine |= _copy(world, name, who, agency, numbers)
            world.own[who, name] = mine
    far = world.people[Role.COORDINATOR, "far"]
    world.sets["far"] |= world.own[far, "far"]


def _copy(world: World, name: str, who: UUID, agency: UUID, numbers: dict[UUID, int]) -> dict[str, UUID]:
    """One's own copy: of a case that is still open to one, or was when it was made; asked for back."""
    pack, copy_id, recalled_id = world.sets[name]["pack_id"], uuid4(), uuid4()
    numbers[pack] = numbers.get(pack, 0) + 1
    db.session.add(
        PackCopyRow(id=copy_id, pack_id=pack, account_id=who, agency_id=agency, copy_number=numbers[pack],
                    made_at=NOW, content=b"%PDF", cases=[str(world.sets[name]["case_id"])])
    )  # fmt: skip
    db.session.flush()
    area_id = db.session.get_one(PackRow, pack).area_id
    db.session.add(PackDestructionRow(id=recalled_id, area_id=area_id, pack_id=pack, copy_id=copy_id,
                                      account_id=who, asked_at=NOW))  # fmt: skip
    return {"copy_id": copy_id, "recalled_id": recalled_id}


def _destroyed(world: World) -> None:
    """Identifiers of what was there, and is not any more."""
    some = {**world.sets["ordinary"], **world.own[world.people[Role.COORDINATOR, "attends"], "ordinary"]}
    world.sets["destroyed"] = {name: uuid4() for name, value in some.items() if isinstance(value, UUID)}
    gone = world.sets["destroyed"]
    case = db.session.get_one(CaseRow, some["case_id"])
    rows: list[Base] = [
        CaseRow(id=gone["case_id"], area_id=case.area_id, number=900, victim_id=case.victim_id),
        ItemRow(id=gone["item_id"], area_id=case.area_id, meeting_id=some["meeting_id"],
                case_id=gone["case_id"], position=90, repeat=False, victim_known=False, risk="high"),
    ]  # fmt: skip
    for row in rows:
        db.session.add(row)
        db.session.flush()
    for row in reversed(rows):
        db.session.delete(row)
        db.session.flush()


def _stop_some(world: World) -> None:
    """Last of all: an agency withdraws, people are disabled, the world is no busier than its cases."""
    db.session.get_one(AgencyRow, world.agencies["withdrawn"]).withdrawn_on = NOW.date()
    for role in ROLES:
        db.session.get_one(AccountRow, world.people[role, "disabled"]).disabled_at = NOW
