"""What an agency types before a meeting, and what of it can be sent (Rulebook D1, M2, R2)."""

from datetime import date
from uuid import uuid4

import pytest

from agenda.pack import NoteKind
from minutes import research
from minutes.notes import Note
from minutes.research import MOST, NOT_CONFIRMED, Entry, Named, NamedKind, Naming, Typed

TODAY, AGENCY, NAME = date(2026, 11, 23), uuid4(), "Joan Akande"


def an_entry(**told: object) -> Entry:
    usual = {"text": "Arrears.", "kind": "fact", "source": "File", "confirmed": True}
    return Entry(uuid4(), **(usual | told))  # type: ignore[arg-type]


def test_R2_an_entry_becomes_a_note_of_the_agency_with_kind_source_and_date() -> None:
    entry = an_entry(dated=" 3/11/26 ", kind="professional opinion")
    assert research.problems([entry], AGENCY, NAME, TODAY) == {}
    assert research.note(entry, AGENCY, NAME) == Note(
        AGENCY, NAME, NoteKind.OPINION, "File", "Arrears.", date(2026, 11, 3), True
    )


@pytest.mark.parametrize(
    "told, field, says",
    [
        ({"confirmed": False}, "confirmed", NOT_CONFIRMED),
        ({"kind": "rumour"}, "kind", "fact or professional opinion"),
        ({"source": ""}, "source", "where the agency knows"),
        ({"dated": "31/2/2026"}, "dated", "real date"),
        ({"dated": "24/11/2026"}, "dated", "still to come"),
        ({"text": " ", "dated": "1/1/2026"}, "text", "what was shared"),
    ],
)
def test_D1_what_is_not_whole_or_not_confirmed_cannot_be_sent(
    told: dict[str, object], field: str, says: str
) -> None:
    entry = an_entry(**told)
    found = research.problems([entry], AGENCY, NAME, TODAY)
    assert list(found) == [f"{entry.key}-{field}"] and says in found[f"{entry.key}-{field}"]


def test_D1_what_is_typed_is_kept_as_it_was_typed_but_for_what_is_blank() -> None:
    entry = an_entry(dated="yesterday", confirmed=False)
    typed = Typed((entry, an_entry(text=" ")), Naming(kind="child", name="Wren"))
    assert Typed.from_json(typed.as_json()) == typed.clean == Typed((entry,), typed.naming)
    assert Typed((an_entry(text=""),), Naming(kind="adult")).is_blank
    assert len(Typed(tuple(an_entry() for _ in range(MOST + 1))).clean.entries) == MOST


def test_D1_the_mark_tells_any_change_and_nothing_blank() -> None:
    entry = an_entry()
    one = Typed((entry,))
    assert one.mark == Typed((entry, Entry(uuid4(), source="Our records"))).mark
    marks = {Typed((other,)).mark for other in (entry, an_entry(), Entry(entry.key, "Arrears!"))}
    assert len(marks) == 3
    assert Typed().mark != one.mark != Typed((entry,), Naming(name="Wren")).mark


def test_D1_still_so_keeps_the_words_and_names_the_day_they_were_first_told() -> None:
    old = Note(AGENCY, "Perry Lund", NoteKind.FACT, "File", "Arrears.")
    again = research.still_so(old, NAME, date(2026, 11, 3))
    assert (again.text, again.author, again.proportionate) == ("Arrears.", NAME, True)
    assert (again.source, again.dated) == ("File (first told 3 Nov 2026)", date(2026, 11, 3))
    third = research.still_so(again, "Perry Lund", date(2026, 11, 23))
    assert (third.source, third.dated) == (again.source, again.dated), "the first day stays"


def test_D1_to_change_it_the_confirmation_is_asked_anew() -> None:
    old = Note(AGENCY, NAME, NoteKind.OPINION, "File", "Arrears.", date(2026, 10, 1), True)
    entry = research.changed(old, uuid4(), date(2026, 11, 3))
    assert (entry.text, entry.kind, entry.dated) == ("Arrears.", "professional opinion", "01/10/2026")
    assert not entry.confirmed


def test_M2_what_is_held_on_somebody_named_says_on_whom() -> None:
    about = Named(NamedKind.ADULT, "Ash Moss", None, "Uncle", "Lives there")
    assert research.note(an_entry(), AGENCY, NAME, about).text == "About Ash Moss, Uncle: Arrears."


def test_M2_somebody_is_named_with_who_they_are_and_why() -> None:
    told = Naming("child", " Wren Moss ", "3/5/2019", "Cousin", "Stays there")
    assert research.naming_problems(told, TODAY) == {}
    assert research.named(told) == Named(
        NamedKind.CHILD, "Wren Moss", date(2019, 5, 3), "Cousin", "Stays there"
    )
    assert set(research.naming_problems(Naming(), TODAY)) == {"kind", "name", "why", "relation"}
    assert set(research.naming_problems(Naming("child", "W", "3/5/2030", "C", "w"), TODAY)) == {"dob"}
    assert set(research.naming_problems(Naming("child", "W" * 201, "", "C", "w"), TODAY)) == {"name"}
