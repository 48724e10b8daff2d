from dataclasses import replace
from uuid import UUID

import pytest

from agenda.pack import NoteKind
from minutes.notes import Note, problems

POLICE, STRANGER = UUID(int=1), UUID(int=2)
NOTE = Note(POLICE, "Lee Combe", NoteKind.FACT, "Custody record", "Released on bail on Sunday.")


def told(**changed: object) -> dict[str, str]:
    return problems(replace(NOTE, **changed), {POLICE})  # type: ignore[arg-type]


def test_R2_a_whole_note_has_no_problem() -> None:
    assert told() == {}


@pytest.mark.parametrize(
    "changed, expected",
    [
        ({"agency_id": None}, {"agency_id": "Choose the agency that shared this"}),
        ({"agency_id": STRANGER}, {"agency_id": "Choose the agency that shared this"}),
        ({"author": " "}, {"author": "Enter the name of the person who shared this"}),
        ({"kind": None}, {"kind": "Say whether this is fact or professional opinion"}),
        ({"source": ""}, {"source": "Enter where the agency knows this from"}),
        ({"text": "\n"}, {"text": "Enter what was shared"}),
        ({"text": "x" * 20_001}, {"text": "What was shared must be 20,000 characters or fewer"}),
        ({"author": "x" * 101}, {"author": "The name must be 100 characters or fewer"}),
        ({"source": "x" * 201}, {"source": "The source must be 200 characters or fewer"}),
        ({"text": "x" * 20_000}, {}),
    ],
)
def test_R2_nothing_is_shared_without_agency_author_kind_and_source(
    changed: dict[str, object], expected: dict[str, str]
) -> None:
    assert told(**changed) == expected


def test_R2_every_problem_is_told_at_once() -> None:
    assert set(problems(Note(None, "", None, "", ""), {POLICE})) == {
        "agency_id", "author", "kind", "source", "text",
    }  # fmt: skip
