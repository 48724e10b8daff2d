"""Who chaired a meeting (Rulebook R3)."""

from uuid import uuid4

import pytest

from minutes.attendance import Attendee
from minutes.attendance_chair import who_chaired


def somebody(name: str, title: str = "", here: bool = True, chaired: bool = False) -> Attendee:
    return Attendee(uuid4(), name, title, here=here, chaired=chaired)


@pytest.mark.parametrize(
    ("people", "name"),
    [
        ([], None),
        ([somebody("Ann")], None),
        ([somebody("Ann"), somebody("Bo", "Chair")], "Bo"),
        ([somebody("Ann"), somebody("Bo", " chair ")], "Bo"),
        ([somebody("Ann", chaired=True), somebody("Bo", "Chair")], "Ann"),
        ([somebody("Ann", "Chair"), somebody("Bo", "Chair")], None),
        ([somebody("Ann", "Chair", here=False), somebody("Bo")], None),
        ([somebody("Ann", here=False, chaired=True), somebody("Bo", "Chair")], "Bo"),
    ],
)
def test_R3_who_is_said_to_have_chaired_else_the_one_with_the_title(
    people: list[Attendee], name: str | None
) -> None:
    found = who_chaired(people)
    assert (found.name if found else None) == name
