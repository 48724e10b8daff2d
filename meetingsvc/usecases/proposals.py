"""What needs a second person: one proposes, another decides, and only then it happens (security.md B).

Each kind of proposal registers itself where its change is made:
`proposals.register(Kind("restriction.lift", "Lift a restriction", …))`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from werkzeug.exceptions import Forbidden, NotFound

from agenda.need_to_know import second_person
from agenda.rules import RuleBroken
from meetingsvc.models import ProposalRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import accounts, audit
from meetingsvc.store import proposals as store
from meetingsvc.store.proposals import State, Told
from meetingsvc.usecases import halves
from meetingsvc.usecases.halves import Halves, Once
from meetingsvc.usecases.transaction import saved_by

LASTS = timedelta(days=7)
LONGEST = 1000


class Change(NamedTuple):
    """One line of what exactly will change."""

    what: str
    old: str
    new: str


def _whoever(who: Principal, told: Told) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of change that needs two people: its words, who proposes, who confirms, and what it does.

    `describe` and `carry_out` get the proposal; `carry_out(told, proposer, confirmer, now)` runs inside the
    transaction of the decision, refuses with RuleBroken what does not go any more, and answers a one-time
    password in halves, one for each of the two. `may_confirm` narrows who of those with the permission
    decides this one. `forget` names the parts of the detail that are blanked
    once it is decided.
    """

    name: str
    title: str
    propose: Permission
    confirm: Permission
    describe: Callable[[Told], Sequence[Change]]
    carry_out: Callable[[Told, Principal, Principal, datetime], Halves | None]
    may_confirm: Callable[[Principal, Told], bool] = _whoever
    forget: tuple[str, ...] = ()


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Makes a kind known. Raises ValueError where another has its name."""
    if kind.name in KINDS:
        raise ValueError(f"two kinds of proposal are called {kind.name}")
    KINDS[kind.name] = kind
    return kind


def propose(
    who: Principal,
    kind: str,
    subject: str,
    detail: Mapping[str, Any],
    reason: str,
    now: datetime,
    *,
    case_id: UUID | None = None,
    about_id: UUID | None = None,
) -> UUID:
    """Puts a change before a second person, for seven days. To be called inside a transaction.

    `detail` is plain JSON: what the handler needs, and what it saw, to notice whether that has changed.
    `about_id` is the account it is about, which neither proposes nor decides it. With `case_id`, whoever may
    not open that case never learns of the proposal.
    """
    if not who.may(KINDS[kind].propose):
        raise Forbidden
    if about_id == who.account_id:
        raise RuleBroken("Nobody does this to their own account. Ask another administrator.")
    reason = given(reason)
    if not store.is_free(who.area_id, kind, subject, now):
        raise RuleBroken("This waits for a second person already.")
    row = ProposalRow(id=uuid4(), area_id=who.area_id, kind=kind, subject=subject, case_id=case_id,
                      about_id=about_id, detail=dict(detail), reason=reason, proposed_by=who.account_id,
                      proposed_at=now, expires_at=now + LASTS, state=State.OPEN)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(who.account_id, who.area_id, "proposal.made", _subject(row), now,
                 kind=kind, proposal=row.id)  # fmt: skip
    return row.id


def given(reason: str, without: str = "Give the reason: the second person decides by it.") -> str:
    """A reason as it is kept; raises RuleBroken without one, for somebody else has to judge by it."""
    reason = reason.strip()
    if not reason:
        raise RuleBroken(without)
    if len(reason) > LONGEST:
        raise RuleBroken(f"Give the reason in {LONGEST} characters at most.")
    return reason


class Decided(NamedTuple):
    """How a decision ended, in state and, once only, what came of it."""

    state: State
    once: Once | None = None


def decide(principal: Principal, proposal_id: UUID, approve: bool, why: str, now: datetime) -> Decided:
    """A second person approves, and it happens in this transaction; or refuses, with a reason.

    Both people's permissions are read at this moment: what was proposed by somebody who may not any more is
    void (security.md B: the proposer never approves). Nobody decides what is about themselves.
    """
    with saved_by(principal, Permission.ACCOUNT_CONFIRM, now) as who:
        row = _standing(who, proposal_id, now)
        told = store.told(who, row)
        kind = _confirmable(who, told)
        second_person(told.proposed_by, who.account_id)
        proposer = accounts.principal(told.proposed_by, now)
        if proposer is None or proposer.area_id != told.area_id or not proposer.may(kind.propose):
            _close(row, None, State.VOID, "", who.account_id, now)
            return Decided(State.VOID)
        if not approve:
            _close(row, who.account_id, State.REFUSED, given(why, "Say why you refuse."), who.account_id, now)
            return Decided(State.REFUSED)
        made = kind.carry_out(told, proposer, who, now)
        if made:
            halves.keep(row, made.first, now)
        _close(row, who.account_id, State.APPROVED, why.strip()[:LONGEST], who.account_id, now)
        return Decided(State.APPROVED, made.second if made else None)


def withdraw(principal: Principal, proposal_id: UUID, now: datetime) -> None:
    """Takes back what oneself proposed and nobody has decided."""
    with saved_by(principal, Permission.HOME_READ, now) as who:
        row = _standing(who, proposal_id, now)
        if row.proposed_by != who.account_id:
            raise NotFound
        _close(row, None, State.WITHDRAWN, "", who.account_id, now)


def close_idle(by: UUID, area_id: UUID, kind: str, subjects: Collection[str], now: datetime) -> None:
    """Closes those that would change nothing any more: nobody is asked to decide them. Inside a transaction,
    as the service for the area."""
    for row in store.open_among(area_id, kind, subjects):
        _close(row, None, State.VOID, "", by, now)


def waiting_for(who: Principal, now: datetime) -> list[Told]:
    """What this person may decide as the second one."""
    told = store.for_a_second(who, confirmed_by(who), now)
    return [each for each in told if KINDS[each.kind].may_confirm(who, each)]


def confirmed_by(who: Principal) -> list[str]:
    """The kinds a person's role confirms."""
    return [name for name, kind in KINDS.items() if who.may(kind.confirm)]


