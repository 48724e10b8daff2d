"""What one person types about a case while the meeting hears it, and how it meets what another typed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from agenda.calendar import day_words
from agenda.circulation import DISCLOSURE_APPLICATION, Proposal, is_disclosure_only, propose
from minutes import actions, clarifications, crimes, notes, plan
from minutes import outcome as outcomes
from minutes.actions import Action
from minutes.clarifications import Clarification
from minutes.crimes import Crime
from minutes.feedback import Telling
from minutes.notes import Note
from minutes.outcome import Outcome
from minutes.plan import Review

#: An entry of a case: its kind, its reference, and whether it is an application withdrawn since.
Listed = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a case before the meeting judges it, as the circulation group needs it (C1)."""

    disclosure_only: bool  # every entry is a disclosure application
    repeat: bool
    at_marac: bool = False  # which refers nothing, and is told what to disclose (C4)
    applications: tuple[str, ...] = ()  # those that the meeting decides on, each by itself (C4)

    @classmethod
    def of(cls, entries: Iterable[Listed], repeat: bool, at_marac: bool = False) -> "Facts":
        """From the case's entries, and whether the list took it as a repeat (T6). Nothing is decided on an
        application that was withdrawn (Y1)."""
        entries = list(entries)
        told = [reference for kind, reference, withdrawn in entries
                if kind == DISCLOSURE_APPLICATION and not withdrawn]  # fmt: skip
        only = is_disclosure_only([kind for kind, *_ in entries])
        return cls(only, repeat, at_marac, tuple(dict.fromkeys(told)))

    def proposal(self, safeguards_in_place: bool) -> Proposal:
        """The group the service proposes, and why."""
        return propose(self.disclosure_only, self.repeat, safeguards_in_place)


@dataclass(frozen=True, slots=True)
class Recording:
    """Everything on the form. Rows have an id from the start: a form sent twice adds nothing twice."""

    version: int  # of the outcome the person saw; 0 for none
    outcome: Outcome
    actions: Mapping[UUID, Action] = field(default_factory=dict)
    known: frozenset[UUID] = frozenset()  # actions that had been saved when the form was opened
    removed: frozenset[UUID] = frozenset()  # of those, the ones this person takes away
    notes: Mapping[UUID, Note] = field(default_factory=dict)
    clarifications: Mapping[UUID, Clarification] = field(default_factory=dict)
    crimes: Mapping[UUID, Crime] = field(default_factory=dict)
    reviews: Mapping[UUID, Review] = field(default_factory=dict)  # by the action of an earlier meeting (M3)
    telling: Telling | None = None  # None: as it is kept, or by default (F1, F2)
    unreadable: Mapping[str, str] = field(default_factory=dict)  # fields that could not be read, and why


@dataclass(frozen=True, slots=True)
class Owners:
    """The agencies that a meeting may give something to, and the police among them."""

    agencies: frozenset[UUID]
    police: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which two people's outcomes differ, in words."""

    what: str
    theirs: str
    yours: str


def proposal(outcome: Outcome, facts: Facts) -> Proposal | None:
    """The proposed group; None where not referred, or safeguards are not judged yet (Rulebook C1)."""
    if facts.at_marac or not outcome.refer or outcome.in_place is None:
        return None
    return facts.proposal(outcome.in_place)


def confirmed(outcome: Outcome, facts: Facts) -> Outcome:
    """Whoever saves without choosing a group confirms the proposed one: the page shows it (Rulebook C1).

    A MARAC refers nothing: the case is where daily meetings send theirs.
    """
    if facts.at_marac:
        return replace(outcome, refer=False, group=None, group_reason="")
    proposed = proposal(outcome, facts)
    if proposed is None or outcome.group is not None:
        return outcome
    return replace(outcome, group=proposed.group)


def problems(
    told: Recording, facts: Facts, kept: Mapping[UUID, Action], owners: Owners, today: date
) -> dict[str, str]:
    """What keeps the whole from being saved, by field; empty where nothing does (D2, D3, A1, R2, C4, M3).

    `kept` are the actions as saved before: one that is left as it was is not judged anew.
    """
    agencies = owners.agencies
    found = _outcome_problems(told.outcome, facts)
    for key, action in told.actions.items():
        if action != kept.get(key):
            found |= _prefixed(f"action-{key}", actions.problems(action, agencies, today))
    for key, note in told.notes.items():
        found |= _prefixed(f"note-{key}", notes.problems(note, agencies))
    for key, clarification in told.clarifications.items():
        found |= _prefixed(f"clarification-{key}", clarifications.problems(clarification, today))
    for key, crime in told.crimes.items():
        found |= _prefixed(f"crime-{key}", crimes.problems(crime, agencies, owners.police))
    for key, review in told.reviews.items():
        found |= _prefixed(f"review-{key}", plan.problems(review))
    return found | dict(told.unreadable)


