"""Missing episodes as a force sends them or a page takes them: the same columns and rules (Rulebook E1).

The file is read as the police feed is. Each row says when the force's system last changed it, so that what
was held back on its way never comes back over what is newer (T11 to T13 alike).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import BinaryIO, NamedTuple
from uuid import UUID

from agenda.calendar import LONDON
from agenda.daily_list import CLOCKS_DIFFER
from agenda.feed_table import Record, Rejected, Spec, Table
from agenda.feed_values import Rule, Wrong, at_most, blanks, day, keep_rules, moment, shown
from agenda.incidents import Party
from agenda.missing import PLACE_LENGTH, Episode, problems
from agenda.references import Register

REFERENCE, NAME, REFUSED = 40, 100, 400
COLUMNS = (
    *("reference", "updated_at", "child_surname", "child_forename", "child_dob", "child_nominal"),
    *("missing_from", "reported_at", "from_where", "returned_at", "found_where"),
    *("interviewed_at", "interview_refused"),
)
REQUIRED = ("reference", "updated_at", "child_surname", "missing_from", "reported_at")
#: What a page asks of a new version: who the child is stays as it is.
CHANGES = ("missing_from", "reported_at", "from_where", "returned_at", "found_where", "interviewed_at",
           "interview_refused")  # fmt: skip
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}/[0-9]{2}/[0-9]{4})[Tt ].+")
SPEC = Spec(
    COLUMNS, REQUIRED, frozenset({"from_where", "found_where", "interview_refused"}), ("updated_at", _MOMENT)
)
#: What `problems` calls otherwise than its column.
_CALLED = {"refused": "interview_refused"}
_NOBODY = UUID(int=0)
_OURS = f"{Register.EPISODE}-"
_BOTH = "either the child was talked to, or refused: leave one of them blank"
#: Why a row is put aside whose number is another child's: by that number nobody can tell whether it came in.
ANOTHER = (
    "another child than the version before of this number: neither replaces the other, so check the number; "
    "where only the name was mended, keep what is new on the page of the episode"
)
#: Why a row is put aside by which a force's system would take a child off the list whom it did not put there:
#: a token is its area's, and whoever found one takes nobody off (T12 alike).
ANOTHER_SOURCE = (
    "this system was not the first to tell of this episode, and by this row the child is back: check that, "
    "and keep it on the page of the episode"
)
_AHEAD = "in the future; write when your system last changed this episode"
Problems = list[tuple[str, str]]


def _reference(text: str) -> str:
    if text.upper().startswith(_OURS):
        raise Wrong(f"{shown(text)} is how this service numbers what its own page takes in")
    return at_most(REFERENCE)(text)


RULES: dict[str, Rule] = {
    "reference": _reference,
    "updated_at": moment,
    "child_surname": at_most(NAME),
    "child_forename": at_most(NAME),
    "child_dob": day,
    "child_nominal": at_most(NAME),
    "missing_from": moment,
    "reported_at": moment,
    "from_where": at_most(PLACE_LENGTH),
    "returned_at": moment,
    "found_where": at_most(PLACE_LENGTH),
    "interviewed_at": moment,
    "interview_refused": at_most(REFUSED),
}


class Told(NamedTuple):
    """One episode as it was told, every rule kept. `episode` names no case yet."""

    line: int
    said_at: datetime  # when the sender's system last changed it
    child: Party
    episode: Episode
    digest: bytes  # of all but when it was changed

    @property
    def reference(self) -> str:
        """The sender's own number for it."""
        return self.episode.reference


class Feed:
    """An open file of episodes, its header already found good."""

    def __init__(self, table: Table, now: datetime) -> None:
        self.header, self._table, self._now = table.header, table, now

    @property
    def warnings(self) -> list[str]:
        """What was odd so far: one line for each kind."""
        return self._table.warnings.texts()

    def rows(self) -> Iterator[Told | Rejected]:
        """Every row of data, accepted or rejected, in the file's order. To be called once."""
        for record in self._table.records():
            yield _row(record, self._now + CLOCKS_DIFFER) if isinstance(record, Record) else record


def open_feed(stream: BinaryIO, limit: int, now: datetime) -> Feed:
    """Check a file as a whole, `limit` bytes at most. Raises `feed_file.Refused`, with one clear line."""
    return Feed(Table(stream, limit, SPEC), now)


def _row(record: Record, now: datetime) -> Told | Rejected:
    found = accept(record.values, record.line, now)
    if isinstance(found, Told):
        return found
    (column, error), *also = found
    return Rejected(record.line, column, error, tuple(also), record.cells)


