"""Missing episodes of children, each version, and what was said to who told of them (Rulebook E1, E3)."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, or_, select, update

from agenda.agencies import AgencyKind
from agenda.calendar import local_day
from agenda.immediate_risk import Asked, Immediate
from agenda.missing import Episode
from agenda.missing_feed import Held, Told
from agenda.panels import Family
from agenda.patterns import Trait, key_of
from meetingsvc.models import (
    AgencyRow,
    ImmediateAskedRow,
    ImportRow,
    MissingEpisodeRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import Reader
from meetingsvc.store.scope_exploitation import episodes_of, told_by


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an episode, as its page shows it."""

    id: UUID
    version: int
    current: bool
    said_at: datetime
    told_at: datetime
    child: str  # as this version names them
    episode: Episode
    digest: bytes
    from_file: bool
    agency_id: UUID | None  # it told of the episode on a page, and reads on
    is_apart: bool = False  # the child's case is kept from the reader, who told it and reads just that

    @property
    def is_missing(self) -> bool:
        """Whether by this version, and none after it, the child is missing."""
        return self.current and self.episode.returned_at is None

    @property
    def held(self) -> Held:
        """What is compared when another comes in."""
        return Held(self.digest, self.said_at, self.current, self.episode.returned_at, self.from_file)


@dataclass(frozen=True, slots=True)
class By:
    """Who told it: on a page, or in a file."""

    account_id: UUID | None = None
    agency_id: UUID | None = None
    import_id: UUID | None = None


def tells(who: Principal) -> bool:
    """Who runs the panels of exploitation, and who sits in one of them for the police (Rulebook E1, E4)."""
    if who.runs_exploitation:
        return True
    if who.role is not Role.REPRESENTATIVE or not who.is_signatory:
        return False
    if Family.EXPLOITATION not in who.families:
        return False
    row = AgencyRow
    kind = db.session.scalar(select(row.kind).where(row.id == who.agency_id, row.area_id == who.area_id))
    return kind == AgencyKind.POLICE


def current(reader: Reader, *which: ColumnElement[bool]) -> list[Version]:
    """The current version of each episode, the longest missing first."""
    row = MissingEpisodeRow
    found = _versions(reader, row.current.is_(True), *which)
    told = [them[-1] for them in _as_told(reader).values()]
    if told:
        fits = set(db.session.scalars(select(row.id).where(told_by(reader), *which)))
        found = sorted((*found, *(one for one in told if one.id in fits)), key=_since)
    return found


def _since(one: Version) -> tuple[datetime, str]:
    return one.episode.missing_from, one.episode.reference


def waiting(reader: Reader, since: datetime) -> list[Version]:
    """Those that have not ended, or whose interview is neither held nor refused, however old; and of the
    others those that ended since."""
    row = MissingEpisodeRow
    open_still = row.returned_at.is_(None)
    owed = row.interviewed_at.is_(None) & (row.refused == "")
    return current(reader, open_still | owed | (row.returned_at >= since))


def of_child(reader: Reader, case_id: UUID) -> list[Version]:
    """Those of one child, the latest first."""
    return current(reader, MissingEpisodeRow.case_id == case_id)[::-1]


def at_place(reader: Reader, name: str) -> Iterator[tuple[UUID, date, str]]:
    """Who went missing from a place of this name, or was found there; on which day, and in words (E2)."""
    key = key_of(Trait.PLACE, name)
    for version in current(reader) if key else ():
        one = version.episode
        if key_of(Trait.PLACE, one.from_where) == key:
            yield one.child_id, local_day(one.missing_from), "went missing from there"
        if one.returned_at and key_of(Trait.PLACE, one.found_where) == key:
            yield one.child_id, local_day(one.returned_at), "was found there after missing"


def begun_since(reader: Reader, since: datetime) -> list[Episode]:
    """What children have gone missing since, to count who does repeatedly."""
    return [one.episode for one in current(reader, MissingEpisodeRow.missing_from > since)]


def one(reader: Reader, episode_id: UUID) -> list[Version]:
    """Every version of the episode that one of them names, the oldest first; none where it is hidden."""
    row = MissingEpisodeRow
    theirs = or_(episodes_of(reader), told_by(reader))
    reference = db.session.scalar(select(row.reference).where(theirs, row.id == episode_id))
    return [] if reference is None else of_references(reader, [reference]).get(reference, [])


def of_references(reader: Reader, references: Collection[str]) -> dict[str, list[Version]]:
    """Every version under each of these references, the oldest first."""
    found: dict[str, list[Version]] = {}
    rows = _versions(reader, MissingEpisodeRow.reference.in_(references))
    for one in sorted(rows, key=lambda each: each.version):
        found.setdefault(one.episode.reference, []).append(one)
    told = _as_told(reader)
    return {one: told[one] for one in references if one in told} | found


