"""What repeats a case without hanging on it: copies made for packs and minutes, typed drafts, rejected rows.

And what the database's own files keep of rows that are gone (Rulebook L2; security.md E).
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, NullPool, create_engine, delete, or_, select, text, update
from sqlalchemy.exc import OperationalError

from meetingsvc.models import (
    Base,
    DisclosureAnswerRow,
    DisclosureReleaseRow,
    DisclosureRow,
    DraftRow,
    IncidentRow,
    ItemRow,
    LiveFieldRow,
    MergeChangeRow,
    MinutesCaseRow,
    MinutesCopyRow,
    MinutesRow,
    NoticeToldRow,
    OfflinePackRow,
    OrderReminderRow,
    OrderRow,
    OutboxRow,
    PackCopyRow,
    PackEditionRow,
    PackRow,
    ProposalRow,
    RejectedRow,
    ResearchDraftRow,
    TransferRecordRow,
    TransferRow,
    db,
)
from meetingsvc.store import residue_rejected
from meetingsvc.store.outbox import State

_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Emptied:
    """How many copies and entries of minutes were emptied or taken away."""

    packs: int
    minutes: int


def clear_copies(case_id: UUID) -> Emptied:
    """Packs, minutes and their copies repeat what a case holds: what they keep of its meetings goes.

    A file holds every case of a meeting and is never edited (security.md G), so it goes whole; that it was
    made, for whom, and who fetched it stays.
    """
    items = select(ItemRow.id).where(ItemRow.case_id == case_id).scalar_subquery()
    met = select(ItemRow.meeting_id).where(ItemRow.case_id == case_id)
    packs = select(PackRow.id).where(PackRow.meeting_id.in_(met))
    written = select(MinutesRow.id).where(MinutesRow.meeting_id.in_(met))
    emptied = _emptied(PackRow, PackRow.meeting_id.in_(met), content=None, words=None)
    emptied += _emptied(PackCopyRow, PackCopyRow.pack_id.in_(packs), content=None)
    emptied += _emptied(OfflinePackRow, OfflinePackRow.meeting_id.in_(met), content=None)
    _emptied(PackEditionRow, PackEditionRow.pack_id.in_(packs), words=None, cases=None, open=None)
    copies = _emptied(MinutesCopyRow, MinutesCopyRow.minutes_id.in_(written), content=None)
    entries = _count(delete(MinutesCaseRow).where(MinutesCaseRow.item_id.in_(items)))
    db.session.execute(delete(LiveFieldRow).where(LiveFieldRow.item_id.in_(items)))
    db.session.execute(delete(ResearchDraftRow).where(ResearchDraftRow.item_id.in_(items)))
    db.session.execute(delete(TransferRecordRow).where(TransferRecordRow.case_id == case_id))
    _emptied(TransferRow, TransferRow.case_id == case_id, content=None, words=None)
    asked = select(DisclosureRow.id).where(DisclosureRow.case_id == case_id)
    released = update(DisclosureReleaseRow).where(DisclosureReleaseRow.request_id.in_(asked))
    _count(released.values(content=None, redactions={}))
    return Emptied(emptied, copies + entries)


def _emptied(row: Any, where: Any, **values: None) -> int:
    full = or_(*(getattr(row, name).is_not(None) for name in values))
    return _count(update(row).where(where, full).values(values))


def _count(statement: Any) -> int:
    found: Any = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(found.rowcount)


def loose(
    area_id: UUID, case_id: UUID, rows: Mapping[Any, Collection[tuple[Any, ...]]], *, whole: bool
) -> dict[Any, Any]:
    """Rows that speak of what goes by its identifier or number, where no foreign key says so."""
    ids = {key[0] for keys in rows.values() for key in keys if isinstance(key[0], UUID)}
    numbers = _numbers(rows.get(IncidentRow.__table__, ()))
    found = {
        DraftRow: _drafts(ids),
        ProposalRow: _about(ProposalRow, ProposalRow.subject, ProposalRow.area_id == area_id, ids),
        NoticeToldRow: _told(area_id, ids),
        DisclosureAnswerRow: _answers(area_id, ids),
        OutboxRow: _messages(area_id, case_id) if whole else set(),
        MergeChangeRow: _changes(area_id, ids),
        OrderRow: _keys(OrderRow, OrderRow.area_id == area_id, OrderRow.reference.in_(numbers),
                        OrderRow.case_id.is_(None)),
        OrderReminderRow: _keys(OrderReminderRow, OrderReminderRow.area_id == area_id,
                                OrderReminderRow.reference.in_(numbers)),
        RejectedRow: residue_rejected.rows_of(area_id, numbers, rows),
    }  # fmt: skip
    return {row.__table__: keys for row, keys in found.items() if keys}


def _numbers(incidents: Collection[tuple[Any, ...]]) -> set[str]:
    row, keys = IncidentRow, [key[0] for key in incidents]
    return set(db.session.scalars(select(row.occurrence_number).where(row.id.in_(keys))))


def _keys(row: Any, *where: Any) -> set[tuple[Any, ...]]:
    return {tuple(key) for key in db.session.execute(select(*row.__table__.primary_key).where(*where))}


def _named_in(text_: str, ids: set[UUID]) -> bool:
    return any(UUID(found) in ids for found in _UUID.findall(text_))


def _drafts(ids: set[UUID]) -> set[tuple[Any, ...]]:
    """What was typed on a page about it: sealed, so that only its address tells."""
    told = db.session.execute(select(DraftRow.id, DraftRow.path))
    return {(key,) for key, path in told if _named_in(path, ids)}


def _about(row: Any, column: Any, where: Any, ids: set[UUID]) -> set[tuple[Any, ...]]:
    return {(key,) for key, said in db.session.execute(select(row.id, column).where(where))
            if _named_in(said, ids)}  # fmt: skip


def _told(area_id: UUID, ids: set[UUID]) -> set[tuple[Any, ...]]:
    row = NoticeToldRow
    return _keys(row, row.area_id == area_id, row.subject_id.in_(ids)) if ids else set()


def _answers(area_id: UUID, ids: set[UUID]) -> set[tuple[Any, ...]]:
    """What an agency answered of an item may repeat its words (Rulebook X2)."""
    row = DisclosureAnswerRow
    return _keys(row, row.area_id == area_id, row.held_id.in_(ids)) if ids else set()


def _messages(area_id: UUID, case_id: UUID) -> set[tuple[Any, ...]]:
    """Those about this case alone that have not left: nobody could open what they lead to."""
    row = OutboxRow
    unsent = (State.WAITING, State.GATHERED, State.FAILED, State.PARKED)
    told = db.session.execute(select(row.id, row.about).where(row.area_id == area_id, row.state.in_(unsent)))
    return {(key,) for key, about in told if about == [str(case_id)]}


def _changes(area_id: UUID, ids: set[UUID]) -> set[tuple[Any, ...]]:
    """What a merge of its people, who may stay, keeps of its rows."""
    change = MergeChangeRow
    rows = select(change.id, change.key, change.before, change.after).where(change.area_id == area_id)
    told = db.session.execute(rows)
    return {(one,) for one, *said in told if _named_in(json.dumps(said), ids)}


#: So long it waits for a table that others read, and so often for whoever began before it.
_WAIT, _TRIES = "SET lock_timeout = '60s'", 60
_BEGUN = text("""
    SELECT virtualtransaction FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'virtualxid' AND datname = current_database() AND pid <> pg_backend_pid()""")

#: Tables that are large enough for the server to note values of by itself, or of which somebody had it do so.
#: Of others it is not made to: of a table that is empty afterwards it would keep them.
_NOTED = text("""
    SELECT c.relname FROM pg_class c LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
    AND (c.reltuples >= 50 OR s.last_analyze IS NOT NULL OR s.last_autoanalyze IS NOT NULL)""")


def wipe(owner_url: str) -> bool:
    """Takes what is gone out of the database's own files, after the commit; False where it could not.

    SQLite overwrites what it deletes, once its log is written back. PostgreSQL rewrites a table only for its
    owner; how long its log keeps it, docs/postgresql.md says.
    """
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        return not busy
    if not owner_url:
        return False
    engine = create_engine(owner_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return _rewritten(connection)
    except OperationalError:
        return False
    finally:
        engine.dispose()


def _rewritten(connection: Connection) -> bool:
    """Every table, and what the planner has noted of their values: examples of names among it."""
    connection.execute(text(_WAIT))
    if not _over(connection):
        return False
    noted = set(connection.scalars(_NOTED))
    for table in Base.metadata.sorted_tables:
        anew = "FULL, ANALYZE" if table.name in noted else "FULL"
        connection.execute(text(f'VACUUM ({anew}) "{table.name}"'))
    connection.execute(text("VACUUM (FULL) pg_catalog.pg_statistic"))
    return True


def _over(connection: Connection) -> bool:
    """Whether all that had begun has ended: whoever began before may still see a row that is gone, and so
    long PostgreSQL keeps it."""
    begun = set(connection.scalars(_BEGUN))
    for _ in range(_TRIES):
        if not begun & set(connection.scalars(_BEGUN)):
            return True
        connection.execute(text("SELECT pg_sleep(0.5)"))
    return False
