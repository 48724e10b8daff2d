"""Old cases of Northmoor whose yearly review is due, all invented: one is held, one was destroyed."""

import io
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from flask import current_app

from agenda.calendar import local_day
from agenda.history import SPEC
from meetingsvc.demo.chance import for_day
from meetingsvc.invented import incidents
from meetingsvc.invented.families import families
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, ledger
from meetingsvc.store import retention as store
from meetingsvc.store.retention import Kept
from meetingsvc.usecases import destroying, history, holds, retention
from minutes.holds import Why
from minutes.retention_asks import Holds
from minutes.retention_case import Outcome

People = Mapping[str, Principal]
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
_OLD = (432, 418, 405)  # days ago
_LIMIT = 1024 * 1024
_KEEP = "He is out on licence, and has asked a relative for her address."
_HOLD = "The family court has asked that nothing of the case is destroyed before its final hearing."
_DESTROY = "She moved abroad a year ago, and no agency knows of any risk since."


def tell(people: People, goes_live: date, now: datetime) -> None:
    """One night and what was decided on it: a review is proposed, one is held, one was carried out."""
    _heard_long_ago(people["coordinator"], goes_live, now)
    retention.fall_due(now)
    clear = _clear(people["coordinator"], now)
    if len(clear) < 3:
        return
    gone, proposed, held = clear
    retention.propose(
        people["coordinator"], proposed.id, Outcome.KEEP_ALL, True, (), _KEEP, now + A_MINUTE
    )  # fmt: skip
    holds.set_hold(people["governance"], held.case_id, Why.COURT, _HOLD, now + 2 * A_MINUTE)
    _destroy(people, gone, now + 3 * A_MINUTE)


def _heard_long_ago(coordinator: Principal, goes_live: date, now: datetime) -> None:
    """Three cases of the old register of which nothing was heard since."""
    today = local_day(now)
    old = families(40 + len(_OLD), today, for_day(goes_live, "long ago"))[40:]  # grown up by then
    rows = [
        incidents.history_row(900 + place, family, today - days * A_DAY)
        for place, (family, days) in enumerate(zip(old, _OLD, strict=True))
    ]
    register = io.BytesIO(incidents.as_csv(rows, SPEC.columns))
    history.take_in(coordinator.area_id, register, "marac-register-older.csv", _LIMIT, now, today)


def _clear(coordinator: Principal, now: datetime) -> list[Kept]:
    """The reviews that are due of cases that nothing holds or needs, the three newest of them."""
    found: list[Kept] = []
    with acting.acting(coordinator):
        for one in reversed(store.to_do(coordinator, local_day(now))):
            case = retention.whole(coordinator, one, now).now
            if not case.held and not case.in_use:
                found.append(one)
            if len(found) == 3:
                break
    return found


def _destroy(people: People, gone: Kept, now: datetime) -> None:
    """By two, with the leave of who supplied anything; not where an earlier telling's ledger lies here."""
    settings = current_app.config["SETTINGS"]
    if ledger.entries(settings):
        return
    for who in people.values():
        if not who.may(Permission.RETENTION_ANSWER):
            continue
        with acting.acting(who):
            open_ = store.asked_of(who, open_only=True)
        for key in [one.id for one in open_ if one.case_id == gone.case_id]:
            retention.answer(who, key, Holds.DESTROYED, True, now)
    retention.propose(people["coordinator"], gone.id, Outcome.DESTROY, False, (), _DESTROY, now + A_MINUTE)
    retention.decide(people["chair"], gone.id, 1, now + 2 * A_MINUTE)
    destroying.destroy_decided(settings, now + 3 * A_MINUTE)
