"""Walls: a case does not exist for its parties, and for who knows them (Rulebook M6).

The service compares staff with parties whenever either is added; a wall stands from then on, even for a name
alone, until two other people have looked.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID, uuid4

from werkzeug.exceptions import NotFound

from agenda.addresses import Part
from agenda.calendar import local_day
from agenda.details import Shared
from agenda.need_to_know import WallGround, WallState, staff_case
from agenda.walls import Match, Member, Party, Watch, name_keys_of, parties_of, words
from meetingsvc.models import IncidentWallRow, WallRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import (
    acting,
    areas,
    audit,
    details,
    incidents,
    research_named,
    restrictions,
    subject_near,
    subjects,
)
from meetingsvc.store import walls as store
from meetingsvc.store.details import PartyTold
from meetingsvc.usecases import exploitation_walls, oversight, staff_named, transfer_walls
from meetingsvc.usecases import restrictions as restricting
from meetingsvc.usecases.restrictions import SERVICE
from meetingsvc.usecases.transaction import saved_by

_FROM_INCIDENT, _FROM_REFERRAL = "incident", "referral"


def check_cases(area_id: UUID, case_ids: Iterable[UUID], now: datetime) -> int:
    """Compares the people of these cases with the area's staff, and says how many walls it put (M6).

    To be called inside a transaction, before its audit line, whenever a case is made or what is known of its
    people changes.
    """
    wanted = set(case_ids)
    if not wanted:
        return 0
    areas.hold(area_id)
    with acting.whole_area(area_id):
        put = _compare(area_id, _members(area_id), wanted, None, now)
        staff_named.propose(area_id, wanted, now)
    transfer_walls.check_cases(wanted, now)
    return put


def check_versions(area_id: UUID, numbers: Collection[str], now: datetime) -> int:
    """The same for the cases of incidents of which the police have sent another version (Rulebook T13)."""
    with acting.whole_area(area_id):
        cases = store.cases_of_incidents(area_id, numbers)
    return check_cases(area_id, cases, now)


def check_staff(account_id: UUID, now: datetime) -> int:
    """Compares one member of staff, and people they know, with everybody on a case of their area (M6).

    To be called inside a transaction, before its audit line (or with the area held), whenever an account or
    what its person told is new.
    """
    area_id = restrictions.area_of(account_id)
    areas.hold(area_id)
    with acting.whole_area(area_id):
        members = [member for member in _members(area_id) if member.account_id == account_id]
        _wall_incidents(area_id, members, 0)
        put = _compare(area_id, members, store.case_ids(area_id), account_id, now)
    exploitation_walls.look(area_id, now, account_id=account_id)
    transfer_walls.check(area_id, now)
    return put


def check_incidents(area_id: UUID, first_id: int) -> int:
    """Compares the names in the incidents from this one on with the staff's, and says how many walls it put.

    One look for all of them, so that an import stays quick; once a list makes a case of an incident, what
    else is known of its people is compared too (M6). `check_staff` waits for an import under way: the import
    itself must not wait for the area, or two of them would wait for each other.
    """
    with acting.whole_area(area_id):
        return _wall_incidents(area_id, _members(area_id), first_id)


def _members(area_id: UUID) -> list[Member]:
    return [
        Member(one.account_id, one.ground, one.details, one.of_account) for one in details.of_staff(area_id)
    ]


def _compare(
    area_id: UUID, members: list[Member], cases: Collection[UUID], account_id: UUID | None, now: datetime
) -> int:
    watch, there = Watch(members), store.there(cases, account_id)
    employers, put = store.employers(area_id, local_day(now)), 0
    near = research_named.near(area_id, cases)
    for case_id, told in details.of_cases(cases).items():
        for who, match in watch.matching([*map(_party, told), *near.get(case_id, ())]).items():
            row = _put(area_id, case_id, who, match, there.get((case_id, who)), now)
            if row is None:
                continue
            there[case_id, who], put = row, put + 1
            if match.is_party and (employer := employers.get(who)):
                proposed = staff_case(match.own, match.is_party, employer, match.by_account)
                restricting.propose_for_staff(area_id, case_id, proposed, now)
    put += _take_over(area_id, cases, there, now)
    return put + _spread(area_id, cases, now)


def _spread(area_id: UUID, cases: Collection[UUID], now: datetime) -> int:
    """Who must not learn of one case learns of no other of the same victim, as it tells as much of her; nor
    of a child near somebody whom exploitation panels hear, whose case is kept from them, nor of one who may
    be that child (M6, F3)."""
    db.session.flush()
    near = subject_near.children_near(cases)
    put = _stand_too(area_id, [(row, near[row.case_id]) for row in store.standing(near)], now)
    wider = set(cases).union(*near.values())
    return put + _stand_too(area_id, [(row, (case_id,)) for row, case_id in _beside(area_id, wider)], now)


def _stand_too(area_id: UUID, walls: Collection[tuple[WallRow, Collection[UUID]]], now: datetime) -> int:
    """The same walls on each of these cases, unless somebody lifted them there."""
    there, put = store.there({case_id for _, ids in walls for case_id in ids}), 0
    for row, ids in walls:
        match = Match(marks=frozenset(row.matched.split()) or frozenset({WallGround.DECLARED.value}))
        for case_id in ids:
            known = there.get((case_id, row.account_id))
            if known is row or (known is not None and known.state == WallState.STANDS):
                continue
            if (wall := _put(area_id, case_id, row.account_id, match, known, now)) is not None:
                wall.ground, wall.shared, put = row.ground, row.shared, put + 1
                there[case_id, row.account_id] = wall
    return put


def _beside(area_id: UUID, cases: Collection[UUID]) -> list[tuple[WallRow, UUID]]:
    """Each wall that stands, and a case of the same victim, or of a child who may be the same one."""
    standing = store.standing_beside(cases)
    of_victims = store.cases_of_victims({victim for _, victim in standing})
    found = [(row, case_id) for row, victim in standing for case_id in of_victims[victim]]
    alike = subjects.alike(area_id, cases)
    walls = store.there({one for one, _ in alike}).values()
    stand = [row for row in walls if row.state == WallState.STANDS]
    return found + [(row, other) for row in stand for one, other in alike if one == row.case_id]


def _party(told: PartyTold) -> Party:
    return Party(told.person_id, told.part is not Part.ASSOCIATE, told.details)


def _put(
    area_id: UUID, case_id: UUID, account_id: UUID, match: Match, row: WallRow | None, now: datetime
) -> WallRow | None:
    """The wall, where something is found that is new; None where it stood, or was lifted, for just this."""
    if row is not None and match.marks <= set(row.matched.split()):
        return None
    if row is None:
        row = WallRow(id=uuid4(), area_id=area_id, case_id=case_id, account_id=account_id, matched="")
        db.session.add(row)
    matched = " ".join(sorted(match.marks | set(row.matched.split())))
    if row.state == WallState.STANDS:
        row.matched, row.shared = matched, _joined(row.shared, words(match.shared))
        row.ground = WallGround.PARTY if match.own else row.ground
        return row
    row.ground, row.shared, row.state = match.ground, words(match.shared), WallState.STANDS
    row.matched, row.put_by, row.put_at = matched, None, now
    row.decided_by, row.decided_at, row.why = None, None, ""
    db.session.flush()
    audit.record(SERVICE, area_id, "wall.put", f"wall/{row.id}", now, case=case_id)
    oversight.wall_put(area_id, case_id, account_id, now)
    return row


def _joined(old: str, new: str) -> str:
    return "; ".join(dict.fromkeys(f"{old}; {new}".strip("; ").split("; ")))


def _wall_incidents(area_id: UUID, members: list[Member], first_id: int) -> int:
    """Walls off what names somebody like these; of a name that was found, everything else is compared."""
    ids = store.incidents_named(area_id, first_id, name_keys_of(members))
    watch, there, put = Watch(members), store.incident_walls(ids), 0
    for incident_id, content in incidents.contents(sorted(ids)).items():
        for account_id, match in watch.matching(parties_of(content)).items():
            if (incident_id, account_id) not in there:
                put += 1
                db.session.add(
                    IncidentWallRow(incident_id=incident_id, account_id=account_id, area_id=area_id,
                                    ground=match.ground, shared=words(match.shared))
                )  # fmt: skip
    db.session.flush()
    return put


def _take_over(
    area_id: UUID, cases: Collection[UUID], there: Mapping[tuple[UUID, UUID], WallRow], now: datetime
) -> int:
    """What was walled off before there was a case is walled off by the case, unless somebody decided that."""
    done, put = set(there), 0
    for case_id, row in store.walls_of_incidents_in(cases):
        if (case_id, row.account_id) not in done:
            done.add((case_id, row.account_id))
            match = Match(marks=frozenset({_FROM_INCIDENT}))
            wall = _put(area_id, case_id, row.account_id, match, None, now)
            if wall is not None:
                wall.ground, wall.shared, put = row.ground, row.shared, put + 1
        db.session.delete(row)
    db.session.flush()
    return put


def keep_from(area_id: UUID, case_id: UUID, accounts: Collection[UUID], now: datetime) -> None:
    """Whom what was told was kept from before there was a case is kept from its case, until two have looked.

    To be called inside a transaction that holds the area, once the people of the case were compared.
    """
    with acting.whole_area(area_id):
        there = store.there([case_id])
        for account_id in sorted(accounts):
            known = there.get((case_id, account_id))
            if known is None or known.state != WallState.STANDS:
                match = Match(own=frozenset({Shared.NAME}), marks=frozenset({_FROM_REFERRAL}))
                _put(area_id, case_id, account_id, match, known, now)
        _spread(area_id, [case_id], now)


def declare(principal: Principal, case_id: UUID, now: datetime) -> None:
    """Somebody knows people on a case: from now on it does not exist for them (M6)."""
    with saved_by(principal, Permission.WALL_DECLARE, now) as who:
        if not restrictions.may_open(who, case_id):
            raise NotFound
        areas.hold(who.area_id)
        with acting.whole_area(who.area_id):
            row = store.there([case_id], who.account_id).get((case_id, who.account_id))
            if row is None:
                row = WallRow(id=uuid4(), area_id=who.area_id, case_id=case_id, account_id=who.account_id,
                              ground=WallGround.DECLARED, shared="", matched="")  # fmt: skip
                db.session.add(row)
            row.state, row.ground = WallState.STANDS, WallGround.DECLARED
            row.put_by, row.put_at = who.account_id, now
            row.decided_by, row.decided_at, row.why = None, None, ""
            db.session.flush()
            audit.record(who.account_id, who.area_id, "wall.declared", f"wall/{row.id}", now, case=case_id)
            oversight.wall_put(who.area_id, case_id, who.account_id, now)
            _spread(who.area_id, [case_id], now)
