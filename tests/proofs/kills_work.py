"""The work that `kills.py` kills: each makes an area ready, and gives its units in their order."""

import json
import time as waiting
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random
from uuid import UUID, uuid5

from sqlalchemy import select
from werkzeug.exceptions import Conflict

from agenda import calendar
from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.feed_json import Message
from agenda.incidents import Risk
from agenda.json_rows import Form
from agenda.pack import NoteKind
from agenda.referral_kept import written
from agenda.rules import RuleBroken
from meetingsvc import holidays
from meetingsvc.models import AreaRow, PackRow, ReferralRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import areas as area_store
from meetingsvc.store import referral_texts
from meetingsvc.store.feed_tokens import Sender
from meetingsvc.usecases import (
    areas,
    feed_messages,
    list_changes,
    live,
    marac,
    marac_publishing,
    outcomes,
    packs,
    referral_drafts,
    referral_sending,
)
from meetingsvc.usecases.outcomes import Landing, Stale
from meetingsvc.usecases.transaction import saved
from minutes.actions import Action, Category
from minutes.live import Typed
from minutes.notes import Note
from minutes.outcome import Outcome
from minutes.recording import Recording
from tests import a_marac
from tests.a_marac import NOW, a_person, an_agency
from tests.a_referral import a_draft
from tests.a_token import a_token
from tests.builders import A_MEGABYTE, BEFORE_ALL, a_hearing, a_row, take_in, take_in_history
from tests.proofs.kills import Unit

THURSDAY = date(2026, 12, 3)
A_MINUTE = timedelta(minutes=1)
_NAMES = UUID(int=1)


def _an_area() -> tuple[UUID, Principal]:
    area_id = areas.create("northmoor", date(2026, 11, 2), BEFORE_ALL)
    council = an_agency(area_id, "Northmoor Council", daily=True)
    return area_id, a_person(council, Role.COORDINATOR, "Morgan Ashdown")


def intake(size: int) -> list[Unit]:
    """A force's system sends incidents, and a housing officer sends referrals: in turn."""
    area_id, _ = _an_area()
    held = a_token(area_id)
    sender = Sender(held.token_id, "Northtest Police", area_id, "northmoor")
    officer = a_person(an_agency(area_id), name="Petra Quill")
    return [_a_referral(officer, n) if n % 2 else _a_message(sender, n) for n in range(size)]


def _a_message(sender: Sender, number: int) -> Unit:
    """Two incidents, one told before and changed since, and one that is rejected; under its own key.

    Who was killed may have left a commit with the server that is not through yet: then the sender is told to
    send it again in a second, and does.
    """
    again = {"occurrence_number": "1326999999", "victim_nominal": "VX", "perpetrator_nominal": "PX"}
    told = [
        a_row(),
        a_row(**again, summary=f"Told for the {number + 1}. time."),
        a_row(risk="severe"),
    ]
    body = json.dumps(told).encode()
    now = BEFORE_ALL + number * A_MINUTE

    def send() -> None:
        for left in reversed(range(5)):
            message = Message(body, Form.WHOLE, A_MEGABYTE)
            try:
                assert feed_messages.take_in(sender, f"key-{number}", body, message, now).status == 200
                return
            except Conflict:
                if not left:
                    raise
                waiting.sleep(1)

    return send


def _a_referral(officer: Principal, number: int) -> Unit:
    """One that is typed and checked; it is sent."""
    key = uuid5(_NAMES, f"referral-{number}")
    now = NOW + number * A_MINUTE
    row = ReferralRow(id=key, area_id=officer.area_id, account_id=officer.account_id, answers=written({}),
                      agency_id=officer.agency_id, state="a draft", risk={}, warned="999", begun_at=NOW,
                      saved_at=NOW, changes=0)  # fmt: skip
    with saved():
        referral_texts.write(row, a_draft(victim__surname=f"Harrow{number}"), NOW)
        db.session.add(row)
        db.session.flush()
        changes = row.changes

    def send() -> None:
        try:
            with referral_drafts.opened(officer, key, now, sends=True) as work:
                referral_sending.send(work, changes, now)
        except RuleBroken:  # "It has been sent already": as the page says it to who asks again
            return

    return send


def lists(size: int) -> list[Unit]:
    """The list of one working day after another: of five incidents one is by a hearing, one has an order."""
    area_id, who = _an_area()
    an_agency(area_id, daily=True)
    days = _working_days(date(2026, 11, 2), size)
    heard = {"victim_nominal": "VX", "victim_surname": "Ash", "perpetrator_nominal": "PX", "risk": "standard"}
    take_in_history(area_id, a_hearing(**heard))
    order = {"order_kind": "DVPN", "order_made_at": "2026-11-01T20:00", "order_terms": "No contact."}
    rows = []
    for day in days:
        usual = dict.fromkeys(("recorded_at", "incident_at"), f"{day}T06:30:00+00:00")
        rows += [
            a_row(**usual, **_names()), a_row(**usual, **heard), a_row(**usual, **_names(), risk="standard"),
            a_row(**usual, **_names(), domestic="N"), a_row(**usual, **_names(), **order),
        ]  # fmt: skip
    take_in(area_id, *rows)

    def a_list(day: date) -> Unit:
        now = datetime.combine(day, time(8, 30), UTC)
        return lambda: list_changes.build(who, day, now)

    return [a_list(day) for day in days]


