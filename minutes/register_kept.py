"""What registers keep of a case that is destroyed: a line for each release, without content (X6, L2).

Of each register this is its answer:

- releases: the kind of request, which says what sort of recipient it was and for what sort of purpose, the
  day, how many items, the file's digest, who decided and who released; names and words are gone;
- copies of packs: their rows stay whole, for they name no party;
- requests that released nothing, orders and decisions to share: how many of each, on the certificate;
- breaches: the line that their own destruction leaves in the trail (`governance_lines.DESTROYED`), shown to
  nobody whom a wall kept from it (M6);
- complaints and disagreements: their lines in the trail, by identifiers alone. On a certificate somebody
  complained of would read that somebody complains (V2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from string import hexdigits
from typing import Any
from uuid import UUID

from agenda.calendar import day_words
from minutes.disclosure_kinds import Kind


@dataclass(frozen=True, slots=True)
class Released:
    """One release of a case that is gone. No field of it can hold content (Rulebook X6, L2)."""

    kind: Kind
    on: date
    items: int
    digest: str
    decided_by: UUID
    released_by: UUID

    def __post_init__(self) -> None:
        if len(self.digest) != 64 or not set(self.digest) <= set(hexdigits):
            raise ValueError("a digest is 64 letters and figures")

    @property
    def words(self) -> str:
        """As a certificate prints it."""
        many = "1 item" if self.items == 1 else f"{self.items} items"
        return f"{self.kind.label}: {many} released on {day_words(self.on)}, digest {self.digest[:12]}"

    @property
    def told(self) -> dict[str, object]:
        """As it is kept."""
        return {"kind": self.kind.value, "on": self.on.isoformat(), "items": self.items,
                "digest": self.digest, "decided_by": str(self.decided_by),
                "released_by": str(self.released_by)}  # fmt: skip


def read(told: Mapping[str, Any]) -> Released:
    """From where it is kept."""
    return Released(
        Kind(told["kind"]), date.fromisoformat(told["on"]), int(told["items"]), told["digest"],
        UUID(told["decided_by"]), UUID(told["released_by"]),
    )  # fmt: skip
