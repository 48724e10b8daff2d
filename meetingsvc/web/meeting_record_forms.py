"""The one form of who came to a meeting: a line for each person and each expected agency."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

from werkzeug.datastructures import MultiDict

from agenda.typed_days import day_from
from meetingsvc.store.meeting_record import Expected
from meetingsvc.usecases.meeting_record_attendance import Told
from minutes.attendance import AgencyRecord, AgencyTold, Attendee, MeetingRecord, PersonTold, is_touched
from minutes.attendance_apart import Likeness, apart_problem

Sent = MultiDict[str, str]


@dataclass(slots=True)
class Line:
    """One person: what is typed of them, and what the record says."""

    told: PersonTold
    kept: Attendee | None = None
    errors: dict[str, str] = field(default_factory=dict)
    theirs: str = ""  # what somebody else saved meanwhile
    reads_like: str = ""  # of whom on a case, and what that asks
    apart: tuple[str, ...] = ()  # why they are somebody else, as it was said

    @property
    def name(self) -> str:
        """Of the fields of this line."""
        return f"p-{self.told.key}"


@dataclass(slots=True)
class Box:
    """One agency, with those who could come for it."""

    told: AgencyTold
    record: AgencyRecord
    people: list[Line]
    on: str  # the day on which information was sent, as typed
    errors: dict[str, str] = field(default_factory=dict)
    theirs: str = ""

    @property
    def name(self) -> str:
        """Of the fields of this agency."""
        return f"a-{self.told.agency_id}"


class AttendanceForm:
    """From the record, and over it what was sent."""

    def __init__(self, record: MeetingRecord, expected: Sequence[Expected], sent: Sent | None = None) -> None:
        self.agencies = [_box(one, expected) for one in record.agencies]
        self.observers = [_of_record(one) for one in record.observers]
        self.statement_read = bool(sent and sent.get("statement"))
        self.refused = False
        for box in self.agencies:
            box.people.append(Line(_blank(box.told.agency_id)))
        self.observers.append(Line(_blank(None)))
        if sent is not None:
            self._take(sent)

    def lines(self) -> Iterator[Line]:
        """Every person's."""
        for box in self.agencies:
            yield from box.people
        yield from self.observers

    def _take(self, sent: Sent) -> None:
        for box in self.agencies:
            box.people = _with_typed(box.people, sent, box.told.agency_id)
            for line in box.people:
                line.told = _sent_person(line.told, sent)
            _take_agency(box, sent)
        self.observers = _with_typed(self.observers, sent, None)
        for line in self.observers:
            line.told = _sent_person(line.told, sent)

    @property
    def touched(self) -> bool:
        """Whether something is ticked or typed on it that the record does not say."""
        told = [line.told for line in self.lines()] + [box.told for box in self.agencies]
        return self.statement_read or self.unreadable() or any(map(is_touched, told))

    def told(self) -> Told:
        """What was sent, as the use case takes it."""
        people = [line.told for line in self.lines()]
        return Told(people, [box.told for box in self.agencies], self.statement_read)

    def ask(self, found: Iterable[Likeness], apart: Mapping[tuple[UUID, str, UUID], str]) -> None:
        """Of whose name reads like that of somebody on a case: whether they are the same person."""
        of = list(found)
        for line in self.lines():
            line.reads_like = apart_problem((one for one in of if one.key == line.told.key), "") or ""
            line.apart = tuple(
                reason
                for (key, name, _), reason in apart.items()
                if (key, name) == (line.told.key, line.told.name)
            )

    def unreadable(self) -> bool:
        """Whether a day was typed that is none."""
        return any(box.errors for box in self.agencies)

    def refuse(self, problems: Mapping[tuple[UUID, str], str]) -> None:
        """Puts each problem beside its field."""
        self.refused = True
        for (key, name), problem in problems.items():
            for line in self.lines():
                if line.told.key == key:
                    line.errors[name] = problem
            for box in self.agencies:
                if box.told.agency_id == key:
                    box.errors[name] = problem

    def show_theirs(self, stale: Collection[UUID], record: MeetingRecord) -> None:
        """Theirs beside yours, where somebody else wrote meanwhile: saving again puts yours over it."""
        people = {one.account_id or one.id: one for one in record.people}
        agencies = {one.agency_id: one for one in record.agencies}
        for line in self.lines():
            if (kept := people.get(line.told.key)) is None:
                continue
            told = _of_record(kept).told
            if line.told.key in stale:
                line.theirs = _person_words(kept)
                line.told = replace(line.told, seen=told.seen, was=told.was)
            else:
                line.told, line.kept = told, kept
        for box in self.agencies:
            now = agencies[box.told.agency_id]
            box.record = now
            if box.told.agency_id in stale:
                box.theirs = _agency_words(now)
                box.told = replace(box.told, seen=now.version, was=_agency(now).coded)
            else:
                box.told = _agency(now)

    def summary(self) -> list[dict[str, str]]:
        """What is wrong, each leading to its field."""
        found = [
            (f"{line.name}-{name}", problem) for line in self.lines() for name, problem in line.errors.items()
        ]
        found += [
            (f"{box.name}-information_on", text) for box in self.agencies for text in box.errors.values()
        ]
        return [{"text": problem, "href": f"#{where}"} for where, problem in found]


