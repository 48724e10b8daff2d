"""Of which questions somebody was told that their answer is late: of each once, whenever it came up."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from agenda.calendar import local_day
from meetingsvc.store import notice_times
from notifications.messages import Notice

LATE = "late"


class LateTold:
    """What people were told of the questions of one meeting, as the service (Rulebook D1, M2, C3).

    A case that joins, and somebody who is named, after an agency was told that it is late is news to it. What
    could not reach somebody is tried again the next day: each time is a refusal that people look at.
    """

    def __init__(self, area_id: UUID, notice: Notice, questions: Collection[UUID], now: datetime) -> None:
        self._area_id, self._notice, self._now = area_id, notice, now
        self._refused = f"refused {local_day(now)}"
        self._done = {
            one for one in notice_times.told(area_id, notice, questions) if one[1] in (LATE, self._refused)
        }

    def fresh(self, account_id: UUID, questions: Collection[UUID]) -> set[UUID]:
        """Those of which this person has not been told, nor refused today."""
        stages = LATE, self._refused
        return {key for key in questions if not any((key, one, account_id) in self._done for one in stages)}

    def keep(self, account_id: UUID, questions: Collection[UUID], *, told: bool) -> None:
        """They were told of these, or could not be."""
        stage = LATE if told else self._refused
        for key in questions:
            if (key, stage, account_id) not in self._done:
                self._done.add((key, stage, account_id))
                notice_times.keep_told(self._area_id, self._notice, key, stage, account_id, self._now)
