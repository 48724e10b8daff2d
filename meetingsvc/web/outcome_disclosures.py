"""What the daily meeting decides on each application under the disclosure schemes (Rulebook C4, Y1)."""

from collections.abc import Iterator

from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, RadioField, TextAreaField
from wtforms.fields import SelectChoice

from meetingsvc.web.outcome_rows import chosen, text
from minutes.outcome import Disclosure
from minutes.worksheet import Worksheet

_ANSWERS = {"yes": True, "no": False}


class DisclosureForm(Form):  # type: ignore[misc]
    """One application. Choices are checked by the rules, which have words for it."""

    decision = RadioField(
        choices=[SelectChoice("yes", "Yes"), SelectChoice("no", "No")], validate_choice=False
    )
    why = TextAreaField()


class Disclosures:
    """Every application that the meeting decides on; a MARAC decides on none, it is told (C4)."""

    def __init__(self, sheet: Worksheet, sent: MultiDict[str, str] | None) -> None:
        saved = sheet.recorded.outcome.disclosures if sheet.recorded else ()
        told = {one.reference: one for one in saved}
        asked = () if sheet.line else sheet.facts.applications
        self._all = [_form(told.get(reference, Disclosure(reference)), sent) for reference in asked]

    def __iter__(self) -> Iterator[tuple[str, DisclosureForm]]:
        return iter(self._all)

    @property
    def fields(self) -> Iterator[Field]:
        """Of every application."""
        for _, form in self._all:
            yield from form

    def values(self) -> tuple[Disclosure, ...]:
        """What was answered on each."""
        return tuple(
            Disclosure(reference, chosen(_ANSWERS, form.decision), text(form.why))
            for reference, form in self._all
        )


def _form(told: Disclosure, sent: MultiDict[str, str] | None) -> tuple[str, DisclosureForm]:
    before = {"decision": {True: "yes", False: "no", None: ""}[told.disclose], "why": told.why}
    form = DisclosureForm(sent, prefix=f"disclose-{told.reference}-", data=before)
    form.decision.label.text = f"Disclose on application {told.reference}?"
    form.why.label.text = f"Why nothing is disclosed on {told.reference}"
    return told.reference, form