def _box(record: AgencyRecord, expected: Sequence[Expected]) -> Box:
    known = {one.account_id: one for one in record.people if one.account_id}
    lines = [
        _of_record(known[one.account_id]) if one.account_id in known else Line(_of_account(one))
        for one in expected
        if one.agency_id == record.agency_id
    ]
    there = {line.told.key for line in lines}
    lines += [_of_record(one) for one in record.people if (one.account_id or one.id) not in there]
    on = f"{record.information_on:%d/%m/%Y}" if record.information_on else ""
    return Box(_agency(record), record, lines, on)


def _of_account(one: Expected) -> PersonTold:
    return _untouched(PersonTold(one.account_id, one.name, False, one.role.label, one.agency_id, True))


def _of_record(one: Attendee) -> Line:
    signed = one.observer and one.confidential_at is not None
    told = PersonTold(
        one.account_id or one.id, one.name, one.here, one.title, one.agency_id, one.account_id is not None,
        one.organisation, one.observer, signed, one.version,
    )  # fmt: skip
    return Line(_untouched(told), one)


def _blank(agency_id: UUID | None) -> PersonTold:
    return _untouched(PersonTold(uuid4(), "", False, agency_id=agency_id, observer=agency_id is None))


def _untouched(told: PersonTold) -> PersonTold:
    return replace(told, was=told.coded)


def _agency(one: AgencyRecord) -> AgencyTold:
    told = AgencyTold(one.agency_id, one.apologies, one.information_sent, one.information_on, one.version)
    return replace(told, was=told.coded)


def _with_typed(lines: list[Line], sent: Sent, agency_id: UUID | None) -> list[Line]:
    """The lines of the record, and those that were typed new: the blank one of the page that was sent."""
    there = {line.told.key for line in lines}
    typed = []
    for text in sent.getlist(f"typed-{agency_id or 'observer'}"):
        if (key := _uuid(text)) is not None and key not in there:
            typed.append(Line(replace(_blank(agency_id), key=key)))
    return lines[:-1] + typed if typed else lines


def _sent_person(told: PersonTold, sent: Sent) -> PersonTold:
    name = f"p-{told.key}"
    if f"{name}-was" not in sent:
        return told
    seen = sent.get(f"{name}-seen", "")
    now = replace(
        told, here=f"{name}-here" in sent, signed=f"{name}-signed" in sent, was=sent[f"{name}-was"],
        apart=sent.get(f"{name}-apart", "").strip(),
        seen=int(seen) if seen.isdecimal() and len(seen) < 9 else 0,
    )  # fmt: skip
    if told.by_account:
        return now if is_touched(now) else told
    called, title, organisation = (
        " ".join(sent.get(f"{name}-{part}", "").split()) for part in ("name", "title", "organisation")
    )
    now = replace(now, name=called, title=title, organisation=organisation)
    return now if is_touched(now) else told  # what nobody touched is as the record says now


def _take_agency(box: Box, sent: Sent) -> None:
    name = box.name
    if f"{name}-was" not in sent:
        return
    typed, on, seen = sent.get(f"{name}-on", "").strip(), None, sent.get(f"{name}-seen", "")
    try:
        on = day_from(typed) if typed else None
    except ValueError:
        box.errors["information_on"] = "The day must be a real date, like 27/11/2026"
    told = AgencyTold(
        box.told.agency_id, f"{name}-apologies" in sent, f"{name}-sent" in sent or on is not None, on,
        int(seen) if seen.isdecimal() and len(seen) < 9 else 0, sent[f"{name}-was"],
    )  # fmt: skip
    if box.errors or is_touched(told):
        box.told, box.on = told, typed


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _person_words(one: Attendee) -> str:
    return f"{one.name}: {'here' if one.here else 'not here'}"


def _agency_words(one: AgencyRecord) -> str:
    sent = "information sent" if one.information_sent else "no information sent"
    return f"{'apologies' if one.apologies else 'no apologies'}, {sent}"
