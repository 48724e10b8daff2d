"""Missing episodes as JSON: one, an array of them, or one a line, by the rules of the file's rows (E1)."""

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property

from agenda.daily_list import CLOCKS_DIFFER
from agenda.feed_table import Rejected, Warnings
from agenda.json_rows import Form, JsonRows, Problems
from agenda.missing_feed import SPEC, Told, accept


class Message(JsonRows[Told]):
    """An open message of episodes. Nothing in it is later than `now`."""

    spec, one = SPEC, "episode"

    def __init__(self, body: bytes, form: Form, limit: int, now: datetime) -> None:
        """`limit` in bytes. Raises Refused."""
        super().__init__(body, form, limit)
        self._now = now + CLOCKS_DIFFER

    def rows(self) -> Iterator[Told | Rejected]:
        """Every episode, accepted or rejected, in the message's order."""
        yield from self.judged

    @cached_property
    def judged(self) -> list[Told | Rejected]:
        """The same: by the message alone, before anything is known of what is held."""
        return list(super().rows())

    def accept(self, values: dict[str, str], line: int, noted: Warnings) -> Told | Problems:
        """As a row of the file."""
        return accept(values, line, self._now)
