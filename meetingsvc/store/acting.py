"""Who acts: nobody, a person, the service for one area, or the service itself (security.md B).

`store/fence.py` asks it of every statement, and PostgreSQL's row-level security is told it in each
transaction. Whoever is not told acts as nobody, and nobody reads anything about a person.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from contextvars import ContextVar, Token
from dataclasses import dataclass
from uuid import UUID
from weakref import ref

from flask import has_app_context
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

from agenda.calendar import local_day
from agenda.panels import Family
from meetingsvc.models import db, writing
from meetingsvc.permissions import ATTENDS_MEETINGS, Permission, Principal, Role


@dataclass(frozen=True, slots=True)
class Host:
    """The service's own work for one area: a command at its machine, building, compiling, matching."""

    area_id: UUID


@dataclass(frozen=True, slots=True)
class Service:
    """The machinery across areas: migrations, commands, what a worker claims."""


Capacity = Principal | Host | Service | None
_capacity: ContextVar[Capacity] = ContextVar("capacity", default=None)
_TOLD = "meetingsvc.told"
#: The transaction on PostgreSQL that was told last.
_running: ContextVar[Callable[[], Connection | None]] = ContextVar("running", default=lambda: None)


def who() -> Capacity:
    """Who acts at this moment."""
    return _capacity.get()


def begin(capacity: Capacity) -> Token[Capacity]:
    """From now on this one acts, until `end`. Where a `with` will do, use `acting`."""
    _finish()
    token = _capacity.set(capacity)
    _tell_running()
    return token


def end(token: Token[Capacity]) -> None:
    """Whoever acted before does so again."""
    _capacity.reset(token)
    _tell_running()


@contextmanager
def acting(capacity: Capacity) -> Iterator[None]:
    """What is read and written inside is theirs."""
    token = begin(capacity)
    try:
        yield
        _finish()
    finally:
        end(token)


def whole_area(area_id: UUID) -> AbstractContextManager[None]:
    """The service's own work for one area, such as triage: its result is shown to a person only by scope."""
    return acting(Host(area_id))


def service() -> AbstractContextManager[None]:
    """The service's own work across areas."""
    return acting(Service())


def _finish() -> None:
    """What one has changed is written while they still act, not in the name of the next."""
    if writing.get() and has_app_context():
        db.session.flush()


def told(capacity: Capacity) -> dict[str, str]:
    """What row-level security knows of who acts: one variable each, empty where it does not apply."""
    match capacity:
        case Service():
            return _variables(capacity="service")
        case Host(area_id):
            return _variables(capacity="area", area=str(area_id))
        case Principal():
            return _person(capacity)
        case None:
            return _variables(capacity="")


def _person(who: Principal) -> dict[str, str]:
    attends = who.role in ATTENDS_MEETINGS and who.is_signatory and who.signed_on is not None
    return _variables(
        capacity="person",
        account=str(who.account_id),
        area=str(who.area_id),
        agency=str(who.agency_id),
        runs=_yes(who.runs_meetings),
        attends=" ".join(sorted(who.attends)) if attends else "",
        families=",".join(sorted(who.families)),
        others=",".join(sorted(set(Family) - who.families)),
        idva=_yes(attends and who.role is Role.IDVA),
        reviews=_yes(who.may(Permission.GLASS_REVIEW)),
        signed=str(who.signed_on or ""),
        now=who.asked_at.isoformat() if who.may_be_opened_to else "",
        guest=str(local_day(who.asked_at)) if who.is_guest else "",
    )


VARIABLES = (
    "capacity", "account", "area", "agency", "runs", "attends", "families", "others", "idva", "reviews",
    "signed", "now", "guest",
)  # fmt: skip
_SET = "SELECT " + ", ".join(f"set_config('meetingsvc.{name}', %s, true)" for name in VARIABLES)


def _variables(**known: str) -> dict[str, str]:
    return {name: known.get(name, "") for name in VARIABLES}


def _yes(value: bool) -> str:
    return "y" if value else ""


@event.listens_for(Engine, "begin")
@event.listens_for(Engine, "rollback_savepoint")
def _forget(connection: Connection, *_: object) -> None:
    """A variable lives as long as its transaction, and a savepoint that is undone undoes it."""
    connection.info.pop(_TOLD, None)


@event.listens_for(Engine, "before_cursor_execute")
def _tell(connection: Connection, *_: object) -> None:
    """PostgreSQL learns who acts before the first statement of each transaction, and when it changes."""
    if connection.dialect.name == "postgresql" and connection.info.get(_TOLD) != _capacity.get():
        _say(connection)


def _say(connection: Connection) -> None:
    capacity = _capacity.get()
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(_SET, tuple(told(capacity).values()))
    connection.info[_TOLD] = capacity
    _running.set(ref(connection))


def _tell_running() -> None:
    """A transaction under way learns it at once: the driver's own cursor would not ask."""
    connection = _running.get()()
    if connection is None or connection.closed or not connection.in_transaction():
        return
    if connection.info.get(_TOLD) != _capacity.get():
        with suppress(connection.dialect.loaded_dbapi.Error):  # one that failed reads nothing more
            _say(connection)
