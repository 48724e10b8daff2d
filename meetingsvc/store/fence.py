"""The fail-closed guard: no statement reads what is protected unless `store/scope.py` narrowed it.

It looks at the text of every statement on every connection, so it does not matter how the statement was made
(security.md B, layer 3). On PostgreSQL row-level security stands behind it (migration 0009).
"""

import re
import sqlite3
from contextvars import ContextVar
from enum import Enum
from functools import lru_cache
from typing import Any, NoReturn

import structlog
from sqlalchemy import Engine, event, inspect
from sqlalchemy.engine import Connection

from meetingsvc.models import Base, writing
from meetingsvc.models.base import before_get
from meetingsvc.store import acting
from meetingsvc.store.scope import MARK

#: Tables that tell nothing of a case. Every other one is protected, a new one too.
OPEN = frozenset(
    {
        *("account", "account_family", "agency", "agency_panel", "area", "panel"),
        *("agreement_review", "agreement_signature"),
        *("reference", "withdrawal", "withdrawal_told"),
        *("draft", "passkey", "session", "sign_in_attempt", "totp"),
        *("rehearsal", "rehearser"),
        "job_slot",  # when the service did its own work
        "feed_token",  # whose it is; what came by it is protected
        "calendar_feed",  # whose it is, and the digest of its link
        *("audit", "outbox"),  # ids: their own queries are scoped
        *("notice_choice", "digest_line"),  # how one's own messages come, and which come together
        "alembic_version",
    }
)
#: What would change who acts behind the fence's back, and spellings that hide a name from it. Four
#: functions the scope itself asks: they answer ids alone.
_FORBIDDEN = re.compile(
    r"meetingsvc[._](?!(hidden_from|given_to|of_families|contributed)\()|set_config|\bSET\s+(LOCAL|SESSION|ROLE)\b|U&\"|\bE'",
    re.IGNORECASE,
)
_COLUMN_LIST = re.compile(r"^(\s*INSERT\s+INTO\s+[^\s(]+\s*)\([^()]*\)", re.IGNORECASE)
_TOKEN = re.compile(
    r"""(?P<comment>/\*.*?\*/|--[^\n]*)|(?P<text>'(?:[^']|'')*')"""
    r"""|(?P<quoted>"[^"]+"|`[^`]+`|\[\w+\])|(?P<word>\w+)|(?P<other>\S)""",
    re.DOTALL,
)
#: The column of accounts is called as PostgreSQL calls who acts.
_OF_ACCOUNTS = re.compile(r"^UPDATE account SET (?=role=)")
_SCHEMAS = frozenset({"public", "main", "temp", "pg_temp"})
_WRITES = re.compile(r"^\s*(INSERT\s+INTO|UPDATE|DELETE\s+FROM)\b", re.IGNORECASE)
_READS = re.compile(r"\b(SELECT|TABLE|JOIN|USING|WITH(?!\s+TIME\s+ZONE))\b", re.IGNORECASE)
_ANSWERS = re.compile(r"\bRETURNING\b|^\s*UPDATE\b.*\bFROM\b", re.IGNORECASE | re.DOTALL)
#: Set while a statement runs that this module has looked at.
_passed: ContextVar[bool] = ContextVar("passed", default=False)
log = structlog.get_logger()


class Unscoped(RuntimeError):
    """A statement would have read what was not narrowed to its reader: the service's fault. Nothing ran."""


class Kind(Enum):
    """What a statement is to the fence."""

    OPEN = "touches nothing protected"
    MARKED = "narrowed by the scope"
    WRITE = "only writes"
    UNMARKED = "reads what is protected"
    FORBIDDEN = "changes who acts"


def protected() -> frozenset[str]:
    """The tables that only a scoped statement may read."""
    return frozenset(Base.metadata.tables) - OPEN


@lru_cache(maxsize=4096)
def kind(statement: str) -> Kind:
    """What a statement is, by its text alone: in doubt, one that is refused."""
    if _FORBIDDEN.search(_OF_ACCOUNTS.sub("", statement)):
        return Kind.FORBIDDEN
    if not touched(statement):
        return Kind.OPEN
    if MARK in statement:
        return Kind.MARKED
    return Kind.WRITE if _only_writes(statement) else Kind.UNMARKED


def touched(statement: str) -> frozenset[str]:
    """The protected tables that a statement names, but for columns and labels that are called like one."""
    names, before, last = protected(), "", ""
    found = set[str]()
    for token in _TOKEN.finditer(_COLUMN_LIST.sub(r"\1", statement)):
        if token["comment"]:
            continue
        text = token[0]
        name = text.lower() if token["word"] else text[1:-1].lower()
        keyword = name == "case" and bool(token["word"])
        if name in names and not token["other"] and not keyword and not _is_column(before, last):
            found.add(name)
        before, last = last, name if token["quoted"] else text.lower()
    return frozenset(found)


def _is_column(before: str, last: str) -> bool:
    """After a table's name and a dot, after AS, or a parameter."""
    if last == ".":
        return before not in _SCHEMAS
    return last in ("as", ":", "@") or (last == "(" and before == "%")


def _only_writes(statement: str) -> bool:
    """A plain INSERT, UPDATE or DELETE answers nothing but the number of a row just made."""
    if not _WRITES.match(statement) or _READS.search(statement):
        return False
    return statement.lstrip()[:6].upper() == "INSERT" or not _ANSWERS.search(statement)


@event.listens_for(Engine, "before_cursor_execute")
def _refuse(connection: Connection, cursor: object, statement: str, *_: object) -> None:
    _passed.set(False)
    who = acting.who()
    if not isinstance(who, acting.Service):
        match kind(statement):
            case Kind.FORBIDDEN:
                _stop("tells the database who acts")
            case Kind.UNMARKED | Kind.MARKED | Kind.WRITE if who is None:
                _stop("touches what is protected though nobody acts")
            case Kind.UNMARKED if not isinstance(who, acting.Host):
                _stop("reads what no scope has narrowed")
            case Kind.WRITE if not writing.get():
                _stop("writes outside a use case")
    _passed.set(True)


@event.listens_for(Engine, "after_cursor_execute")
def _done(*_: object) -> None:
    _passed.set(False)


@event.listens_for(Engine, "connect")
def _watch_sqlite(connection: Any, record: object) -> None:
    """SQLite itself asks, so that a statement on the driver's own cursor does not go round the fence."""
    if isinstance(connection, sqlite3.Connection):
        connection.set_authorizer(_authorised)


def _authorised(action: int, table: str | None, *_: object) -> int:
    if action == sqlite3.SQLITE_READ and not _passed.get() and table in protected():
        if not isinstance(acting.who(), acting.Service | acting.Host):
            return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _refuse_memory(entity: Any) -> None:
    """An object the service itself has read is not answered to a person from memory."""
    if not isinstance(acting.who(), acting.Service | acting.Host) and _tables(entity) & protected():
        _stop("is answered from memory")


def _tables(entity: Any) -> frozenset[str]:
    return frozenset(str(table.name) for table in inspect(entity).mapper.tables)


def _stop(why: str) -> NoReturn:
    """Whose fault it is stands in the traceback, without parameters: those may name a person."""
    log.error("statement refused", why=why)
    raise Unscoped(f"A statement {why}.")


before_get.append(_refuse_memory)
