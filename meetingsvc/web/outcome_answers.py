"""What stands in the outcome form before anybody types: the saved outcome, and what is usual."""

from collections.abc import Iterable
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, StringField

from agenda.agencies import Agency, AgencyKind
from minutes.outcome import Safeguard, Tick
from minutes.worksheet import Worksheet


class TickForm(Form):  # type: ignore[misc]
    """One safeguard (Rulebook C2)."""

    in_place = BooleanField()
    note = StringField("Note")


def usual_police(agencies: list[Agency]) -> dict[str, str]:
    """A disclosed crime is told to the one force there is; where there are more, a person chooses."""
    police = [str(agency.id) for agency in agencies if agency.kind is AgencyKind.POLICE]
    return {"told_id": police[0]} if len(police) == 1 else {}


def answers(sheet: Worksheet) -> dict[str, Any]:
    """The saved outcome. Without one nothing is answered, the risk included: it is the meeting's (D3)."""
    if sheet.recorded is None:
        return {"version": 0}
    told = sheet.recorded.outcome
    return {
        "version": sheet.version,
        "risk": told.risk,
        "in_place": _answer(told.in_place),
        "refer": _answer(told.refer),
        "not_referred": told.not_referred,
        "group": str(told.group.value) if told.group else "",
        "group_reason": told.group_reason,
        "notes": told.notes,
        "plan_review": told.plan_review,
    }


def _answer(value: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[value]


def ticks(sheet: Worksheet, sent: MultiDict[str, str] | None) -> list[tuple[Safeguard, TickForm]]:
    saved: Iterable[Tick] = sheet.recorded.outcome.safeguards if sheet.recorded else ()
    told = {tick.safeguard: {"in_place": tick.in_place, "note": tick.note} for tick in saved}
    return [
        (safeguard, TickForm(sent, prefix=f"safeguard-{safeguard.name.lower()}-", data=told.get(safeguard)))
        for safeguard in Safeguard
    ]
