"""What the chair decided on a request and what a court ordered, as the steps keep it (Rulebook X2, X3)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from meetingsvc.store.disclosures import Kept
from minutes.disclosure import Step
from minutes.disclosure_decision import CourtOrder, Decision, Departure, Negotiated, Outcome
from minutes.disclosure_items import Standing


def order_json(order: CourtOrder) -> dict[str, Any]:
    """As a step keeps it."""
    return {
        "court": order.court, "reference": order.reference, "made_at": order.made_at.isoformat(),
        "items": sorted(map(str, order.items)), "whole": order.whole,
    }  # fmt: skip


def _order(told: dict[str, Any]) -> CourtOrder:
    return CourtOrder(told["court"], told["reference"], datetime.fromisoformat(told["made_at"]),
                      frozenset(map(UUID, told["items"])), told["whole"])  # fmt: skip


def order_of(kept: Kept) -> CourtOrder | None:
    """The court's order that was recorded last."""
    said = [line.told for line in kept.lines if line.what == Step.ORDER]
    return _order(said[-1]) if said else None


def decision_json(made: Decision) -> dict[str, Any]:
    """As a step keeps it, beside who, when and why."""
    return {
        "granted": {str(item): on for item, on in made.granted.items()},
        "departures": [[str(one.agency or ""), str(one.item), one.stands.value] for one in made.departures],
        "order": order_json(made.order) if made.order else None,
    }


def decision_of(kept: Kept) -> Decision | None:
    """The chair's decision that stands; None where there is none, or agencies were asked again since."""
    made = kept.request.decision
    if made is None:
        return None
    told = next(line.told for line in reversed(kept.lines) if (line.what, line.at) == (made.step, made.at))
    return Decision(
        made.step, made.at, made.by, made.reason,
        {UUID(item): on for item, on in told["granted"].items()},
        tuple(
            Departure(UUID(agency) if agency else None, UUID(item), Standing(stands))
            for agency, item, stands in told["departures"]
        ),
        _order(told["order"]) if told["order"] else None,
    )  # fmt: skip


def negotiated(kept: Kept) -> tuple[Negotiated, ...]:
    """What the chair agreed with each agency last (Rulebook X4)."""
    return tuple(
        Negotiated(one.agency_id, Outcome(row.outcome), row.outcome_words, row.outcome_at, row.outcome_by)
        for one in kept.asked if (row := one.row).outcome and row.outcome_at and row.outcome_by
    )  # fmt: skip
