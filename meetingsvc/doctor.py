"""What is missing or unsafe in this installation, each with its mend."""

import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from agenda.calendar import day_words
from meetingsvc import assets, clock
from meetingsvc.config import Settings
from meetingsvc.permissions import Role
from meetingsvc.store import health, jobs, restored, schema, wiped
from meetingsvc.usecases import backup_ends

#: The first releases in which a subject can no longer add a header (CVE-2024-6923).
MAIL_MENDED = {(3, 11): 10, (3, 12): 5}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing, and how to put it right. What is only worth knowing does not fail the check."""

    what: str
    mend: str
    only_worth_knowing: bool = False


def examine(settings: Settings) -> list[Finding]:
    """Everything that is wrong. Call it with the database opened, and not brought up to date."""
    found = [Finding(what, mend) for what, mend in settings.problems()]
    found += [*_debugging(settings), *_program(), *_mail(settings), *_files(settings)]
    try:
        found += _database(settings)
    except OperationalError as failure:
        mend = "Start it, or set MEETINGSVC_DATABASE_URL."
        found.append(Finding(f"The database does not answer ({type(failure.orig).__name__}).", mend))
    return found


def _debugging(settings: Settings) -> Iterator[Finding]:
    if settings.debug and not settings.is_public:
        yield Finding("Debugging is on.", "Unset MEETINGSVC_DEBUG.")


def _program() -> Iterator[Finding]:
    if absent := assets.missing():
        yield Finding(f"Not built: {', '.join(absent)}.", "Run: python -m meetingsvc.assets")
    version = sys.version_info
    if version.micro < MAIL_MENDED.get(version[:2], 0):
        yield Finding(
            f"Python {version.major}.{version.minor}.{version.micro} lets a subject add headers to a mail. "
            "The service's subjects are fixed words, so it is not affected.",
            f"Install Python 3.11.{MAIL_MENDED[3, 11]} or later when your system has it.",
            only_worth_knowing=True,
        )


def _mail(settings: Settings) -> Iterator[Finding]:
    if not settings.smtp_url and not settings.demo:
        mend = "Set MEETINGSVC_SMTP_URL (smtp://user:password@host:587) and MEETINGSVC_MAIL_FROM."
        yield Finding("Mail is not set up: nobody is told that a pack waits.", mend)
    elif settings.smtp_url and "@" not in settings.mail_from:
        yield Finding("Mail has no sender.", "Set MEETINGSVC_MAIL_FROM to the address it comes from.")
    if settings.smtp_url and not urlsplit(settings.smtp_url).username:
        yield Finding(
            "Mail is handed over without a user: the mail server asks nobody who sends in this name.",
            "Set MEETINGSVC_SMTP_URL with a name and a password: smtp://user:password@host:587.",
            only_worth_knowing=True,
        )


def _files(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    if folder.is_dir() and _readable_by_others(folder):
        yield Finding(f"Others on this machine can look into {folder}.", f"Run: chmod 700 {folder}")
    url = make_url(settings.database_url)
    file = Path(url.database or "")
    if url.get_backend_name() != "sqlite":
        return
    for path in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
        if path.is_file() and _readable_by_others(path):
            yield Finding(f"Others on this machine can read {path}.", f"Run: chmod 600 {path}")


def _readable_by_others(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _database(settings: Settings) -> Iterator[Finding]:
    if schema.current() != schema.head():
        yield Finding("The database is not up to date.", "Any command brings it up to date: meetingsvc serve")
        return
    if since := restored.since():
        mend = "Do again what was done since, then: meetingsvc reopen (it says what)."
        yield Finding(f"The database was restored from a backup of {since}: the service is closed.", mend)
    for name in health.areas_without_marac():
        yield Finding(f"{name}: no MARAC date is set.", "Set one on the area page (Area, MARAC).")
    for name in health.areas_without(Role.COORDINATOR):
        mend = f"meetingsvc user create --area {name} --role coordinator --agency … --name … --email …"
        yield Finding(f"{name}: there is no coordinator.", mend)
    if asleep := jobs.asleep_since(clock.now()):
        mend = "Start one, and keep it running: meetingsvc worker"
        yield Finding(f"{asleep} Nothing is sent, and nothing ends by itself.", mend)
    for name, number in health.children_not_filed():
        yield Finding(
            f"{name}: children named on incidents from before an upgrade are not found in the search: "
            f"{number:,} incidents.",
            f"Run: meetingsvc people index --area {name}",
        )
    for name, number in health.urgent_given_up(clock.now()):
        yield Finding(
            f"{name}: urgent messages were given up: {number}.",
            "Ring the coordinator, a chair and information governance: whoever they were for knows nothing. "
            "The page Messages says which, and sends them again.",
        )
    for name, number in health.links_given_up(clock.now()):
        yield Finding(
            f"{name}: links to who refers without an account were not sent: {number}.",
            "See that mail leaves. The page Messages names the referrals: ring whoever sent them.",
        )
    yield from _kept(settings)
    yield from _role()


def _kept(settings: Settings) -> Iterator[Finding]:
    """Backups, and destructions that are to leave nothing."""
    if failed := jobs.failed_last("back-up"):
        mend = "The page Timed work, and the log, say why. Then: meetingsvc backup"
        yield Finding(f"The last nightly backup was not made: {failed}", mend)
    elif backup_ends.none_left(settings) and jobs.newest("back-up", clock.now()):
        yield Finding(
            backup_ends.NONE_LEFT, "Run: meetingsvc backup. The page Timed work says what went wrong."
        )
    if goes := backup_ends.last_goes_on(settings, clock.today()):
        yield Finding(
            f"The last backup goes on {day_words(goes)}: what was destroyed is to be in none from then on.",
            "Make another before: meetingsvc backup. The page Timed work says what goes wrong.",
        )
    if waiting := wiped.waiting():
        yield Finding(f"Destructions that are not complete: {waiting}.", wiped.MEND)


def _role() -> Iterator[Finding]:
    if health.is_superuser():
        yield Finding(
            "The service is above PostgreSQL's row-level security: a superuser, or a role with BYPASSRLS.",
            "Give it an ordinary role of its own (docs/postgresql.md).",
        )
    elif health.is_owner():
        yield Finding(
            "The service owns its tables in PostgreSQL: it could take away the audit trail's "
            "triggers and the policies.",
            "Migrate as the owner (MEETINGSVC_OWNER_URL), and serve as another role (docs/postgresql.md).",
            only_worth_knowing=True,
        )
