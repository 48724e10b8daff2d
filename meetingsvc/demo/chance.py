"""The demonstration's dice: thrown the same way each time."""

from datetime import date
from random import Random
from uuid import UUID


def for_day(day: date, what: str) -> Random:
    """Dice of their own for each day and purpose, so that one story does not change another."""
    return Random(f"northmoor {day} {what}")  # noqa: S311 nothing here is a secret


def stable_id(chance: Random) -> UUID:
    """An id that is the same each time."""
    return UUID(int=chance.getrandbits(128), version=4)
