"""What a row of the police feed may say and is told to have said: taken in as it is, with a warning."""

from collections.abc import Mapping, Sequence
from datetime import date

from agenda.calendar import add_months
from agenda.feed_content import ORDER
from agenda.order_lengths import oddities as of_order

BEFORE = "recorded_at is before incident_at"
CHILDREN = "children_present is N and children are named, who count"
UNBORN = "a date of birth after the day of recording"
FAR_AHEAD = "a child's date of birth more than nine months after the day of recording"
ONESELF = "the victim and the perpetrator are one person: the same number, or name and date of birth"


_ORDER = frozenset(ORDER)


def oddities(
    values: Mapping[str, str], children: Sequence[Sequence[str]], names: tuple[str, str]
) -> Sequence[str]:
    """Of values in canonical form. `names` are the name keys of victim and perpetrator.

    What a form would refuse is only said here: the incident happened, and must not be missing from a list.
    """
    found, recorded, get = [], values["recorded_at"], values.get
    if recorded < values["incident_at"]:
        found.append(BEFORE)
    if children and get("children_present") == "N":
        found.append(CHILDREN)
    # A birth date of that very day is shorter than the moment. A child named may be expected, and unborn.
    if get("victim_dob", "") > recorded or get("perpetrator_dob", "") > recorded:
        found.append(UNBORN)
    if any(child[1] > recorded and _is_far(child[1], recorded) for child in children):
        found.append(FAR_AHEAD)
    victim, perpetrator = get("victim_nominal"), get("perpetrator_nominal")
    if victim == perpetrator if victim and perpetrator else names[0] == names[1] != "":
        found.append(ONESELF)
    if not values.keys().isdisjoint(_ORDER):
        found.extend(of_order(values))
    return found


def _is_far(dob: str, recorded: str) -> bool:
    """Whether who is expected cannot be born of what is known of on that day."""
    return date.fromisoformat(dob) > add_months(date.fromisoformat(recorded[:10]), 9)
