"""The form of who came to a meeting, with who chaired it."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from meetingsvc.store.meeting_record import Expected
from meetingsvc.usecases.meeting_record_attendance import Told
from meetingsvc.web.meeting_record_forms import AttendanceForm, Sent
from minutes.attendance import MeetingRecord
from minutes.attendance_chair import ChairTold, key_of, who_chaired


class RecordForm(AttendanceForm):
    """From the record, and over it what was sent: who came, and who of them chaired (Rulebook R3)."""

    def __init__(self, record: MeetingRecord, expected: Sequence[Expected], sent: Sent | None = None) -> None:
        super().__init__(record, expected, sent)
        self.meeting_id = record.meeting_id
        self.chairs = [(str(key_of(one)), one.name) for one in record.came]
        self.chair_theirs = ""
        kept = key_of(who_chaired(record.came))
        self.chair = ChairTold(kept, kept)
        if sent is not None and "chair-was" in sent:
            told = ChairTold(_uuid(sent.get("chair", "")), _uuid(sent["chair-was"]))
            self.chair = told if told.key != told.was else self.chair

    @property
    def touched(self) -> bool:
        """Whether something is ticked, typed or chosen on it that the record does not say."""
        return super().touched or self.chair.key != self.chair.was

    def told(self) -> Told:
        """What was sent, as the use case takes it."""
        return replace(super().told(), chair=self.chair)

    def show_theirs(self, stale: Collection[UUID], record: MeetingRecord) -> None:
        """Theirs beside yours, likewise of who chaired."""
        super().show_theirs(stale, record)
        theirs = who_chaired(record.came)
        self.chairs = [(str(key_of(one)), one.name) for one in record.came]
        here = str(self.chair.key) in dict(self.chairs)
        if self.meeting_id in stale and here:
            self.chair = replace(self.chair, was=key_of(theirs))
            self.chair_theirs = f"Somebody else saved: {theirs.name if theirs else 'nobody'} chaired"
        else:
            self.chair = ChairTold(key_of(theirs), key_of(theirs))
            gone = "Choose somebody who is here: whom you chose is not"
            self.chair_theirs = gone if self.meeting_id in stale else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
