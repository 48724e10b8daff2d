"""The MARAC's update on a decision to disclose, before the police disclose (Rulebook C3, C4, Y1; DM).

The daily meeting decides; the MARAC is told, and each agency confirms that it holds nothing that affects the
disclosure or how it is made, or says what it holds. The police weigh that before they disclose. A fortnight
may be too long: where the risk does not wait, they go ahead and say why, and the MARAC is told all the same.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum

from agenda import disclosure_scheme
from agenda.calendar import day_words
from agenda.confirmations import Said
from agenda.moves import Move, Who


class State(StrEnum):
    """How far the update is."""

    NOT_TOLD = "not known to the MARAC yet"
    ASKED = "with the agencies for their answers"
    AFFECTED = "affected by what an agency holds"
    UPDATED = "known to the MARAC, with nothing against it"
    URGENT = "not waiting, and not known to the MARAC yet"
    URGENT_ASKED = "not waiting, with the agencies for their answers"


class Step(StrEnum):
    """What is done next."""

    ASK = "circulate it to the MARAC"
    CONFIRM = "every agency has answered"
    HEAR = "the MARAC has sat"
    ADD = "say what is held"
    WEIGH = "weigh what is held"
    GO_AHEAD = "do not wait to tell the MARAC"
    GO_AHEAD_ASKED = "do not wait for the answers"
    ASK_SINCE = "circulate it to the MARAC afterwards"


_BOTH_ASKED = frozenset({State.ASKED, State.URGENT_ASKED})
_POLICE, _COORDINATOR, _SERVICE = (frozenset({who}) for who in (Who.POLICE, Who.COORDINATOR, Who.SERVICE))
_NO_WAITING = "Say why the risk does not wait"

#: What an agency holds is weighed first, whenever it says so: nobody goes ahead past it. Once weighed, the
#: agencies that have not answered are waited for again.
MOVES: Mapping[Step, Move[State]] = {
    Step.ASK: Move(frozenset({State.NOT_TOLD}), State.ASKED, _COORDINATOR),
    Step.CONFIRM: Move(_BOTH_ASKED, State.UPDATED, _SERVICE),
    Step.HEAR: Move(_BOTH_ASKED, State.UPDATED, _SERVICE),
    Step.ADD: Move(
        _BOTH_ASKED | {State.UPDATED},
        State.AFFECTED,
        frozenset({Who.AGENCY}),
        "Say what you hold that affects the disclosure, or how it is made",
    ),
    Step.WEIGH: Move(
        frozenset({State.AFFECTED}), State.ASKED, _POLICE, "Say what it changes in the disclosure"
    ),
    Step.GO_AHEAD: Move(frozenset({State.NOT_TOLD}), State.URGENT, _POLICE, _NO_WAITING),
    Step.GO_AHEAD_ASKED: Move(frozenset({State.ASKED}), State.URGENT_ASKED, _POLICE, _NO_WAITING),
    Step.ASK_SINCE: Move(frozenset({State.URGENT}), State.URGENT_ASKED, _COORDINATOR),
}

#: The steps by which the police do not wait.
GOES_AHEAD = frozenset({Step.GO_AHEAD, Step.GO_AHEAD_ASKED})

_NOT_YET = {
    State.NOT_TOLD: "The MARAC has not been told of it yet. Where the risk does not wait, say so first.",
    State.ASKED: "Agencies have not all answered yet. Where the risk does not wait, say so first.",
    State.AFFECTED: "An agency holds something that affects the disclosure. Weigh it first.",
}

#: Of a case that the MARAC discusses no agency is asked before it (Rulebook C3).
_DISCUSSED = "with the MARAC, which discusses the case and has recorded nothing of it yet"
_NOT_DISCUSSED_YET = (
    "The MARAC discusses this case, and has recorded nothing of it yet. Where the risk does not wait, say so "
    "first."
)


def all_answered(said: Iterable[Said]) -> bool:
    """Whether every agency asked has said something; nobody asked is nobody heard (Rulebook C3)."""
    told = tuple(said)
    return bool(told) and Said.LATER not in told


def stands(
    asked: bool,
    sat: bool,
    answers: Collection[Said],
    held: Iterable[datetime],
    taken: Iterable[tuple[Step, datetime]],
) -> State:
    """How far it is, by what agencies answered and the police did (Rulebook C3, C4).

    What an agency holds comes before everything else: `held` says when, at whichever MARAC it was said. What
    was said after it was last weighed is weighed again, and a going ahead from before counts no more.
    """
    steps = tuple(taken)
    weighed = max((at for step, at in steps if step is Step.WEIGH), default=None)

    def since(at: datetime) -> bool:
        return weighed is None or at >= weighed  # in doubt, it is weighed again

    if any(map(since, held)):
        return State.AFFECTED
    if asked and (sat or all_answered(answers)):
        return State.UPDATED
    urgent = any(step in GOES_AHEAD and since(at) for step, at in steps)
    if asked:
        return State.URGENT_ASKED if urgent else State.ASKED
    return State.URGENT if urgent else State.NOT_TOLD


def state_words(state: State, discussed: bool) -> str:
    """How far it is, as people read it; `discussed` by the MARAC, where no agency is waited for (C3)."""
    return _DISCUSSED if discussed and state is State.ASKED else state.value


def not_yet(
    state: State, step: disclosure_scheme.Step, tells_marac: bool = True, discussed: bool = False
) -> str | None:
    """Why the police cannot tell anybody yet; None where they can, or where the step tells nobody (C4).

    `tells_marac`: areas differ in whether applications reach the MARAC; where none does, none is waited for.
    """
    if not tells_marac or step not in disclosure_scheme.TELLS:
        return None
    return _NOT_DISCUSSED_YET if discussed and state is State.ASKED else _NOT_YET.get(state)


def sits_too_late(sits_on: date | None, by: date) -> str | None:
    """What is said where waiting for the MARAC would take longer than the scheme allows (Rulebook Y1)."""
    if sits_on is not None and sits_on <= by:
        return None
    sits = f"The next MARAC sits on {day_words(sits_on)}" if sits_on else "No MARAC is planned"
    return f"{sits}, and this has to be done by {day_words(by)}. Do not wait for it: say why, and go ahead."
