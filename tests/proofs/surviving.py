"""Which mutants live, and which may: those that change nothing, each with its reason."""

from collections.abc import Callable

import pytest
from flask import has_app_context

from meetingsvc.models import db
from meetingsvc.store import fence
from tests.proofs import LONG, figure
from tests.proofs.mutation import Mutant, applied

SAID = "killed {killed} of {made}, of them {refused} by breaking or at the fence; {same} change nothing"
_ELSEWHERE = "what happened in another area is nobody's here anyway; it lets an index be used"
_WHOSE = "every session that is stored says whose it is"
_OF_A_CASE = "every proposal of its kind is about a case"
_OF_STAFF = "only what the matching proposed keeps a case from the agencies"
_OF_NO_CASE = "what is of no case no wall or restriction keeps"
_OF_ITS_CASE = "its case's area is asked already"
#: What can be left out without any change, and why: no test can tell.
SAME = {
    "meetings_of: without reader.signed_on is None": "no agency is a signatory without the day it signed",
    "actions_of: without ActionRow.area_id == reader.area_id": "its item's area is asked already",
    "flags_of: without FlagRow.area_id == reader.area_id": "its case's area is asked already",
    "complaints_of: without row.case_id.is_(None)": _OF_NO_CASE,
    "disagreements_of: without row.case_id.is_(None)": _OF_NO_CASE,
    "requests_of: without mine": _OF_ITS_CASE,
    "reviews_of: without mine": _OF_ITS_CASE,
    "asks_of: without mine": _OF_ITS_CASE,
    "sharing_of: without here": "its case's area is asked already, or whose it is",
    "shown_to: without _in_area(ComplaintRow, principal)": _ELSEWHERE,
    "shown_to: without _in_area(BreachRow, principal)": _ELSEWHERE,
    "_breaches_destroyed: without row.area_id == principal.area_id": _ELSEWHERE,
    "listed_under: without ItemRow.area_id == version.area_id": _ELSEWHERE,
    "_authorised: without action == sqlite3.SQLITE_READ": "refuses more, and never less",
    "_is_column: without last == '('": "no statement says a percent sign, a word and a table",
    "of_people: without named.area_id == known.area_id": _ELSEWHERE,
    "asked: never account.disabled_at": "nobody is read of an account that is disabled",
    "asked: without not kept": "where nothing is kept back there is no ground to give either",
    "_kept: never not thing.about": "of no case nothing is kept; it saves asking",
    "_kept: without parties": "they are read again, to the same effect",
    "grounds: without state is WallState.LIFTED": "a wall that stands has refused before",
    "_opened: without CaseRow.id.in_(thing.about)": "reads more, and asks of the same",
    "_opened: without part.in_(thing.about)": "reads more, and asks of the same",
    "_opened: without asked_of.in_(thing.about)": "reads more, and asks of the same",
    "_walls: without row.case_id.in_(list(case_ids))": "reads more, and asks of the same",
    "of_others: never db.engine.dialect.name == 'postgresql'": "row-level security keeps them as well",
    "_half_open: always account_id": _WHOSE,
    "_keep: without account_id is None": _WHOSE,
    "_keep: without ''": "no blueprint is called nothing",
    "Session.__init__: without _USER in data": _WHOSE,
    "Sessions.open_session: never state is State.VISITOR": "a visitor's state opens nothing of its row",
    "Sessions._state: never _USER not in row.data": _WHOSE,
    "Sessions.save_session: never not isinstance(session, Session)": "no other class makes sessions",
    "Sessions.save_session: without session.key": "what has no key has no row to end",
    "_standing: always restrictions.may_open(who, case_id)": "a wall on a closed case is not found either",
    "_lift: without told.case_id is None": _OF_A_CASE,
    "_carry_out: without told.case_id is None": _OF_A_CASE,
    "_end: without told.case_id is None": _OF_A_CASE,
    "_carry_out: without refuse_hidden(confirmer, told.case_id)": "nobody decides about a closed case",
    "propose_for_staff: without row.state == RestrictionState.PROPOSED": _OF_STAFF,
    "propose_for_staff: without row.employer_id": _OF_STAFF,
    "_opened: never row.half is None": "a half is kept as long as its time is",
    "contributed: never db.engine.dialect.name == 'postgresql'": "asked on SQLite alone, where it never is",
    "of_others: without _CASE.family.in_(others)": "who hears no domestic abuse reads nothing anyway",
    "of_others: without _CASE.family != ABUSE": "it is none of these; it lets an index be used",
    "takers: never len(there) == 1": "it saves asking where one list takes everything",
    "takers: never found == codes": "it saves turns that move nothing",
    "takers: without if panel.works is Works.LIST": "no agenda takes anything by a rule",
    "taken_by: without if panel.works is Works.LIST": "no agenda takes anything by a rule",
    "touched: without not token['other']": "no table is called by a single sign",
}


def is_same(mutant: Mutant) -> bool:
    """Whether it is known to change nothing."""
    return f"{mutant.function}: {mutant.what}" in SAME


def sampled(made: list[Mutant], every: int) -> list[Mutant]:
    """All of them in the long form; else some, and none that is known to change nothing."""
    return made if LONG else [mutant for mutant in made if not is_same(mutant)][::every]


def survivors(made: list[Mutant], notices: Callable[[], bool], by_itself: bool = True) -> list[str]:
    """Those that nothing notices; the figure counts the others.

    `by_itself`: also that nothing is noticed once all is whole again, where no other test says so.
    """
    alive, refused, same = [], 0, 0
    for mutant in made:
        seen, broke = _seen(mutant, notices)
        refused += broke
        if not seen and is_same(mutant):
            same += 1
        elif not seen:
            alive.append(str(mutant))
    assert not (by_itself and notices()), "noticed, though everything is whole again"
    figure("mutation", SAID, killed=len(made) - len(alive) - same, made=len(made), refused=refused, same=same)
    return alive


def _seen(mutant: Mutant, notices: Callable[[], bool]) -> tuple[bool, bool]:
    """Whether it is noticed, and whether by breaking."""
    judges = mutant.module == fence.__name__  # what other modules ask in, the fence judges as ever
    with applied(mutant):
        if judges:
            fence.kind.cache_clear()
        try:
            return notices(), False
        except (AssertionError, pytest.fail.Exception):
            return True, False
        except Exception:  # a mutant may break anything
            return True, True
        finally:
            if judges:
                fence.kind.cache_clear()
            if has_app_context():
                db.session.rollback()
