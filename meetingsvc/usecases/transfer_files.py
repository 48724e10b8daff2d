"""A case that goes to an area outside the service: an encrypted file, and what that area says (M5, S1)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from werkzeug.exceptions import NotFound

from agenda import pdf, transfer_record
from agenda.moves import Who
from agenda.pack_kept import kept
from agenda.rules import RuleBroken
from agenda.transfer_record import Between
from agenda.transfers import State, Step
from meetingsvc import packs as files
from meetingsvc.models import TransferRow
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, transfer_source
from meetingsvc.store import transfers as store
from meetingsvc.usecases import transfer_handover, transfer_walls, transfers
from meetingsvc.usecases.transaction import saved_by
from meetingsvc.usecases.transfers import Destination

#: What each step that a coordinator records of the other area is called in the access log.
_ACTIONS = {Step.SEND: "transfer.sent", Step.RECEIVE: "transfer.received", Step.ACCEPT: "transfer.accepted",
            Step.REFUSE: "transfer.refused"}  # fmt: skip
_NO_FILE = "Make the file, and download it, before you record that it was sent."


@dataclass(frozen=True, slots=True)
class MadeFile:
    """The file's passphrase: shown once, kept nowhere, to be told by telephone."""

    transfer_id: UUID
    passphrase: str
    officer: str


def make(principal: Principal, transfer_id: UUID, now: datetime) -> MadeFile:
    """The case as it is now, encrypted for one named officer; a file made before works no longer."""
    with saved_by(principal, Permission.TRANSFER_MAKE, now) as who:
        row = _outside(who, transfer_id)
        _refuse_late(row)
        phrase = files.passphrase()
        with acting.service():
            source = transfer_source.read(row.area_id, row.case_id)
            words = transfer_handover.worded(source, row.to_area, now, row.why)
            stamp = files.Stamp(row.officer, row.to_area, 1, now, row.id)
            drawn = pdf.draw_worded(words, transfer_record.TITLE, files.typeface())
            row.content, row.made_at = files.stamp(drawn, stamp, phrase, files.typeface()), now
            row.words = kept(words)
            if row.state == State.SENT:  # it is sent again
                _keep_sent(row, now)
        audit.record(who.account_id, who.area_id, "transfer.file_made", f"case/{row.case_id}", now,
                     transfer=row.id)  # fmt: skip
        return MadeFile(row.id, phrase, row.officer)


def _outside(who: Principal, transfer_id: UUID) -> TransferRow:
    row = transfers.found(who, transfer_id)
    if row.to_area_id is not None:
        raise NotFound
    return row


def _refuse_late(row: TransferRow) -> None:
    """It is made and taken away while it may still be sent, to somebody it may still reach (F3, S1)."""
    if State(row.state) not in (State.CONFIRMED, State.SENT):
        raise RuleBroken(f"This transfer is {row.state}: there is no file to make or to take any more.")
    to = Destination(None, row.to_area, row.officer, row.email)
    if ground := transfers.unfit(row.area_id, row.case_id, to):
        raise RuleBroken(f"{ground.words} Withdraw this transfer, and propose it to somebody else.")


def fetch(principal: Principal, transfer_id: UUID, now: datetime) -> bytes:
    """The encrypted file, to be sent by secure e-mail; raises NotFound where none is made."""
    with saved_by(principal, Permission.TRANSFER_MAKE, now) as who:
        row = _outside(who, transfer_id)
        _refuse_late(row)
        content = store.content(who, transfer_id)
        if content is None:
            raise NotFound
        audit.record(who.account_id, who.area_id, "transfer.file_fetched", f"case/{row.case_id}", now,
                     transfer=row.id)  # fmt: skip
        return bytes(content)


def record(principal: Principal, transfer_id: UUID, what: Step, reason: str, now: datetime) -> None:
    """What was done, or what the other area said: sent, received, accepted, or not (Rulebook M5).

    What was sent stays on the case as it was. Once it is accepted, the case waits for no MARAC here.
    """
    with saved_by(principal, Permission.TRANSFER_MAKE, now) as who:
        row = _outside(who, transfer_id)
        if what not in _ACTIONS:
            raise NotFound
        if what is Step.SEND and row.made_at is None:
            raise RuleBroken(_NO_FILE)
        transfers.step(row, what, Who.COORDINATOR, who.account_id, now, reason)
        with acting.service():
            if what is Step.SEND:
                _keep_sent(row, now)
            if what is Step.ACCEPT:
                transfer_handover.leave(row, now)
        audit.record(who.account_id, who.area_id, _ACTIONS[what], f"case/{row.case_id}", now, transfer=row.id)


def _keep_sent(row: TransferRow, now: datetime) -> None:
    """The file's content, as it was made, on the case it was made of."""
    sender = areas.by_id(row.area_id).title
    transfer_handover.keep(row.area_id, row.case_id, Between(sender, row.to_area, now), row.words or {})


def ask_again(principal: Principal, transfer_id: UUID, now: datetime) -> None:
    """Records that the other area was asked for its receipt again: the clock starts anew (Rulebook M5)."""
    with saved_by(principal, Permission.TRANSFER_MAKE, now) as who:
        row = transfers.found(who, transfer_id)
        if row.state != State.SENT and (row.state != State.RECEIVED or row.to_area_id):
            raise RuleBroken("The other area has answered, or nothing was sent yet. Nothing changed.")
        row.asked_again_at = now
        if row.to_area_id:
            with acting.service():
                _remind(row, row.to_area_id, now)
        audit.record(who.account_id, who.area_id, "transfer.asked_again", f"case/{row.case_id}", now,
                     transfer=row.id)  # fmt: skip


def _remind(row: TransferRow, to_area_id: UUID, now: datetime) -> None:
    arrival = store.arrival_of(row.id)
    walled = transfer_walls.walled(arrival.id) if arrival else set[UUID]()
    for account_id in sorted(transfers.coordinators(to_area_id, now) - walled):
        transfers.tell(to_area_id, account_id, now)
