"""What happens in Northmoor, all invented: rows of the feed and of the history."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random

from meetingsvc.invented.families import Family, PersonTold

#: What was recorded, by risk: the offence, and what the officers wrote.
_STORIES = {
    "standard": (
        (
            "Verbal argument",
            "A neighbour called about shouting. Both were spoken to apart. No injury, no complaint.",
        ),
        (
            "Harassment by messages",
            "Repeated messages after the separation. The victim asked for a record of them, and no more.",
        ),
        (
            "Criminal damage",
            "A door was damaged during an argument about money. Words of advice were given.",
        ),
    ),
    "medium": (
        (
            "Common assault",
            "The victim was pushed against a wall in an argument about contact with the children. Bruising "
            "to one arm. The victim says that it is getting more frequent.",
        ),
        (
            "Stalking",
            "The perpetrator came to the victim's workplace twice this week and waited outside. The victim "
            "is frightened to travel home.",
        ),
        (
            "Malicious communications",
            "Threats by telephone after the victim spoke of moving. Alcohol was a factor.",
        ),
    ),
    "high": (
        (
            "Non-fatal strangulation",
            "The victim was held by the throat and could not breathe for some seconds, says that it was not "
            "the first time, and expects to be killed. The perpetrator was arrested.",
        ),
        (
            "Controlling behaviour",
            "The victim was kept from telephone and money for several weeks, never left the house alone, and "
            "told a health visitor, who called us.",
        ),
        (
            "Threats to kill",
            "Threats to kill the victim with a knife in hand. The perpetrator left before officers came "
            "and is being looked for.",
        ),
    ),
}
_DAYS = timedelta(days=1)


def row(number: int, family: Family, at: datetime, chance: Random, risk: str = "") -> dict[str, str]:
    """One incident of a family, recorded at the local time `at`."""
    risk = risk or chance.choices(("standard", "medium", "high"), (50, 34, 16))[0]
    present = bool(family.children) and chance.random() < 0.6
    unknown = chance.random() < 0.04
    offence, story = chance.choice(_STORIES[risk])
    told = {
        "occurrence_number": f"13{at:%y}{100000 + number}",
        "domestic": "Y" if chance.random() < 0.9 else "N",
        "recorded_at": f"{at:%Y-%m-%d %H:%M}",
        "incident_at": f"{at - timedelta(minutes=chance.randrange(20, 900)):%Y-%m-%d %H:%M}",
        "risk": risk,
        "dash_score": str({"standard": 4, "medium": 10, "high": 17}[risk] + chance.randrange(-3, 4)),
        "offence": offence,
        "summary": f"{story} {_kids(family, present)}".strip(),
        "relationship": family.relationship,
        "victim_consents_to_share": chance.choice(("Y", "Y", "N", "")),
        "children_present": "Y" if present else "N",
        **_party("victim", family.victim),
    }
    if not unknown:
        told |= _party("perpetrator", family.perpetrator)
    if family.children and (present or chance.random() < 0.5):
        told["children"] = ";".join(
            f"{child.name}|{child.dob}|{'Y' if present else 'N'}|{child.linked}" for child in family.children
        )
        told["children_present"] = "Y" if present else ""
    if risk == "high" and not unknown and chance.random() < 0.2:
        told |= {
            "order_kind": "DVPO",
            "order_made_at": f"{at + timedelta(minutes=30):%Y-%m-%d %H:%M}",
            "order_expires_at": f"{at.date() + 28 * _DAYS}",
            "order_terms": "Not to molest the victim. Not to come within 100 metres of the address.",
            "parties_live_together": chance.choice(("Y", "N")),
        }
    return told


def history_row(number: int, family: Family, heard_on: date) -> dict[str, str]:
    """One hearing of a family's case, as the old spreadsheet had it: without the force's identifiers."""
    told = {"case_reference": f"OLD-{number:04d}", "heard_on": str(heard_on), "risk": "high"}
    for who, person in (("victim", family.victim), ("perpetrator", family.perpetrator)):
        told |= {
            f"{who}_forename": person.forename,
            f"{who}_surname": person.surname.upper(),
            f"{who}_dob": str(person.dob),
            f"{who}_postcode": person.postcode,
        }
    return told


def as_csv(rows: Iterable[Mapping[str, str]], columns: Sequence[str]) -> bytes:
    """The rows as a file of the feed."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def messy(rows: Sequence[dict[str, str]], columns: Sequence[str]) -> bytes:
    """A file as forces really send it: Windows-1252, semicolons, its own column names, and rows that break
    a rule."""
    spoilt = [dict(told) for told in rows]
    spoilt[1]["victim_dob"] = "31/02/1990"
    spoilt[4]["risk"] = "very high"
    spoilt[7]["recorded_at"] = "12/06/26 10:15"
    spoilt[10]["victim_surname"] = ""
    spoilt.append(dict(spoilt[2]))  # sent twice
    for told in spoilt[::3]:
        told["recorded_at"] = f"{datetime.fromisoformat(told['recorded_at']):%d/%m/%Y %H:%M}" if (
            told["recorded_at"][:2] == "20"
        ) else told["recorded_at"]  # fmt: skip
        told["risk"] = told["risk"].upper()
    out = io.StringIO()
    writer = csv.DictWriter(out, [*columns, "Beat Code"], restval="", delimiter=";")
    writer.writeheader()
    writer.writerows(told | {"Beat Code": "NM4"} for told in spoilt)
    return out.getvalue().encode("cp1252", "replace")


def _party(who: str, person: PersonTold) -> dict[str, str]:
    return {f"{who}_{name}": str(value) for name, value in person._asdict().items()}


def _kids(family: Family, present: bool) -> str:
    if not family.children:
        return ""
    return "The children were in the house." if present else "The children were not at home."