def _words() -> Iterator[str]:
    """Each like no other: who is alike is proposed to people, in no order that we could hold it to."""
    drawn, letters = Random(1), ("bcdfglmnprstvz", "aeiou")
    while True:
        yield "".join(drawn.choice(letters[n % 2]) for n in range(8)).title()


_words_drawn, _days = _words(), count(1, 97)


def _names() -> dict[str, str]:
    """Of two people whom nobody knows."""
    names = (f"{who}_{name}" for who in ("victim", "perpetrator") for name in ("forename", "surname"))
    day = date(1960, 1, 1) + timedelta(days=next(_days))
    return dict(zip(names, _words_drawn, strict=False)) | {
        "victim_dob": day.isoformat(),
        "perpetrator_dob": "",
    }


def _working_days(first: date, size: int) -> list[date]:
    off = calendar.days_off(AreaSettings(), holidays.known())
    days = [first]
    while len(days) < size:
        days.append(calendar.next_working_day(days[-1], off))
    return days


def recording(size: int) -> list[Unit]:
    """What is said of five cases is typed, and saved as their outcome with a note and an action: in turn."""
    area_id, who = _an_area()
    with saved():
        row = db.session.get_one(AreaRow, area_id)
        row.settings = area_store.settings_json(replace(AreaSettings(), marac_anchor=THURSDAY))
    items = a_marac.listed(area_id, a_marac.people_rows(5, a_marac.MONDAY))
    return [_a_word(who, items, n) if n % 2 == 0 else _an_outcome(who, items, n) for n in range(size)]


def _a_word(who: Principal, items: list[UUID], number: int) -> Unit:
    turn, version = items[number // 2 % len(items)], number // 2 // len(items)
    now = NOW + number * A_MINUTE
    base = f"Agreed {version - 1}." if version else ""
    typed = Typed("notes", f"Agreed {version}.", version, base, page="p1")

    def save() -> None:
        (answer,) = live.save(who, turn, [typed], now)
        assert answer.landed

    return save


def _an_outcome(who: Principal, items: list[UUID], number: int) -> Unit:
    turn, version = items[number // 2 % len(items)], number // 2 // len(items)
    now, key = NOW + number * A_MINUTE, uuid5(_NAMES, f"outcome-{number}")
    refer = Outcome(Risk.HIGH, in_place=False, refer=True, group=Group.NEW_NO_SAFEGUARDS)
    keep = Outcome(Risk.MEDIUM, not_referred="She is in refuge.")
    note = Note(who.agency_id, "Ada Lunn", NoteKind.FACT, "tenancy file", "Rent is paid.", proportionate=True)
    action = Action(Category.VICTIM, who.agency_id, "Fit a lock", date(2026, 12, 1))
    told = Recording(
        version, replace(keep if version % 2 else refer, notes=f"Agreed {version}."),
        actions={key: action}, notes={uuid5(key, "note"): note},
    )  # fmt: skip
    landing = Landing({"notes": f"Agreed {version}."}, {}, 1 << 62, strict=False)

    def save() -> None:
        try:
            outcomes.record(who, turn, told, now, landing)
        except Stale:  # it is there already: the page shows both
            return

    return save


def building(size: int) -> list[Unit]:
    """Agendas are published, each with its pack; and a representative makes a copy of it: in turn."""
    area_id, who = _an_area()
    rep = a_person(an_agency(area_id))
    days = _working_days(THURSDAY, (size + 1) // 2)
    items = a_marac.listed(area_id, a_marac.people_rows(len(days), a_marac.MONDAY))
    units: list[Unit] = []
    for day, item in zip(days, items, strict=True):
        meeting_id = marac.plan(who, day, NOW)
        a_marac.decided(who, item, Group.NEW_SAFEGUARDS)
        a_marac.shared(who, item)
        marac.close(who, meeting_id, NOW)
        units += [_publish(who, meeting_id), _copy(rep, meeting_id)]
    return units[:size]


def _publish(who: Principal, meeting_id: UUID) -> Unit:
    return lambda: marac_publishing.publish(who, meeting_id, NOW)


def _copy(rep: Principal, meeting_id: UUID) -> Unit:
    def make() -> None:
        pack_id = db.session.scalars(select(PackRow.id).where(PackRow.meeting_id == meeting_id)).one()
        packs.make_copy(rep, pack_id, 0, NOW)

    return make
