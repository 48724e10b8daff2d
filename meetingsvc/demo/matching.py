"""People of Northmoor who come back under another spelling: one pair made one, another still to decide."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random

from meetingsvc.invented import incidents
from meetingsvc.invented.families import Family
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, list_page
from meetingsvc.store import matching_proposals as matches
from meetingsvc.store.matching_proposals import Match, State
from meetingsvc.usecases import matching_decisions, proposals

_A_YEAR, A_MINUTE = timedelta(days=330), timedelta(minutes=1)
_NUMBER = 690_000
_MEANWHILE = "The meeting starts at eleven; the police look the name up meanwhile."
_SURE = 6.0  # bits: for the demonstration, which nobody is hurt by


def comes_back(
    heard: Sequence[tuple[Family, date]], at: datetime, last: bool, chance: Random
) -> Iterator[dict[str, str]]:
    """A further incident on a case heard before, its victim spelt otherwise and without a number."""
    recent = [family for family, on in heard if at.date() - on < _A_YEAR and family.perpetrator.nominal]
    family = recent[-1 if last else 0]
    victim = family.victim._replace(surname=_misspelt(family.victim.surname), nominal="")
    told = incidents.row(
        _NUMBER + last, family._replace(victim=victim), at, chance, "standard" if last else "high"
    )
    him = family.perpetrator
    yield told | {
        "domestic": "Y", "perpetrator_nominal": him.nominal, "perpetrator_forename": him.forename,
        "perpetrator_surname": him.surname, "perpetrator_dob": str(him.dob),
    }  # fmt: skip


def _misspelt(surname: str) -> str:
    """One letter is written twice, or once."""
    for at, letter in enumerate(surname[1:], 1):
        if letter == surname[at - 1]:
            return surname[:at] + surname[at + 1 :]
    return f"{surname[:2]}{surname[1:]}"


def decide(coordinator: Principal, chair: Principal, day: date, last: bool, now: datetime) -> None:
    """The coordinator looks at the day's near matches, and the list is circulated; at the end one waits."""
    with acting.acting(coordinator):
        found = list_page.built(coordinator, day)
        if found is None:
            return
        near, held = matches.on_list(coordinator, found.id, now), matches.held(coordinator, found.id)
    for place, match in enumerate(one for one in near if one.undecided and not last):
        _say(coordinator, chair, match, place, now)
    if held:
        reason = _MEANWHILE if last else "Every near match of the list is decided."
        matching_decisions.circulate(coordinator, day, reason, now + A_MINUTE)


def _say(coordinator: Principal, chair: Principal, match: Match, place: int, now: datetime) -> None:
    at = now + place * timedelta(seconds=5)
    if match.score > _SURE:
        reason = "The same birth date, and he is the same man. The surname is a letter apart."
        matching_decisions.decide(coordinator, match.id, State.SAME, reason, at)
        with acting.acting(chair):
            waiting = proposals.waiting_for(chair, at)
        for told in waiting:
            if told.subject == matches.subject(match.id):
                proposals.decide(chair, told.id, True, "", at)
        return
    reason = "Another birth date and another street."
    matching_decisions.decide(coordinator, match.id, State.DIFFERENT, reason, at)
