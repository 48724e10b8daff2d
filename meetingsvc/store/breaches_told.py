"""A breach as its rules know it, from what is kept of it (Rulebook V3)."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from agenda.breach_duties import Duty, Told
from agenda.breach_telling import Affected, Decision, Opinion
from agenda.breaches import Breach, Made, Step
from agenda.moves import Said, Who
from meetingsvc.models import BreachEntryRow, BreachRow


class Entry(StrEnum):
    """The sorts of thing that are done about a breach. The value is stored."""

    STEP = "step"
    TOLD = "told"
    OPINION = "opinion"
    DECISION = "decision"
    AFFECTED = "affected"
    NOBODY = "nobody"  # is affected, and why
    PARTNER = "partner"
    INVOLVED = "involved"
    SAID = "said"  # a step that takes two people, by the first of them


@dataclass(frozen=True, slots=True)
class Touched:
    """A case that a breach touches; its reference only where the reader may open it."""

    id: UUID
    reference: str
    victim_id: UUID | None
    perpetrator_id: UUID | None


def told(
    row: BreachRow, entries: list[BreachEntryRow], cases: tuple[Touched, ...], agencies: dict[UUID, str]
) -> Breach:
    """The breach; agencies by their names, as its rules say them to people."""

    def agency(told: dict[str, Any]) -> str:
        return agencies.get(UUID(told["agency"]), "An agency")

    return Breach(
        detected_at=row.detected_at,
        involved=frozenset(entry.told["account"] for entry in of(entries, Entry.INVOLVED)),
        partners=frozenset(agency(entry.told) for entry in of(entries, Entry.PARTNER)),
        affected=tuple(
            Affected(str(entry.id), is_perpetrator(entry.told, cases))
            for entry in of(entries, Entry.AFFECTED)
        ),
        nobody_because="".join(entry.told["why"] for entry in list(of(entries, Entry.NOBODY))[-1:]),
        steps=tuple(
            Made(Step(entry.told["step"]), entry.at, Who(entry.told["who"]), str(entry.account_id),
                 entry.told["reason"])
            for entry in of(entries, Entry.STEP)
        ),
        told=tuple(
            Told(Duty(entry.told["duty"]), entry.at, str(entry.account_id), entry.told["needless"],
                 entry.told["late"])
            for entry in of(entries, Entry.TOLD)
        ),
        opinions=tuple(
            Opinion(agency(entry.told), entry.told["whom"], entry.told["tell"], entry.at)
            for entry in of(entries, Entry.OPINION)
        ),
        decisions=tuple(_decision(entry) for entry in of(entries, Entry.DECISION)),
        said=tuple(
            Said(Step(entry.told["step"]), entry.at, str(entry.account_id), entry.told["reason"])
            for entry in of(entries, Entry.SAID)
        ),
    )  # fmt: skip


def _decision(entry: BreachEntryRow) -> Decision:
    told, told_at = entry.told, entry.told["told_at"]
    return Decision(
        told["whom"], told["tell"], told["reason"], entry.at, str(entry.account_id), told["how"],
        told["alone"], datetime.fromisoformat(told_at) if told_at else None,
    )  # fmt: skip


def is_perpetrator(told: dict[str, Any], cases: Collection[Touched]) -> bool:
    """As was said; or, of a party, on any case that the breach touches, as it stands now (Rulebook F3)."""
    dangerous = {case.perpetrator_id for case in cases if case.perpetrator_id}
    return bool(told["perpetrator"]) or _party(told, cases) in dangerous


def _party(told: dict[str, Any], cases: Iterable[Touched]) -> UUID | None:
    case = next((case for case in cases if str(case.id) == told.get("case")), None)
    if case is None:
        return None
    return {"victim": case.victim_id, "perpetrator": case.perpetrator_id}.get(told["party"])


def person(told: dict[str, Any], cases: tuple[Touched, ...]) -> str:
    """A party is called by what it is on which case, by no name."""
    if "case" not in told:
        return str(told["who"])
    party = f"{told['party'].capitalize()} {told.get('number', '')}".strip()
    place = next((place for place, case in enumerate(cases, 1) if str(case.id) == told["case"]), None)
    if place is None:
        return f"{party} of a case since destroyed"
    return f"{party} of {cases[place - 1].reference or f'case {place}'}"


def of(entries: Iterable[BreachEntryRow], kind: Entry) -> Iterator[BreachEntryRow]:
    """Those of one sort, in their order."""
    return (entry for entry in entries if entry.kind == kind)