def readable(who: Principal, proposal_id: UUID) -> Told | None:
    """One that the person proposed, or may decide."""
    told = store.one(who, proposal_id, confirmed_by(who))
    if told is None or told.kind not in KINDS:
        return None
    mine = told.proposed_by == who.account_id
    return told if mine or KINDS[told.kind].may_confirm(who, told) else None


def changes(told: Told) -> Sequence[Change]:
    """What exactly will change; nothing once it is decided, for then the page would compare with today."""
    return KINDS[told.kind].describe(told) if told.state is State.OPEN else ()


def _standing(who: Principal, proposal_id: UUID, now: datetime) -> ProposalRow:
    row = store.locked(who, proposal_id)
    if row is None:
        raise NotFound
    if row.state != State.OPEN:
        raise RuleBroken("This has been decided already. Nothing changed.")
    if row.expires_at <= now:
        raise RuleBroken("Nobody decided this in time. It has to be proposed again.")
    return row


def _confirmable(who: Principal, told: Told) -> Kind:
    kind = KINDS.get(told.kind)
    if kind is None or not who.may(kind.confirm) or not kind.may_confirm(who, told):
        raise NotFound
    return kind


def _close(
    row: ProposalRow, decided_by: UUID | None, state: State, why: str, by: UUID, now: datetime
) -> None:
    row.state, row.decided_by, row.decided_at, row.why = state, decided_by, now, why
    row.detail = {name: value for name, value in row.detail.items() if name not in KINDS[row.kind].forget}
    audit.record(by, row.area_id, f"proposal.{state}", _subject(row), now,
                 kind=row.kind, proposal=row.id)  # fmt: skip


def _subject(row: ProposalRow) -> str:
    """Of what is about a case, the case: the audit trail then hides the line with it."""
    return f"case/{row.case_id}" if row.case_id else row.subject
