"""Which of the area's lists takes each thing that is due (Rulebook P3, T11, T12).

Asked anew by every list that is built, of what no list has considered: a panel that was set up, changed or
taken off since leaves nothing between two of them. What no other panel takes is the daily list's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product

from agenda import calendar, list_days, rhythm
from agenda.calendar import to_utc
from agenda.incidents import Risk
from agenda.list_days import ListDay
from agenda.meetings import Window
from agenda.panel_rules import RULES, Facts, Rule, taken_by
from agenda.panels import DRAMM, Family, Panel, Works
from agenda.rules import RuleBroken
from meetingsvc import holidays
from meetingsvc.models import AreaRow
from meetingsvc.store import acting, lists, meeting_dates, panels
from meetingsvc.store.areas import settings_of
from meetingsvc.store.incidents import Due

#: What a victim and a perpetrator are known by.
_Pair = tuple[str, str]
#: The victim's nominal and name, and the perpetrator's.
Known = Sequence[object]


@dataclass(frozen=True, slots=True)
class Triaged:
    """One thing due, and what the rules of the daily list say of it."""

    due: Due
    reasons: str
    listed: bool  # the daily list would put it before its meeting, and not only consider it
    was_high: bool = False  # in an earlier version (T13)


def panel_of(area: AreaRow, code: str) -> Panel:
    """The area's panel of that code, where it has a list; raises RuleBroken where it has none."""
    found = panels.one(area, code)
    if found is None or found.works is not Works.LIST or found.family is not Family.ABUSE:
        raise RuleBroken(f"{area.title} has no panel {code[:10]} whose list is built.")
    return found


def window(area: AreaRow, panel: Panel, day: date) -> Window:
    """What its list of that day covers (Rulebook T1, P3); raises RuleBroken on a day without one."""
    settings, known = settings_of(area), holidays.known()
    if panel.code == DRAMM.code:
        found = calendar.window(day, settings, known)
    else:
        found = rhythm.window(panel.rhythm, day, panel.cut_off, calendar.days_off(settings, known))
    if day < area.lists_from:
        raise RuleBroken(f"The first list of {area.title} is that of {calendar.day_words(area.lists_from)}.")
    return found


def list_day(area: AreaRow, panel: Panel, day: date) -> ListDay:
    """The same as a page says it, with the days that fall into it."""
    if panel.code == DRAMM.code:
        window(area, panel, day)  # not before the area's first
        return list_days.list_day(day, settings_of(area), holidays.known())
    return ListDay(day, window(area, panel, day), ())


def days(area: AreaRow, panel: Panel, now: datetime, most: int) -> list[ListDay]:
    """The days of its next list and of those before it, the latest first."""
    off = calendar.days_off(settings_of(area), holidays.known())
    day = rhythm.covering(panel.rhythm, now, panel.cut_off, off)
    found: list[ListDay] = []
    while day is not None and day >= area.lists_from and len(found) < most:
        found.append(list_day(area, panel, day))
        day = rhythm.day_before(panel.rhythm, day, off)
    return found


def unbuilt(area: AreaRow, now: datetime) -> list[tuple[str, date]]:
    """Of each panel beside the daily meeting, by its code, the last list since it was set so that nobody has
    built though its window is over: what waits for it waits until somebody does (T12)."""
    found = []
    for panel in panels.set_up(area.id):
        row = panels.row(area.id, panel.code)
        if row and panel.works is Works.LIST and panel.family is Family.ABUSE:
            over = (told.window.end for told in days(area, panel, now, 3))
            last = next((calendar.local_day(end) for end in over if row.set_at < end <= now), None)
            with acting.whole_area(area.id):
                if last and lists.meeting_id(area.id, panel.code, last) is None:
                    found.append((panel.code, last))
    return found


def starts_at(area: AreaRow, panel: Panel, day: date) -> datetime:
    """When its meeting of that day starts."""
    if panel.code == DRAMM.code:
        return meeting_dates.daily_starts_at(area, day)
    return to_utc(datetime.combine(day, panel.starts))


def takers(
    triaged: Sequence[Triaged],
    every: Iterable[Panel],
    on_daily: Iterable[Known] = (),
    rules: Mapping[str, Rule] = RULES,
) -> list[str]:
    """Of each, the code of the one panel whose list takes it: always one that the area has (Rulebook T12).

    `on_daily` is by what the two people are known whom daily lists that are still open hear: their case is
    not torn apart either (T11).
    """  # fmt: skip
    there = [panel for panel in every if panel.works is Works.LIST]
    if len(there) == 1:
        return [there[0].code] * len(triaged)
    pairs = [_pairs(one.due.narrow[6:10]) for one in triaged]
    daily = {pair for known in on_daily for pair in _pairs(known)}
    codes = [_taker(one, there, rules, case_listed=False) for one in triaged]
    for _ in triaged:  # each turn moves one more to the daily list, or is the last
        daily |= {
            pair
            for one, code, own in zip(triaged, codes, pairs, strict=True)
            if code == DRAMM.code and one.listed for pair in own
        }  # fmt: skip
        found = [
            _taker(one, there, rules, case_listed=True) if own & daily else code
            for one, code, own in zip(triaged, codes, pairs, strict=True)
        ]
        if found == codes:
            break
        codes = found
    return codes


def _taker(one: Triaged, there: Iterable[Panel], rules: Mapping[str, Rule], *, case_listed: bool) -> str:
    """What was high risk and still qualifies for the daily list is put off to no other: the list never lowers
    what the police said (T13). What does not qualify there is heard where it can be."""
    told = frozenset(one.reasons.split())
    risk = Risk.HIGH if one.was_high and told - {"T5"} else Risk(one.due.narrow[2])
    facts = Facts(risk, told, domestic=bool(told), case_listed=case_listed)
    return taken_by(facts, there, rules) or DRAMM.code


def _pairs(known: Known) -> frozenset[_Pair]:
    """By what its two people are known. Two that share one are of one case, or of people of one name: then
    the daily list has both, which is sooner (T11)."""
    victim_nominal, victim_name, perpetrator_nominal, perpetrator_name = map(str, known)
    victims = {victim_nominal, victim_name} - {""}
    return frozenset(product(victims, {perpetrator_nominal, perpetrator_name} - {""} or {""}))
