"""What is left of what was destroyed: a certificate without content, and a ledger to destroy it again from
after a restore (Rulebook L2; security.md E)."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from agenda.calendar import day_words, local_day
from agenda.meetings import case_reference
from agenda.rules import RuleBroken
from minutes.destroyed import Kept, as_text, certificate_reference
from minutes.retention_case import Outcome

START = "0" * 64


class Kind(StrEnum):
    """Kinds of record, as a certificate counts them. The value is stored."""

    CASE = "case"
    PERSON = "person"
    INCIDENT = "incident"
    REFERRAL = "referral"
    RISK_ASSESSMENT = "risk assessment"
    CONSENT = "consent"
    RESEARCH = "research answer"
    NOTE = "note"
    OUTCOME = "outcome"
    ACTION = "action"
    CONTACT = "contact detail"
    FLAG = "flag"
    FEEDBACK = "feedback to the victim"
    TRANSFER = "transfer"
    APPLICATION = "disclosure scheme application"
    ORDER = "protection order"
    PACK = "pack"
    MINUTES = "minutes entry"
    REQUEST = "disclosure request"
    SHARING = "decision to share"
    NAMED_CASE = "line of a named case"
    MESSAGE = "message"
    OTHER = "other record"


@dataclass(frozen=True, slots=True, order=True)
class Record:
    """One row that was destroyed: its kind and identifier, nothing of what it said."""

    kind: Kind
    id: str

    def __post_init__(self) -> None:
        if not _is_identifier(self.id):
            raise ValueError("a record is named by its identifier alone")


def _is_identifier(text: str) -> bool:
    """A number or a UUID: neither says anything of anybody."""
    if text.isascii() and text.isdigit():
        return True
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was destroyed, when, by whom, under which decision. No field of it can hold content (L2).

    The reason is the decision's, and went with it where all was destroyed: whoever wrote it may have named
    somebody. Accounts and the decision are identifiers.
    """

    number: int
    case: UUID
    outcome: Outcome
    counts: tuple[tuple[Kind, int], ...]
    decision: UUID
    proposed_by: UUID
    decided_by: UUID
    decided_at: datetime
    destroyed_at: datetime
    backups_gone_on: date
    case_number: int | None = None  # as people read it; None too for who is not to be told

    @property
    def reference(self) -> str:
        """How people read its own number."""
        return certificate_reference(self.number)

    @property
    def what(self) -> str:
        """Whether anything of the case was kept."""
        return "All of it" if self.outcome is Outcome.DESTROY else "Some of it"

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """As it is printed; accounts by their identifiers, which a page may put names to."""
        what = ", ".join(f"{kind}: {count:,}" for kind, count in self.counts)
        alone = self.case == self.decision  # a decision to share that stood on no case (K4)
        named = (("Case number", case_reference(self.case_number)),) if self.case_number else ()
        return (
            ("Certificate", self.reference),
            *named,
            ("Decision to share, on no case" if alone else "Case", str(self.case)),
            ("What was destroyed", self.what),
            ("Records", what),
            ("When", day_words(local_day(self.destroyed_at))),
            ("Decision", str(self.decision)),
            ("Proposed by", str(self.proposed_by)),
            ("Decided by", str(self.decided_by)),
            ("Decided on", day_words(local_day(self.decided_at))),
            ("In no backup from", day_words(self.backups_gone_on)),
        )


def counts(records: Iterable[Record]) -> tuple[tuple[Kind, int], ...]:
    """How many of each kind, in the order of the kinds."""
    found = Counter(record.kind for record in records)
    return tuple((kind, found[kind]) for kind in Kind if found[kind])


