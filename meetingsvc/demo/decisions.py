"""What Northmoor's daily meeting decides about a case, all invented."""

from collections.abc import Mapping
from datetime import date
from random import Random
from uuid import UUID

from agenda import calendar
from agenda.circulation import propose
from agenda.incidents import Risk
from agenda.pack import NoteKind
from meetingsvc import holidays
from meetingsvc.demo.chance import stable_id
from meetingsvc.demo.panel import COUNCIL, IDVA, POLICE
from minutes.actions import Action, Category
from minutes.notes import Note
from minutes.outcome import Outcome, Safeguard, Tick
from minutes.recording import Recording

_SHARED = (
    (POLICE, "Tomasz Reedley", NoteKind.FACT, "Police records system",
     "Four earlier incidents between the two in eighteen months. The perpetrator is on bail not to "
     "contact the victim."),
    (IDVA, "Adaeze Holt", NoteKind.FACT, "Telephone call with the victim",
     "She wants support and would like to stay in her home if it can be made safe. Safe to call on "
     "weekday mornings."),
    (COUNCIL, "Carys Pell", NoteKind.FACT, "Children's records",
     "A social worker is allocated. The last visit was two weeks ago; the youngest was withdrawn and "
     "clung to his mother."),
    ("Clearwater Recovery", "Imran Stopes", NoteKind.OPINION, "Key worker's notes",
     "The perpetrator has missed three appointments. The key worker thinks that his drinking is getting "
     "worse."),
    ("Moorland Community Health", "Bethan Quill", NoteKind.OPINION, "Health visitor's record",
     "The health visitor was never left alone with the mother and thinks that this was not by chance."),
)  # fmt: skip
_ACTIONS = (
    (IDVA, Category.VICTIM, "Contact the victim on a weekday morning and offer support and safety planning"),
    (POLICE, Category.PERPETRATOR, "Arrest the perpetrator, and ask for bail with conditions not to contact"),
    (COUNCIL, Category.SAFEGUARDING, "Tell the allocated social worker, and visit within two working days"),
    ("Northmoor Council Housing Options", Category.OTHER_SUPPORT, "Change the locks and look at a move"),
    ("Clearwater Recovery", Category.PERPETRATOR, "See the perpetrator while he is in custody"),
    ("Moorland Community Health", Category.INFORMATION,
     "Mark the record: staff are not to call at the house alone"),
)  # fmt: skip
_NOT_WHAT_WAS_PROPOSED = "The injunction ends this week, so the meeting does not rely on it."


def decide(risk: Risk, repeat: bool, day: date, agencies: Mapping[str, UUID], chance: Random) -> Recording:
    """One case's outcome: high risk goes to MARAC; what was shared, and two or three actions."""
    in_place = chance.random() < 0.45
    refer = risk is Risk.HIGH or (repeat and chance.random() < 0.7)
    proposed = propose(False, repeat, in_place).group if refer else None
    outcome = Outcome(
        risk=Risk.HIGH if refer else risk,
        safeguards=tuple(_ticks(in_place, chance)),
        in_place=in_place,
        refer=refer,
        group=proposed,
        notes="Agreed by all. Telling the victim is for the IDVA, on a weekday morning." if refer else "",
    )
    due = calendar.add_working_days(day, chance.choice((1, 2, 5)), holidays.known())
    actions = {
        stable_id(chance): Action(category, agencies[owner], what, due)
        for owner, category, what in chance.sample(_ACTIONS, 3 if refer else 1)
    }
    notes = {
        stable_id(chance): Note(agencies[agency], author, kind, source, text)
        for agency, author, kind, source, text in chance.sample(_SHARED, chance.choice((1, 2, 3)))
    }
    return Recording(0, outcome, actions, notes=notes)


def _ticks(in_place: bool, chance: Random) -> list[Tick]:
    likely = 0.6 if in_place else 0.2
    words = {
        Safeguard.REFUGE: "In refuge in another area since the weekend",
        Safeguard.SUPPORT: "Spoke to the IDVA service yesterday and agreed to a second call",
        Safeguard.LEGAL_ORDERS: "Order served, with conditions not to come near",
        Safeguard.INVESTIGATION: "Interviewed; file with the prosecutor",
    }
    ticks = []
    for safeguard in Safeguard:
        held = chance.random() < likely
        ticks.append(Tick(safeguard, held, words.get(safeguard, "") if held else ""))
    return ticks
