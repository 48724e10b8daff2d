"""Two people made one, and two again: each takes two people, and nothing is lost on the way (D2)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from werkzeug.exceptions import NotFound

from agenda.rules import RuleBroken
from meetingsvc.models import MatchProposalRow, MergeRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import (
    acting,
    areas,
    audit,
    matching_journal,
    matching_merges,
    matching_near,
    matching_parting,
)
from meetingsvc.store import matching_proposals as matches
from meetingsvc.store.matching_proposals import State
from meetingsvc.store.proposals import Told
from meetingsvc.usecases import matching, matching_agendas, matching_retriage, proposals, walls
from meetingsvc.usecases.halves import Halves
from meetingsvc.usecases.proposals import Change, Kind
from meetingsvc.usecases.transaction import saved_by

MERGE, UNDO = "people.merge", "people.unmerge"
_OPPOSED = (
    "One is the victim and the other the perpetrator of one case: they are two people. Nothing changed."
)
_GONE = "This is no longer as it was when it was proposed. Nothing changed."


def propose_undo(principal: Principal, merge_id: UUID, reason: str, now: datetime) -> UUID:
    """Asks a second person to make two people of one again. Raises NotFound, or RuleBroken."""
    with saved_by(principal, Permission.PERSON_MATCH, now) as who:
        areas.hold(who.area_id)
        merge = matching_merges.one(who, merge_id)
        if merge is None or merge.undone_at is not None:
            raise NotFound
        names = {"kept": merge.kept, "gone": merge.gone}
        return proposals.propose(
            who, UNDO, matching_merges.subject(merge_id), names, reason, now,
            case_id=case_of(who, (merge.kept_id, merge.gone_id)),
        )  # fmt: skip


def case_of(who: Principal, people: Sequence[UUID]) -> UUID | None:
    """A case of the two, one that is kept from somebody first: who may not open it learns of nothing about
    them in the log, nor of what is proposed."""
    found = matches.cases_with(who, people)
    ids = [case.id for person in people for case in found.get(person, ())]
    with acting.whole_area(who.area_id):
        return matching_merges.most_kept(ids)


def _match(told: Told) -> UUID:
    return UUID(told.subject.partition("/")[2])


def _may_merge(who: Principal, told: Told) -> bool:
    return matches.one(who, _match(told), told.proposed_at) is not None


def _may_undo(who: Principal, told: Told) -> bool:
    return matching_merges.one(who, _match(told)) is not None


def _says_merge(told: Told) -> Sequence[Change]:
    kept, gone = str(told.detail["kept"]), str(told.detail["gone"])
    return [
        Change("People", f"{kept}; {gone}", f"{kept}, also known as {gone}"),
        Change("Their cases", "Of two people", "All of one person; each stays a case of its own"),
    ]


def _says_undo(told: Told) -> Sequence[Change]:
    kept, gone = str(told.detail["kept"]), str(told.detail["gone"])
    return [
        Change("People", f"{kept}, also known as {gone}", f"{kept}; {gone}"),
        Change("What came in since", "Of one person", "Of the one whose number or name it bears"),
        Change(
            "Referrals to MARAC since",
            "Under the case they were put under",
            "Under their own: late on an agenda that agencies hold, on the next where that MARAC has sat",
        ),
    ]


def _merge(told: Told, proposer: Principal, confirmer: Principal, now: datetime) -> Halves | None:
    area_id, match_id = told.area_id, _match(told)
    areas.hold(area_id)
    if not (_may_merge(proposer, told) and _may_merge(confirmer, told)):
        raise RuleBroken(_GONE)
    with acting.whole_area(area_id):
        row = db.session.get_one(MatchProposalRow, match_id)
        if row.state != State.SAME:
            raise RuleBroken(_GONE)
        if matching_merges.are_opposed(row.one_id, row.other_id):
            raise RuleBroken(_OPPOSED)
        merge, changed = _join(row, proposer, confirmer, now)
        row.state = State.MERGED
        db.session.flush()
        _look_again(merge, now)
        audit.record(
            confirmer.account_id, area_id, "people.merged", matching_merges.subject(merge.id), now,
            case=told.case_id, match=match_id, rows=changed,
        )  # fmt: skip
    return None


def _join(
    row: MatchProposalRow, proposer: Principal, confirmer: Principal, now: datetime
) -> tuple[MergeRow, int]:
    area_id = row.area_id
    kept, gone = matching_merges.who_stays(row.one_id, row.other_id)
    people, ids = (kept, gone), matching_merges.cases_naming((kept, gone))
    incidents = matching_merges.incidents_of_people(area_id, people)
    before = matching_journal.snapshot(people, ids, incidents)
    matching_journal.repoint(gone, kept)
    matching_merges.file_again(area_id, kept)
    matching_merges.file_again(area_id, gone)
    matching_journal.read_afresh()
    matching_merges.share_restrictions(ids)
    walls.check_cases(area_id, ids, now)
    matching_retriage.again(area_id, incidents, now)
    db.session.flush()
    merge = MergeRow(id=uuid4(), area_id=area_id, match_id=row.id, kept_id=kept, gone_id=gone,
                     merged_by=proposer.account_id, confirmed_by=confirmer.account_id, merged_at=now,
                     then=matching_merges.then(area_id, kept, ids))  # fmt: skip
    db.session.add(merge)
    db.session.flush()
    after = matching_journal.snapshot(people, ids, incidents)
    changes = matching_journal.differences(before, after)
    return merge, matching_journal.keep(area_id, merge.id, changes)


def _look_again(merge: MergeRow, now: datetime) -> None:
    """Whoever was near one of the two is near the one they are."""
    matching.propose(merge.area_id, [merge.kept_id], [], [], None, now)


def _undo(told: Told, proposer: Principal, confirmer: Principal, now: datetime) -> Halves | None:
    area_id = told.area_id
    areas.hold(area_id)
    if not (_may_undo(proposer, told) and _may_undo(confirmer, told)):
        raise RuleBroken(_GONE)
    with acting.whole_area(area_id):
        merge = db.session.get_one(MergeRow, _match(told))
        _refuse_undone(merge)
        stays = matching_journal.restore(matching_journal.kept(merge.id))
        matching_journal.read_afresh()
        moved = matching_parting.part(merge)
        moved += matching_agendas.part(area_id, confirmer.account_id, now)
        merge.undone_at, merge.undone_by = now, proposer.account_id
        merge.undo_confirmed_by = confirmer.account_id
        _said_different(merge, proposer, told.reason, now)
        cases = matching_merges.cases_naming((merge.kept_id, merge.gone_id))
        walls.check_cases(area_id, cases, now)
        audit.record(
            confirmer.account_id, area_id, "people.unmerged", matching_merges.subject(merge.id), now,
            case=told.case_id, moved=moved, stays=len(stays),
        )  # fmt: skip
    return None


def _refuse_undone(merge: MergeRow) -> None:
    """The last merge of somebody is undone first: what an earlier one moved was moved again."""
    if merge.undone_at is not None:
        raise RuleBroken(_GONE)
    people = {merge.kept_id, merge.gone_id}
    if matching_near.merged_since(merge.area_id, people, merge.merged_at, merge.id):
        raise RuleBroken("One of them was merged with somebody else since. Undo that first. Nothing changed.")


def _said_different(merge: MergeRow, proposer: Principal, reason: str, now: datetime) -> None:
    row = db.session.get_one(MatchProposalRow, merge.match_id)
    row.state, row.reason = State.DIFFERENT, reason
    row.decided_by, row.decided_at = proposer.account_id, now
    db.session.flush()


proposals.register(
    Kind(MERGE, "Make two people one", Permission.PERSON_MATCH, Permission.PERSON_MATCH, _says_merge, _merge,
         may_confirm=_may_merge)
)  # fmt: skip
proposals.register(
    Kind(UNDO, "Make two people of one again", Permission.PERSON_MATCH, Permission.PERSON_MATCH, _says_undo,
         _undo, may_confirm=_may_undo)
)  # fmt: skip