def _as_told(reader: Reader) -> dict[str, list[Version]]:
    """What somebody told of children who are kept from them, by reference: as if there were nothing else."""
    if isinstance(reader, Host):
        return {}
    row = MissingEpisodeRow
    found: dict[str, list[Version]] = {}
    for one in db.session.scalars(select(row).where(told_by(reader)).order_by(row.version)):
        found.setdefault(one.reference, []).append(_version(one))
    return {
        reference: [
            replace(one, version=place, current=place == len(them), is_apart=True)
            for place, one in enumerate(them, 1)
        ]
        for reference, them in found.items()
    }


def first_system(reader: Reader, reference: str) -> str:
    """Which force's system told of an episode first; "" where a file or a page did, and where nobody has."""
    row, came = MissingEpisodeRow, ImportRow
    rows = select(came.machine).select_from(row).outerjoin(came, came.id == row.import_id)
    this = episodes_of(reader), row.reference == reference
    return db.session.scalar(rows.where(*this).order_by(row.version).limit(1)) or ""


def _versions(reader: Reader, *which: ColumnElement[bool]) -> list[Version]:
    row = MissingEpisodeRow
    rows = select(row).where(episodes_of(reader), *which).order_by(row.missing_from, row.reference)
    return [_version(one) for one in db.session.scalars(rows)]


def _version(row: MissingEpisodeRow) -> Version:
    told = Episode(
        row.reference, row.case_id, row.missing_from, row.reported_at, row.returned_at, row.from_where,
        row.found_where, row.interviewed_at, row.refused,
    )  # fmt: skip
    return Version(
        row.id, row.version, row.current, row.said_at, row.told_at, row.child, told, row.digest,
        row.import_id is not None, row.agency_id,
    )  # fmt: skip


def add(
    area_id: UUID, case_id: UUID, told: Told, version: int, by: By, now: datetime, *, is_current: bool
) -> UUID:
    """One more version; where it is current, the one before is no more. Inside `acting.whole_area`."""
    row, said = MissingEpisodeRow, told.episode
    if is_current:
        same = row.area_id == area_id, row.reference == told.reference, row.current
        db.session.execute(update(row).where(*same).values(current=False))
    made = MissingEpisodeRow(
        id=uuid4(), area_id=area_id, case_id=case_id, reference=told.reference, version=version,
        current=is_current, said_at=told.said_at, told_at=now, child=told.child.name[:201],
        missing_from=said.missing_from, reported_at=said.reported_at, returned_at=said.returned_at,
        from_where=said.from_where, found_where=said.found_where, interviewed_at=said.interviewed_at,
        refused=said.refused, digest=told.digest, import_id=by.import_id, account_id=by.account_id,
        agency_id=by.agency_id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made.id


def said_again(version_id: UUID, at: datetime) -> None:
    """The same was said later: what was changed before that is older than it."""
    row = MissingEpisodeRow
    db.session.execute(update(row).where(row.id == version_id, row.said_at < at).values(said_at=at))


def keep_asked(area_id: UUID, episode_id: UUID, asked: Asked, account_id: UUID, now: datetime) -> None:
    """That it was asked before this version, and said whom to call (Rulebook E3). In `acting.whole_area`."""
    db.session.add(
        ImmediateAskedRow(
            area_id=area_id, episode_id=episode_id, answer=asked.answer, said=asked.said,
            said_at=asked.said_at or now, done=asked.done, account_id=account_id,
        )
    )  # fmt: skip
    db.session.flush()


def asked(reader: Reader, versions: Iterable[Version]) -> list[Asked]:
    """Each time that somebody was asked whether this child is at immediate risk (Rulebook E3)."""
    row, episode = ImmediateAskedRow, MissingEpisodeRow
    said = episodes_of(reader)
    if not isinstance(reader, Host):
        said = or_(said, and_(told_by(reader), row.account_id == reader.account_id))
    rows = (
        select(row.answer, row.said, row.said_at, row.done)
        .join(episode, episode.id == row.episode_id)
        .where(said, row.episode_id.in_([one.id for one in versions]))
        .order_by(row.id)
    )
    return [
        Asked(Immediate(answer), said, said_at, done)
        for answer, said, said_at, done in db.session.execute(rows)
    ]


def still_missing(reader: Reader, of: Collection[UUID] | None = None) -> frozenset[UUID]:
    """The children who are missing, of these or of all: until they are said to be back (Rulebook E1, E3)."""
    row = MissingEpisodeRow
    rows = select(row.case_id).where(episodes_of(reader), row.current, row.returned_at.is_(None))
    return frozenset(db.session.scalars(rows if of is None else rows.where(row.case_id.in_(of))))
