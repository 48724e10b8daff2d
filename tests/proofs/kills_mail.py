"""A worker that is killed as it sends: what has left, what is called sent, and what is left to a person."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select

from agenda.area import AreaSettings
from agenda.circulation import Group
from meetingsvc import mail
from meetingsvc.config import Settings
from meetingsvc.mail import Cleared
from meetingsvc.models import AreaRow, MeetingRow, PackRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, outbox
from meetingsvc.store import areas as area_store
from meetingsvc.store.outbox import Message
from meetingsvc.usecases import areas, marac, marac_publishing, packs
from meetingsvc.usecases import outbox as sending
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from tests.a_marac import NOW, a_person, an_agency, referred
from tests.builders import BEFORE_ALL
from tests.proofs.kills import PATIENCE, Child, Points, Say, Tally, dying_at
from tests.proofs.kills_line import Line
from tests.proofs.kills_smtp import TAKEN
from tests.proofs.kills_work import THURSDAY
from tests.servers import apps
from tests.servers.databases import Copies

#: From one start of a worker to the next, by the service's clock: nothing may be stuck for longer.
FIVE_MINUTES = timedelta(minutes=5)
#: Longer than a message is ever put off.
A_DAY = timedelta(days=1)
_LATER = NOW + timedelta(hours=1)
_CONTEXT = {"panel": "MARAC", "sits_on": "2026-12-03", "path": "/packs"}
_RECIPIENTS = 6
_FEW = 4  # messages: as long as these take, a worker lives at most


class Post:
    """Messages to some people, which wait to be sent."""

    def __init__(self, copies: Copies, settings: Settings, size: int) -> None:
        self.url = settings.database_url
        self._app, self._copies, self._settings = apps.core(settings), copies, settings
        self._taken = settings.data_dir / TAKEN
        with self._app.app_context(), acting.service():
            _queue(size)
            db.session.remove()
            db.engine.dispose()
        self._kept, self.now, self._line = copies.keep(self.url), _LATER, Line(self._app)
        with self._app.app_context(), acting.service():
            self._send(lambda _: None, Points())  # what is read or compiled once, each child then has
            db.session.remove()
            db.engine.dispose()

    def fresh(self) -> None:
        """As queued, and nothing sent."""
        self._line.cut()
        self._copies.back(self.url, self._kept)
        self._taken.write_text("")
        self.now = _LATER

    def close(self) -> None:
        """All of it goes."""
        self._line.cut()
        self._copies.forget(self.url, self._kept)

    def worker(self, point: int | None = None) -> Child:
        """Sends all that is due, and says when it hands one over. That it was taken counts as a point too."""

        def life(say: Say) -> None:
            with self._app.app_context(), acting.service(), dying_at(point) as points:
                self._send(say, points)
                say(str(points.number))

        self._line.ready()
        return Child(life)

    def _send(self, say: Say, points: Points) -> None:
        def carry(cleared: Cleared, message: Message, at: datetime) -> None:
            say(str(message.id))
            mail.send(cleared, message, self._settings, at)
            points.pass_()

        sending.send_waiting(carry, lambda: self.now)

    def _worked(self, seconds: float, point: int | None = None) -> tuple[list[str], bool]:
        ended = self.worker(point).end(seconds)
        self._line.left()
        return ended

    def at_random(self, kills: int, seed: int) -> Tally:
        """So many kills, each in one of the next few messages, five minutes apart by the service's clock."""
        self.fresh()
        tally, draw, most = Tally(), Random(seed), [self._a_few_messages(), self._a_few_messages()]
        while tally.kills < kills and not tally.harm:
            self.fresh()
            while tally.kills < kills and not tally.harm and self._waits():
                self._die(tally, draw.uniform(0, most[not self._line.is_new]))
            self._to_the_end(tally)
        return tally

    def _a_few_messages(self) -> float:
        """How long a new worker takes for them. On PostgreSQL the first plans its statements."""
        child, begun = self.worker(), time.monotonic()
        for _ in range(_FEW):
            child.line()
        taken = time.monotonic() - begun
        child.kill()
        self._line.left()
        self.now += FIVE_MINUTES
        return taken

    def at_each_point(self, few: bool = False) -> Tally:
        """At every statement, around every commit and after the server has taken it; `few`: at some."""
        tally = Tally()
        self.fresh()
        said, _ = self._worked(PATIENCE)
        last = int(said[-1])
        for point in range(1, last + 1):
            if (not few or point % (last // 5) == 0) and not tally.harm:
                self.fresh()
                self._die(tally, PATIENCE, point)
                self._to_the_end(tally)
        return tally

    def _die(self, tally: Tally, seconds: float, point: int | None = None) -> None:
        before = self._claimed()
        said, killed = self._worked(seconds, point)
        self.now += FIVE_MINUTES
        tally.kills += killed
        # It takes over what was dead before it hands anything over.
        tally.stuck += bool(said) and bool(before & self._claimed())
        self._judge(tally)

    def _to_the_end(self, tally: Tally) -> None:
        """Workers that nobody kills: soon, and when all that was put off is due."""
        for wait in (FIVE_MINUTES, A_DAY):
            self.now += wait
            _, killed = self._worked(PATIENCE)
            tally.stuck += killed or bool(self._claimed())
        self._judge(tally)
        if not self._in_order():
            tally.torn += 1
            tally.told.append("not in the order in which they were queued")
        states = Counter(state for _, state in self._rows())
        tally.left += states["failed"] + states["parked"]
        tally.lost += states.total() - states["sent"] - states["failed"] - states["parked"]
        tally.again += len(self._delivered()) - len(set(self._delivered()))

    def _judge(self, tally: Tally) -> None:
        delivered, rows = Counter(self._delivered()), self._rows()
        sent = {id_ for id_, state in rows if state == "sent"}
        tally.lost += len(sent - delivered.keys())
        letters = {UUID(str(id_)) for (id_,) in self._asked("SELECT id FROM outbox WHERE what = 'letter'")}
        tally.doubled += len(delivered.keys() - {id_ for id_, _ in rows})
        tally.doubled += sum(delivered[id_] > 1 for id_ in letters)
        told = self._asked("SELECT subject FROM audit WHERE action = 'message.sent'")
        if sorted(subject for (subject,) in told) != sorted(f"message/{id_}" for id_ in sent):
            tally.torn += 1
            tally.told.append("called sent without its line in the trail, or with two")

    def _in_order(self) -> bool:
        """Whether each person got theirs in the order in which they were queued; what is urgent overtakes."""
        queued = self._asked("SELECT id, account_id, urgent FROM outbox ORDER BY created_at, id")
        place = {UUID(str(id_)): (of, number) for number, (id_, *of) in enumerate(queued)}
        last: dict[str, int] = {}
        for whose, number in (place[id_] for id_ in dict.fromkeys(self._delivered()) if id_ in place):
            if number < last.get(str(whose), 0):
                return False
            last[str(whose)] = number
        return True

    def _rows(self) -> list[tuple[UUID, str]]:
        return [(UUID(str(id_)), state) for id_, state in self._asked("SELECT id, state FROM outbox")]

    def _claimed(self) -> set[tuple[UUID, Any]]:
        asked = "SELECT id, claimed_at FROM outbox WHERE state = 'claimed'"
        return {(UUID(str(id_)), str(at)) for id_, at in self._asked(asked)}

    def _waits(self) -> bool:
        return any(state in ("waiting", "claimed") for _, state in self._rows())

    def _asked(self, query: str) -> list[tuple[Any, ...]]:
        return self._copies.asked(self.url, query)

    def _delivered(self) -> list[UUID]:
        lines = self._taken.read_text().splitlines()
        return [UUID(line[1 : line.index("@")]) for line in lines]


@contextmanager
def post(copies: Copies, folder: Path, address: str, size: int) -> Iterator[Post]:
    """In a database of its own, which goes afterwards."""
    settings = Settings(copies.make(), folder, secret_key="k" * 32, smtp_url=address,
                        mail_from="m@meetings.example")  # fmt: skip
    made = Post(copies, settings, size)
    yield made
    made.close()


def _queue(size: int) -> None:
    """Notices, and before them copies of a pack to the same people, where there are enough."""
    area_id = areas.create("northmoor", date(2026, 11, 2), BEFORE_ALL)
    with saved():
        row = db.session.get_one(AreaRow, area_id)
        settings = AreaSettings(mail_packs=True, secure_domains=("northmoor.example",), marac_anchor=THURSDAY)
        row.settings = area_store.settings_json(settings)
    agency = an_agency(area_id)
    people = [a_person(agency, name=f"Wren {n}") for n in range(_RECIPIENTS)]
    if size > len(people):
        _letters_to(area_id, people)
    with saved():
        for number in range(size):
            person, at = people[number % len(people)], NOW + number * timedelta(seconds=1)
            outbox.put(area_id, person.account_id, Notice.RESEARCH, _CONTEXT, at)


def _letters_to(area_id: UUID, people: Sequence[Principal]) -> None:
    who = a_person(an_agency(area_id, "Northmoor Council"), Role.COORDINATOR, "Morgan Ashdown")
    referred(who, (Group.NEW_SAFEGUARDS,))
    meeting_id = db.session.scalars(select(MeetingRow.id).where(MeetingRow.kind == "MARAC")).one()
    marac.close(who, meeting_id, NOW)
    marac_publishing.publish(who, meeting_id, NOW)
    pack_id = db.session.scalars(select(PackRow.id)).one()
    for person in people:
        copy = packs.make_copy(person, pack_id, 0, NOW, by_mail=True)
        assert copy and copy.mailed