def backups_gone_on(destroyed_at: datetime, backup_days: int) -> date:
    """The first day on which no backup has it any more (Rulebook L2).

    The last one that may was made before, on that very day; it ends with the first nightly backup after its
    days are over, within a day of that.
    """
    return local_day(destroyed_at) + timedelta(days=backup_days + 2)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger, kept outside the database: what a restore destroys again. Identifiers only.

    `previous` and `hash` chain the lines, so that one altered, left out or moved is found. The certificate
    stands in it, so that a restore issues it again.
    """

    number: int  # the certificate's: 1, 2, 3 … with no gap
    case: UUID
    records: tuple[Record, ...]
    destroyed_at: datetime
    previous: str = START
    hash: str = ""
    area: UUID | None = None
    certificate: Certificate | None = None
    kept: Kept | None = None  # None of lines that were written before it was

    @property
    def line(self) -> str:
        """As it is written, one line each."""
        return json.dumps(_plain(self), sort_keys=True)


def chained(entry: Entry, ledger: Sequence[Entry]) -> Entry:
    """The entry as the next of a ledger."""
    previous = ledger[-1].hash if ledger else START
    if entry.number != len(ledger) + 1:
        raise RuleBroken("That is not the next number of the ledger.")
    told = replace(entry, records=tuple(sorted(entry.records)), previous=previous, hash="")
    return replace(told, hash=_hash(told))


def read(line: str) -> Entry:
    """The entry of a line. Raises RuleBroken where it is none."""
    try:
        told = json.loads(line)
        records = tuple(Record(Kind(kind), str(key)) for kind, key in told["records"])
        area = UUID(told["area"]) if told["area"] else None
        return Entry(int(told["number"]), UUID(told["case"]), records, _moment(told["destroyed_at"]),
                     told["previous"], told["hash"], area, _certificate(told["certificate"]),
                     Kept.read(told["kept"]) if told.get("kept") else None)  # fmt: skip
    except (ValueError, KeyError, TypeError):
        raise RuleBroken("This line of the ledger of destructions cannot be read.") from None


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a moment carries its offset")
    return at


def _certificate(told: dict[str, Any] | None) -> Certificate | None:
    if told is None:
        return None
    return Certificate(
        int(told["number"]), UUID(told["case"]), Outcome(told["outcome"]),
        tuple((Kind(kind), int(count)) for kind, count in told["counts"]), UUID(told["decision"]),
        UUID(told["proposed_by"]), UUID(told["decided_by"]), _moment(told["decided_at"]),
        _moment(told["destroyed_at"]), date.fromisoformat(told["backups_gone_on"]),
        int(told["case_number"]) if "case_number" in told else None,
    )  # fmt: skip


def problem(ledger: Sequence[Entry], last: int) -> str | None:
    """What is wrong with a ledger; None where nothing is. `last`: the number of the last certificate known.

    A service that was restored does not open on a ledger that is cut off or altered (Rulebook L2).
    """
    previous = START
    for place, entry in enumerate(ledger, 1):
        if entry.number != place or entry.previous != previous or entry.hash != _hash(entry):
            return f"The ledger of destructions was altered at line {place}."
        previous = entry.hash
    if len(ledger) < last:
        return f"The ledger of destructions ends at {len(ledger)}, and certificate {last} was issued."
    return None


def to_replay(ledger: Iterable[Entry], in_backup: AbstractSet[int]) -> tuple[Entry, ...]:
    """What a restore destroys again before it opens, in order (Rulebook L2).

    By number, never by time: certificate and destruction are one transaction, so that a backup has both or
    neither, whatever its clock said. What a backup knows destroyed is left alone: its numbers may be
    somebody else's rows by now.
    """
    missing = (entry for entry in ledger if entry.number not in in_backup)
    return tuple(sorted(missing, key=lambda entry: entry.number))


def _plain(entry: Entry) -> dict[str, object]:
    told: dict[str, Any] = as_text(asdict(entry))
    if entry.kept is None:  # as it was written before there was any, or its hash would be another
        del told["kept"]
    if entry.certificate and entry.certificate.case_number is None:
        del told["certificate"]["case_number"]
    return told | {"records": [[record.kind.value, record.id] for record in entry.records]}


def _hash(entry: Entry) -> str:
    told = _plain(entry)
    del told["hash"]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
