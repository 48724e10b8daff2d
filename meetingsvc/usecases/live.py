"""Several people type into one record at once: each field is kept as it is typed, and nobody's is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from uuid import UUID

from agenda.rules import RuleBroken
from meetingsvc.models import ItemRow, LiveFieldRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import areas, audit, outcome_plan
from meetingsvc.store import live as store
from meetingsvc.usecases import outcome_meeting
from meetingsvc.usecases.transaction import saved_by
from minutes.live import FIELDS, MOST, VALUE_LENGTH, Answer, Kept, Typed, label, met, removed_action

_PAGES = 12  # whose last save of a field is remembered


@dataclass(frozen=True, slots=True)
class Landing:
    """What a save of the whole says of each field, as its page shows it.

    `base` is what the saved outcome said before; `until` how far the page, or the draft, had come. `strict`:
    the page is not told of what others type, so it may not save where they did.
    """

    values: Mapping[str, str]
    base: Mapping[str, str]
    until: int
    strict: bool = True


class Meanwhile(Exception):
    """Somebody typed into the draft after this page was opened: `fields` are the ones that say otherwise."""

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


def save(principal: Principal, item_id: UUID, typed: Sequence[Typed], now: datetime) -> list[Answer]:
    """Keeps what was typed, each field by its own version; says of each what stands there now.

    A field that another person changed since is left as it is. Raises NotFound where the case is hidden,
    MeetingClosed where its outcome is final. Saving while somebody types leaves one line in the audit trail
    for each person and case.
    """
    with saved_by(principal, Permission.OUTCOME_RECORD, now) as who:
        areas.hold(who.area_id)  # before what the audit trail and other saves hold
        item = outcome_meeting.item_of(who, item_id)
        outcome_meeting.opened(who, item, outcome_meeting.outcome_of(who, item_id))
        _refuse_unknown(typed)
        writer = _Writer(who, item, now)
        if len(writer.rows) + len(typed) > MOST:
            raise RuleBroken("There is more on this page than it can keep.")
        is_new = all(row.changed_by != who.account_id for row in writer.rows.values())
        answers = [writer.meet(one) for one in typed]
        if is_new and any(answer.landed for answer in answers):
            audit.record(who.account_id, who.area_id, "outcome.drafted", f"item/{item.id}", now)
        return answers


def _refuse_unknown(typed: Sequence[Typed]) -> None:
    if len(typed) > FIELDS or any(label(one.field) is None for one in typed):
        raise RuleBroken("There is no such field on this page.")
    if any(len(one.value) > VALUE_LENGTH for one in typed):
        raise RuleBroken(f"A text must be {VALUE_LENGTH:,} characters or fewer.")


class _Writer:
    """Writes the fields of one case; for who holds the area's lock."""

    def __init__(self, who: Principal, item: ItemRow, now: datetime) -> None:
        self.who, self.item, self.now = who, item, now
        self.rows = store.rows(who, item.id)
        self._worked_on = outcome_plan.worked_on(who, item.id)
        self._seq = count(store.next_seq(item.area_id, item.meeting_id, now))

    def meet(self, typed: Typed) -> Answer:
        """Keeps what was typed where it lands."""
        row = self.rows.get(typed.field)
        if typed.value and (key := removed_action(typed.field)) and key in self._worked_on:
            return Answer(typed.field, "", row.version if row else 0, landed=False)
        if row and typed.page and row.heard.get(typed.page) == typed.token:
            return Answer(typed.field, row.value, row.version, landed=True)  # it had landed: not once more
        answer = met(Kept(row.value, row.version) if row else Kept(typed.base, 0), typed)
        if answer.landed and (row is not None and row.aside_by is not None):
            row.aside_by = row.aside_at = None
            answer = replace(answer, version=row.version + 1)  # typed once more: whoever took it out is told
        if answer.landed and answer.version != (row.version if row else 0):
            row = self.write(typed.field, answer.value)
            row.saved = False
            latest = list(row.heard.items())[-(_PAGES - 1) :]
            row.heard = dict(latest) | ({typed.page: typed.token} if typed.page else {})
        return answer

    def write(self, field: str, value: str) -> LiveFieldRow:
        """The next version of a field."""
        row = self.rows.get(field)
        if row is None:
            row = LiveFieldRow(item_id=self.item.id, field=field, area_id=self.item.area_id,
                               meeting_id=self.item.meeting_id, version=0, saved=False, heard={})  # fmt: skip
            self.rows[field] = row
            db.session.add(row)
        row.value, row.version, row.seq = value, row.version + 1, next(self._seq)
        row.changed_by, row.changed_at = self.who.account_id, self.now
        db.session.flush()
        return row


def refuse_meanwhile(who: Principal, item_id: UUID, landing: Landing) -> None:
    """A page that was not told of what others type saves over nobody's: raises Meanwhile."""
    rows = store.rows(who, item_id) if landing.strict else {}
    newer = [name for name, row in rows.items() if _is_newer(row, landing, name)]
    if newer:
        raise Meanwhile(newer)


def _is_newer(row: LiveFieldRow, landing: Landing, name: str) -> bool:
    return row.seq > landing.until and row.is_draft and row.value != landing.values.get(name, "")


def land(who: Principal, item: ItemRow, landing: Landing, now: datetime) -> None:
    """What was saved as the outcome is a draft no longer, and whoever still has the page open is told of it.

    Part of the save, in its transaction. What was typed after `until` stays a draft.
    """
    writer = _Writer(who, item, now)
    for name, value in landing.values.items():
        row = writer.rows.get(name)
        if row is None and value == landing.base.get(name, ""):
            continue
        if row is not None and (_is_newer(row, landing, name) or _stays_aside(row, landing, name)):
            continue
        if row is None or row.value != value:
            row = writer.write(name, value)
        row.saved, row.aside_by, row.aside_at = True, None, None
    for name, row in writer.rows.items():
        if name not in landing.values and row.seq <= landing.until and row.aside_by is None:
            row.saved = True  # of a row that was taken away before it was saved
    db.session.flush()


def _stays_aside(row: LiveFieldRow, landing: Landing, name: str) -> bool:
    """What was set aside is kept as it was, unless somebody has typed something else in its place."""
    return row.aside_by is not None and landing.values.get(name, "") == landing.base.get(name, "")


def set_aside(principal: Principal, item_id: UUID, until: int, now: datetime) -> int:
    """What was typed of a case and not saved is no draft any more: kept, and in no outcome (a person's word).

    Says how many fields; whoever has the case open is told. Also once the meeting is closed: a case may have
    been typed into until then. Raises NotFound where it is hidden, Meanwhile where another person typed after
    `until`, as far as the page had come: nobody's text is set aside unread (D3).
    """
    with saved_by(principal, Permission.OUTCOME_RECORD, now) as who:
        areas.hold(who.area_id)
        item = outcome_meeting.item_of(who, item_id)
        drafts = [row for row in store.rows(who, item.id).values() if row.is_draft]
        if unread := [row.field for row in drafts if row.seq > until and row.changed_by != who.account_id]:
            raise Meanwhile(unread)
        for row, seq in zip(drafts, count(store.next_seq(item.area_id, item.meeting_id, now)), strict=False):
            row.aside_by, row.aside_at, row.seq = who.account_id, now, seq
            db.session.flush()
        if drafts:
            audit.record(who.account_id, who.area_id, "outcome.set_aside", f"item/{item.id}", now,
                         fields=len(drafts))  # fmt: skip
        return len(drafts)
