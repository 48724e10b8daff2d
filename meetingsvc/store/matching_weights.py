"""The weights an area compares people by: its own, where it has estimated them (`people calibrate`)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from agenda.matching_evidence import Field, Level
from agenda.matching_weights import DEFAULT, Kind, Weights
from meetingsvc.models import MatchWeightsRow, db


class Estimated(NamedTuple):
    """An area's own weights: of how many people, and when."""

    weights: Weights
    people: int
    at: datetime


def estimated(area_id: UUID) -> Estimated | None:
    """What was estimated last, in the service's own capacity; None where nothing was."""
    row = db.session.get(MatchWeightsRow, area_id)
    return Estimated(_read(row.weights), row.people, row.estimated_at) if row else None


def of(area_id: UUID) -> Weights:
    """The area's own weights, or those everybody begins with."""
    own = estimated(area_id)
    return own.weights if own else DEFAULT


def keep(area_id: UUID, weights: Weights, people: int, now: datetime) -> None:
    """From now on the area's people are compared by these."""
    row = db.session.get(MatchWeightsRow, area_id)
    if row is None:
        row = MatchWeightsRow(area_id=area_id)
        db.session.add(row)
    row.weights, row.people, row.estimated_at = _written(weights), people, now
    db.session.flush()


def _written(weights: Weights) -> dict[str, Any]:
    return {
        "share": {kind.value: share for kind, share in weights.share.items()},
        "chances": {
            kind.value: {
                field.value: {level.value: chance for level, chance in levels.items()}
                for field, levels in chances.items()
            }
            for kind, chances in weights.chances.items()
        },
    }


def _read(told: Mapping[str, Any]) -> Weights:
    return Weights(
        chances={
            Kind(kind): {
                Field(field): {Level(level): float(chance) for level, chance in levels.items()}
                for field, levels in chances.items()
            }
            for kind, chances in told["chances"].items()
        },
        share={Kind(kind): float(share) for kind, share in told["share"].items()},
    )
