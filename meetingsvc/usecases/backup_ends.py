"""How backups end: by the stated date, as far as the clock can be believed (security.md E; Rulebook L2)."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import structlog

from agenda.calendar import day_words, local_day
from meetingsvc.config import Settings
from meetingsvc.models import db
from meetingsvc.store import acting, certificates, jobs
from meetingsvc.usecases.jobs import Trouble

log = structlog.get_logger()
NAME, END = "meetingsvc-%Y%m%dT%H%M%S%fZ", ".backup"
#: What a process that died has left is taken away after so long.
_STALE = timedelta(days=1)
#: A clock that is wrong takes few away: so many files always stay, no more than so many go at once, and after
#: such a gap none goes. But what a certificate of destruction promises goes in any case.
_LEAST, _MOST_AT_ONCE, _GAP = 7, 3, timedelta(days=2)
NONE_LEFT = "No backup is left that could be restored."
#: So long before the last one goes it is said.
_WARNED = timedelta(days=7)
_LEAPT = (
    "The last backup was to go, but for days none was tried: the clock may be wrong. Mend it or make one."
)


def place(settings: Settings) -> Path:
    """Where they lie."""
    return settings.backup_dir or settings.data_dir / "backups"


def kept(folder: Path) -> list[tuple[datetime, Path]]:
    """Those there are, the newest first."""
    found = []
    for path in folder.glob(f"*{END}"):
        try:
            found.append((datetime.strptime(path.stem, NAME).replace(tzinfo=UTC), path))
        except ValueError:
            continue  # somebody else's
    return sorted(found, reverse=True)


def forget(settings: Settings, folder: Path, now: datetime) -> None:
    """Backups end by the stated date (security.md E), as far as the clock can be believed."""
    there = [one for one in kept(folder) if one[0] <= now]
    for path in _over(settings, there, now):
        path.unlink(missing_ok=True)
    expire(settings, now)
    for left in (*folder.glob("*.part"), *folder.glob(".backup-*")):
        if datetime.fromtimestamp(left.stat().st_mtime, UTC) <= now - _STALE:
            left.unlink(missing_ok=True)


def forgotten(settings: Settings, folder: Path, now: datetime) -> list[str]:
    """The same after a failure, which stays what is told: what is to be said beside it."""
    try:
        db.session.rollback()
        forget(settings, folder, now)
        goes = last_goes_on(settings, local_day(now))
        return [f"The last backup goes on {day_words(goes)}."] if goes else []
    except Trouble as wrong:
        return [str(wrong)]
    except Exception as other:  # the database may be what failed
        log.error("old backups not looked after", kind=type(other).__name__)
        return []


def _over(settings: Settings, there: list[tuple[datetime, Path]], now: datetime) -> list[Path]:
    """The oldest of those whose time is over; none where none was made for days: the clock may have leapt."""
    before = [at for at, _ in there if at < now]
    if before and now - before[0] > _GAP:
        return []
    least = max(1, min(_LEAST, settings.backup_days))
    old = [path for at, path in there[least:] if at <= now - timedelta(days=settings.backup_days)]
    return old[-_MOST_AT_ONCE:]


def expire(settings: Settings, now: datetime) -> int:
    """Takes away those that may hold what a certificate says is in no backup by now (Rulebook L2); how many.

    The last one too, though none was made since: its date was promised to whom it is about, and that no
    backup is left is said wherever backups are looked after. But where none was even tried for days the clock
    may have leapt: all stay, and Trouble is raised until somebody has looked.
    """
    db.session.rollback()
    there = kept(place(settings))
    with acting.service():
        until = certificates.promised(local_day(now))
        over = [path for at, path in there if until is not None and at <= until]
        if there and len(over) == len(there) and not jobs.unbroken("back-up", there[0][0], now, _GAP):
            raise Trouble(_LEAPT)
    for path in over:
        path.unlink(missing_ok=True)
    return len(over)


def last_goes_on(settings: Settings, today: date) -> date | None:
    """The day on which the last one goes, where that is near: none was made for long (Rulebook L2)."""
    if not (there := kept(place(settings))):
        return None
    with acting.service():
        goes = certificates.gone_on(there[0][0])
    return goes if goes is not None and goes <= today + _WARNED else None


def none_left(settings: Settings) -> bool:
    """Whether there is nothing that could be restored."""
    return not kept(place(settings))
