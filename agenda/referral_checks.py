"""Answers that contradict one another: refused in forms, each with a way out (rulebook K1, F3, F4, T3)."""

from collections.abc import Iterable, Iterator

from agenda.people import folded
from agenda.referral_fields import NO, NOTHING, YES, Answers, Draft, Row, parts
from agenda.referral_sections import NONE_CHILDREN
from agenda.spelling import phone_key

Problem = tuple[str, str]
"""What it is filed under, and what is wrong."""

_NONE = frozenset({"none", "no", "n/a", "na", "-"})


def contradictions(typed: Draft, answers: Draft) -> dict[str, str]:
    """What cannot be true together, by field. `typed` still holds what canonical `answers` left out."""
    return {at: problem for check in _CHECKS for at, problem in check(typed, answers)}


def same_name(one: Row, other: Row) -> bool:
    """The same surname and first name, and nothing that tells two people apart: no two birth dates."""
    names = [[folded(row.get(name, "")) for name in ("surname", "forename")] for row in (one, other)]
    if names[0] != names[1] or not all(names[0]):
        return False
    born = {row["dob"] for row in (one, other) if "dob" in row}
    return len(born) < 2


def _perpetrator_is_the_victim(_: Draft, answers: Draft) -> Iterator[Problem]:
    victim, perpetrators = answers["victim"].fields, answers["perpetrators"].rows
    for place, row in enumerate(perpetrators, 1):
        if same_name(victim, row):
            yield (
                f"perpetrators-{place}-surname",
                f"Perpetrator {place} has the victim's name. If they are two people, enter both dates of "
                "birth, or a middle name that tells them apart",
            )
        if any(same_name(row, other) for other in perpetrators[: place - 1]):
            yield f"perpetrators-{place}-surname", f"Perpetrator {place} has been entered twice"


def _perpetrator_answers_the_victims_phone(_: Draft, answers: Draft) -> Iterator[Problem]:
    """Who can be reached there is the perpetrator (Rulebook F3, F4)."""
    key = phone_key(answers["victim"].fields.get("phone", ""))
    if key and key in {phone_key(row.get("phone", "")) for row in answers["perpetrators"].rows}:
        yield (
            "victim-phone",
            "This is also the perpetrator's. Enter one that is safe, or leave it blank and say how "
            "the victim can be contacted",
        )


def _counted(typed: Draft, answers: Draft) -> Iterator[Problem]:
    return counted(typed, answers, (("perpetrators", "known", "perpetrator"), ("children", "any", "child")))


def counted(typed: Draft, answers: Draft, gates: Iterable[tuple[str, str, str]]) -> Iterator[Problem]:
    """Rows that the answer above them says there are none of: section, its question, what each is called."""
    for name, gate, what in gates:
        rows = len(typed.get(name, NOTHING).rows)
        said = answers[name].fields.get(gate, YES)
        if rows and said != YES:
            many = f"{rows} {'children' if what == 'child' else what + 's'}" if rows > 1 else f"1 {what}"
            yield f"{name}-{gate}", f"You answered {said}, and entered {many}. Change one or the other"


def _children(typed: Draft, answers: Draft) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    happened = answers["incident"].fields.get("on", "")
    raw = typed.get("children", NOTHING).rows
    for place, (told, row) in enumerate(zip(raw, answers["children"].rows, strict=False), 1):
        for name, problem in _child(told, row, happened):
            yield f"children-{place}-{name}", f"Child {place}: {problem}"
        who = folded(row.get("name", "")), row.get("dob", "")
        if all(who) and who in seen:
            yield f"children-{place}-name", f"Child {place}: this child has been entered twice"
        seen.add(who)


def _child(typed: Row, row: Row, happened: str) -> Iterator[Problem]:
    if row.get("unborn") == YES and typed.get("dob", "").strip():
        yield "unborn", "an unborn child has no date of birth. Clear it, or say that the child is born"
    if row.get("unborn") == NO and typed.get("due_on", "").strip():
        yield "unborn", "a child that is born is not expected. Clear the date, or say that it is unborn"
    if all(row.get(name, "").lower() in _NONE for name in ("to_victim", "to_perpetrator")):
        yield "to_victim", "say how the child is related to the victim or to the perpetrator"
    if row.get("present") == YES and happened and row.get("dob", "") > happened:
        yield "present", "was born after the incident, and cannot have been present"


def _child_concerns(_: Draft, answers: Draft) -> Iterator[Problem]:
    linked = answers["children"].fields.get("any")
    concerns = answers["safeguards"].fields.get("child_concerns")
    if linked == YES and concerns == NONE_CHILDREN:
        yield "safeguards-child_concerns", "You entered children. Say whether there are concerns about them"
    if linked == NO and concerns in (YES, NO):
        yield "safeguards-child_concerns", "You said there are no children. Change one answer or the other"


def _contact(_: Draft, answers: Draft) -> Iterator[Problem]:
    """How contact is made must leave no doubt (Rulebook F4)."""
    contact: Answers = answers["contact"]
    ways = parts(contact.fields.get("ways", ""))
    if "none" in ways and len(ways) > 1:
        yield "contact-ways", "You chose that no safe way is known, and named one. Change one or the other"
    safe, unsafe = (folded(contact.fields.get(name, "")) for name in ("safe", "unsafe"))
    if safe and safe == unsafe and safe not in _NONE:
        yield "contact-unsafe", "The same person cannot be both safe and unsafe to talk to"


_CHECKS = (
    _perpetrator_is_the_victim,
    _perpetrator_answers_the_victims_phone,
    _counted,
    _children,
    _child_concerns,
    _contact,
)
