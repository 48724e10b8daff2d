"""Telling of a missing episode on a page: the immediate risk first, then the times and places (E1, E3)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from werkzeug.exceptions import NotFound

from agenda import immediate_risk, missing_feed
from agenda.feed_values import clean
from agenda.immediate_risk import Asked, Immediate
from agenda.incidents import Party
from agenda.meetings import case_reference
from agenda.missing_feed import CHANGES, Told, as_typed
from agenda.panels import Family
from agenda.references import Register
from agenda.rules import RuleBroken
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, exploitation_referrals, panels, references, subjects
from meetingsvc.store import episodes as store
from meetingsvc.store.episodes import By, Version
from meetingsvc.usecases import episode_notices, episode_versions
from meetingsvc.usecases.exploitation_referrals import NOBODY, words
from meetingsvc.usecases.transaction import saved_by

CHANGED = "Somebody has changed this episode since you opened it. Read it as it is now. Nothing was kept."
IN_USE = "This reference is in use for another episode. Check it, or leave it blank"
_FIRST = "before-"  # how the page calls the fields of the first question
_NOT_YET = "-"  # in the place of a reference that is still to be given
_ENTER = {
    "child_surname": "Enter the child's surname",
    "missing_from": "Enter when the child went missing",
    "reported_at": "Enter when the child was reported missing",
}
_TIMES = {"missing_from", "reported_at", "returned_at", "interviewed_at"}
_LEAST = timedelta(microseconds=1)
Problems = dict[str, str]


@dataclass(frozen=True, slots=True)
class Answered:
    """The first question as it was answered; `read`: the words on the page were those of today."""

    answer: str
    done: str
    read: bool

    def asked(self, area_id: UUID, now: datetime) -> Asked:
        """With what was said."""
        answer = Immediate(self.answer) if self.answer in set(Immediate) else None
        said = words(area_id) if self.read else ""
        return Asked(answer, said, now if self.read else None, self.done.strip())


def first(principal: Principal, answered: Answered, now: datetime) -> Problems:
    """The first question alone; what keeps the page from going on (Rulebook E3)."""
    with saved_by(principal, Permission.EPISODE_TELL, now) as who:
        _refuse(who)
        asked = answered.asked(who.area_id, now)
        _say_asked(who, asked, now)
        return _of_first(immediate_risk.problems(asked))


def _of_first(problems: Problems) -> Problems:
    return {f"{_FIRST}{name}": why for name, why in problems.items()}


def _refuse(who: Principal) -> None:
    """Who does not tell of episodes has no such page; where nobody would read it, it is not taken."""
    if not store.tells(who):
        raise NotFound
    if not panels.is_run(who.area_id, Family.EXPLOITATION):
        raise RuleBroken(NOBODY)


def _say_asked(who: Principal, asked: Asked, now: datetime) -> None:
    """That it was said whom to call is on the trail, whether an episode follows or not."""
    if asked.answer and asked.said_at:
        about = f"area/{who.area_id}"
        audit.record(who.account_id, who.area_id, "risk.asked", about, now, answer=asked.answer)


def add(
    principal: Principal, typed: Mapping[str, str], answered: Answered, now: datetime
) -> UUID | dict[str, str]:
    """A new episode, of a child who has a case or gets one; else what keeps it from being kept, by field."""
    with saved_by(principal, Permission.EPISODE_TELL, now) as who:
        _refuse(who)
        areas.hold(who.area_id)
        asked = answered.asked(who.area_id, now)
        told, problems = _read({**_cleaned(typed), "updated_at": now.isoformat()}, now)
        problems |= _of_first(_unanswered(asked, told))
        if told is None or problems:
            _say_asked(who, asked, now)
            return problems
        if told.reference == _NOT_YET:
            told = missing_feed.named(told, references.taken(who.area_id, Register.EPISODE))
        if store.of_references(who, [told.reference]):
            return {"reference": IN_USE}
        if _held(who, told.reference):  # of one that they may not read, and learn nothing of (M6)
            told = missing_feed.named(told, references.taken(who.area_id, Register.EPISODE))
        return _keep(who, told, [], asked, now)


def _held(who: Principal, reference: str) -> list[Version]:
    """Every version of an episode, whoever may read it."""
    with acting.whole_area(who.area_id):
        return store.of_references(acting.Host(who.area_id), [reference]).get(reference, [])


def change(
    principal: Principal, episode_id: UUID, typed: Mapping[str, str], was: str, answered: Answered,
    now: datetime,
) -> UUID | dict[str, str]:  # fmt: skip
    """A newer version: back, talked to, refused, or put right. What came before stays.

    `was` is the version that the page showed. Of a child who is missing the first question is asked again
    where something has happened since it was (Rulebook E3).
    """
    with saved_by(principal, Permission.EPISODE_TELL, now) as who:
        areas.hold(who.area_id)
        versions = store.one(who, episode_id)
        before = now_of(versions)
        if before is None or not store.tells(who):
            raise NotFound
        if str(before.version) != was:
            raise RuleBroken(CHANGED)
        told, problems = _read(_over(before, typed, now), now)
        asked = answered.asked(who.area_id, now)
        if told is not None:
            told = missing_feed.named(told._replace(child=Party(before.child)), before.episode.reference)
            if told.episode.returned_at is None and asks_again(who, versions, before):
                problems |= _of_first(_unanswered(asked, told))
        if told is None or problems:
            _say_asked(who, asked, now)
            return problems
        return _keep(who, told, versions, asked, now)


def may_be(who: Principal, case_id: UUID) -> list[str]:
    """The children whom a missing one may be, of those whose case is open to who runs exploitation (M6)."""
    with acting.whole_area(who.area_id):
        others = [other for one, other in subjects.alike(who.area_id, [case_id]) if one == case_id]
    numbers = (exploitation_referrals.child(who, other) for other in others)
    return [case_reference(number) for number in numbers if number]


def now_of(versions: list[Version]) -> Version | None:
    """The current one."""
    return next((one for one in versions if one.current), None)


def asks_again(who: Principal, versions: list[Version], before: Version) -> bool:
    """Whether the first question is to be asked before a version by which the child is missing: nobody was
    asked, something came in since, or the child had been back (Rulebook E3)."""
    last = next(reversed(store.asked(who, versions)), Asked())
    return before.episode.returned_at is not None or immediate_risk.asked_again(last, before.told_at)


def _unanswered(asked: Asked, told: Told | None) -> Problems:
    is_missing = told is not None and told.episode.returned_at is None
    return {**immediate_risk.contradicts(asked, is_missing), **immediate_risk.problems(asked)}


def _cleaned(typed: Mapping[str, str]) -> dict[str, str]:
    texts = {name: clean(text, name in missing_feed.SPEC.prose)[0] for name, text in typed.items()}
    told = {name: text for name, text in texts.items() if text}
    return {"reference": _NOT_YET, **told}


def _over(before: Version, typed: Mapping[str, str], now: datetime) -> dict[str, str]:
    """What was typed of a version, over the one before: a time that was left as it was keeps its seconds."""
    held = before.episode
    told = {name: text for name, text in _cleaned(typed).items() if name in CHANGES}
    for name in _TIMES & told.keys():
        at = getattr(held, name)
        told[name] = at.isoformat() if told[name] == as_typed(at) else told[name]
    later = max(now, before.said_at + _LEAST)  # a force's clock may be ahead: what is told here is newer
    return {"reference": _NOT_YET, "updated_at": later.isoformat(), "child_surname": _NOT_YET, **told}


def _read(values: dict[str, str], now: datetime) -> tuple[Told | None, Problems]:
    said_at = datetime.fromisoformat(values["updated_at"])
    found = missing_feed.accept({**values, "updated_at": now.isoformat()}, 0, now)
    if isinstance(found, Told):
        return found._replace(said_at=said_at), {}
    problems = {column: why[:1].upper() + why[1:] for column, why in reversed(found)}
    return None, problems | {name: ask for name, ask in _ENTER.items() if name not in values}


def _keep(who: Principal, told: Told, held: list[Version], asked: Asked, now: datetime) -> UUID:
    """Inside a transaction that holds the area. Whoever tells may be kept from the child's case (M6)."""
    agency = None if who.runs_exploitation else who.agency_id
    before = now_of(held)
    if before is not None and told.episode == replace(before.episode, child_id=told.episode.child_id):
        key, case_id = before.id, before.episode.child_id  # nothing is new but the answer
    else:
        every = _held(who, told.reference)
        with acting.whole_area(who.area_id):
            by = By(who.account_id, agency)
            if before is not None and before.is_apart:
                came = episode_versions.beside(who.area_id, told, every, by, now)
            else:
                came = episode_versions.take(who, told, every, by, now)
            if came.episode_id is None or came.case_id is None:
                raise RuleBroken(CHANGED)
            key, case_id = came.episode_id, came.case_id
            if came.is_missing:
                episode_notices.tell(who.area_id, [case_id], now, but=who.account_id)
        audit.record(who.account_id, who.area_id, _what(told, before), f"case/{case_id}", now, episode=key)
    if asked.answer and asked.said_at:
        with acting.whole_area(who.area_id):
            store.keep_asked(who.area_id, key, asked, who.account_id, now)
        about = f"case/{case_id}"
        audit.record(who.account_id, who.area_id, "risk.asked", about, now, answer=asked.answer)
    return key


def _what(told: Told, before: Version | None) -> str:
    if before is None:
        return "episode.recorded"
    came_back = told.episode.returned_at is not None and before.episode.returned_at is None
    return "episode.returned" if came_back else "episode.changed"