def accept(values: dict[str, str], line: int, now: datetime) -> Told | Problems:
    """A row, as trimmed texts by column with no blanks among them: an episode, or each column that is wrong.

    Nothing in it is later than `now`.
    """
    wrong = [*blanks(REQUIRED, values), *keep_rules(RULES, values)]
    if wrong:
        return _in_order(wrong)
    told = _told(values, line)
    unfit = [(_CALLED.get(name, name), _lower(why)) for name, why in problems(told.episode, now).items()]
    if told.said_at > now:
        unfit.append(("updated_at", _AHEAD))
    if told.episode.interviewed_at and told.episode.refused:
        unfit.append(("interview_refused", _BOTH))
    return _in_order(unfit) if unfit else told


def _in_order(wrong: Iterable[tuple[str, str]]) -> Problems:
    return sorted(wrong, key=lambda problem: COLUMNS.index(problem[0]))


def _lower(why: str) -> str:
    return why[:1].lower() + why[1:]


def _told(values: Mapping[str, str], line: int) -> Told:
    get = values.get
    dob = get("child_dob")
    child = Party(
        values["child_surname"], get("child_forename", ""), get("child_nominal", ""),
        dob=date.fromisoformat(dob) if dob else None,
    )  # fmt: skip
    episode = Episode(
        values["reference"], _NOBODY, _at(values["missing_from"]), _at(values["reported_at"]),
        _maybe(get("returned_at")), get("from_where", ""), get("found_where", ""),
        _maybe(get("interviewed_at")), get("interview_refused", ""),
    )  # fmt: skip
    return Told(line, _at(values["updated_at"]), child, episode, digest(child, episode))


def named(told: Told, reference: str) -> Told:
    """The same under another reference."""
    episode = replace(told.episode, reference=reference)
    return told._replace(episode=episode, digest=digest(told.child, episode))


def digest(child: Party, episode: Episode) -> bytes:
    """Sixteen bytes that tell whether two versions say the same, of the child too."""
    said = (child.surname, child.forename, child.nominal, child.dob)
    kept = (getattr(episode, one.name) for one in fields(episode) if one.name != "child_id")
    text = "\x1f".join("" if one is None else str(one) for one in (*said, *kept))
    return blake2b(text.encode(), digest_size=16).digest()


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe(text: str | None) -> datetime | None:
    return _at(text) if text else None


def as_typed(at: datetime | None) -> str:
    """A time as `moment` reads the same one back: in London's time; where that comes twice, the second
    with its offset."""
    if at is None:
        return ""
    local = at.astimezone(LONDON)
    plain = local.strftime("%d/%m/%Y %H:%M")
    odd = timedelta(seconds=at.second, microseconds=at.microsecond)
    same = _at(moment(plain)) == at - odd
    return plain if same else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


class Held(NamedTuple):
    """What is known of a version, to tell whether another is newer."""

    digest: bytes
    said_at: datetime
    current: bool
    returned_at: datetime | None = None
    from_file: bool = False


class Fate(NamedTuple):
    """What becomes of a version that comes in."""

    is_kept: bool  # as a version of its own
    is_current: bool  # in the place of the one before


NEW, SAME, NEWER, OLDER = Fate(True, True), Fate(False, True), Fate(True, True), Fate(True, False)
KNOWN = Fate(False, False)


def _still_missing(told: Told, current: Held, before: Iterable[Held]) -> bool:
    """Whether a force said that a child is not back after the time of a return that only a page tells of:
    the page's version is later because it was typed later."""
    is_news = all(told.said_at > one.said_at for one in before if one.from_file)
    back = current.returned_at
    return told.episode.returned_at is None and back is not None and told.said_at > back and is_news


def fate(told: Told, held: Iterable[Held]) -> Fate:
    """A repeated version changes nothing, a newer one takes the place of the current one, and an older one
    never does, however late it comes: it is kept beside it (Rulebook E1; T11 to T13 alike).

    Of two that were changed at one moment, the one that came later counts; and so does one by which the child
    is missing still, after the return that a page told of meanwhile (E3).
    """
    before = list(held)
    current = next((one for one in before if one.current), None)
    if current is None:
        return NEW
    if told.digest == current.digest:
        return SAME
    known = [one.said_at for one in before if one.digest == told.digest]
    if told.said_at > max([current.said_at, *known]) or (told.said_at == current.said_at and not known):
        return NEWER
    if _still_missing(told, current, before):
        return NEWER
    return KNOWN if known and told.said_at <= max(known) else OLDER
