"""A kept referral without what was chosen not to be kept of its case (Rulebook L1)."""

import json
from collections.abc import Set as AbstractSet
from typing import Any

from agenda.people import folded


def without(text: str, values: AbstractSet[str], sections: AbstractSet[str]) -> str:
    """A kept text, as typed and as sent, without these values wherever they stand, and these sections' own.

    `values` are `folded`. Who is named in its lists, and in which order, stays.
    """
    return json.dumps(_less(json.loads(text), values, sections), ensure_ascii=False, separators=(",", ":"))


def _less(told: dict[str, Any], values: AbstractSet[str], sections: AbstractSet[str]) -> dict[str, Any]:
    return {
        name: _less(rows, values, sections) if isinstance(rows, dict) else
        [_row(row, values) if name not in sections else {} for row in rows]
        for name, rows in told.items()
    }  # fmt: skip


def _row(row: dict[str, str], values: AbstractSet[str]) -> dict[str, str]:
    return {field: said for field, said in row.items() if folded(said) not in values}