def _outcome_problems(outcome: Outcome, facts: Facts) -> dict[str, str]:
    proposed = proposal(outcome, facts)
    found = outcomes.problems(outcome, proposed.group if proposed else None)
    if facts.at_marac:
        return found | outcomes.marac_problems(outcome, facts.disclosure_only)
    return found | outcomes.disclosure_problems(outcome, facts.applications)


def _prefixed(row: str, found: Mapping[str, str]) -> dict[str, str]:
    return {f"{row}-{name}": problem for name, problem in found.items()}


def differences(
    theirs: Outcome,
    their_actions: Mapping[UUID, Action],
    mine: Recording,
    owners: Mapping[UUID, str],
) -> tuple[Difference, ...]:
    """Field by field, where what another person saved meanwhile differs from what is about to be saved."""
    pairs = zip(_outcome_words(theirs), _outcome_words(mine.outcome), strict=True)
    found = [Difference(what, a, b) for (what, a), (_, b) in pairs if a != b]
    return tuple(found) + tuple(_action_differences(their_actions, mine, owners))


def words(
    outcome: Outcome,
    set_actions: Iterable[Action],
    owners: Mapping[UUID, str],
    reviews: Iterable[tuple[str, Review]] = (),
) -> tuple[tuple[str, str], ...]:
    """An outcome with its actions, and what it says of each action planned before, each answer by its name:
    as it is kept when it is saved again (R1, M3)."""
    said = [(what, text) for what, text in _outcome_words(outcome) if text]
    of_plan = ((f"Planned: {what}", _review_words(review)) for what, review in reviews)
    return (*said, *of_plan, *(("Action", _action_words(action, owners)) for action in set_actions))


def _review_words(review: Review) -> str:
    verdict = review.verdict.label if review.verdict else ""
    return ": ".join(filter(None, (verdict, review.text)))


def _outcome_words(told: Outcome) -> Iterator[tuple[str, str]]:
    yield "Risk", told.risk.value if told.risk else ""
    ticks = {tick.safeguard: tick for tick in told.safeguards}
    for safeguard in outcomes.Safeguard:
        tick = ticks.get(safeguard)
        yield safeguard.label, _tick_words(tick) if tick else "no"
    yield "Safeguards in place", _yes_no(told.in_place)
    yield "Disclose under the scheme", "; ".join(_disclosure_words(told))
    yield "Refer to MARAC", _yes_no(told.refer)
    yield "Why not referred", told.not_referred
    yield "Circulation group", told.group.label if told.group else ""
    yield "Reason for the group", told.group_reason
    yield "Meeting notes", told.notes
    yield "Review of the plan", told.plan_review


def _disclosure_words(told: Outcome) -> Iterator[str]:
    for one in sorted(told.disclosures, key=lambda one: one.reference):
        if one.disclose is not None or one.why:
            yield f"{one.reference} {_yes_no(one.disclose)}" + (f": {one.why}" if one.why else "")


def _tick_words(tick: outcomes.Tick) -> str:
    return _yes_no(tick.in_place) + (f": {tick.note}" if tick.note else "")


def _yes_no(value: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[value]


def _action_differences(
    theirs: Mapping[UUID, Action], mine: Recording, owners: Mapping[UUID, str]
) -> Iterator[Difference]:
    for key, action in theirs.items():
        their_words = _action_words(action, owners)
        if key in mine.removed:
            yield Difference("Action", their_words, "removed")
        elif key in mine.actions and mine.actions[key] != action:
            yield Difference("Action", their_words, _action_words(mine.actions[key], owners))
    for key in mine.known & mine.actions.keys() - theirs.keys():
        yield Difference("Action", "removed", _action_words(mine.actions[key], owners))


def _action_words(action: Action, owners: Mapping[UUID, str]) -> str:
    owner = owners.get(action.owner_id, "") if action.owner_id else ""
    category = action.category.label if action.category else ""
    due = f"by {day_words(action.due)}" if action.due else ""
    return "; ".join(filter(None, (action.what, owner, category, due)))
