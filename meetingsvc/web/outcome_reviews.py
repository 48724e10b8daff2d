"""What a MARAC says of each action that an earlier meeting set: one click each (Rulebook M3)."""

from collections.abc import Iterator
from uuid import UUID

from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, RadioField, StringField
from wtforms.fields import SelectChoice

from meetingsvc.web.outcome_rows import chosen, text
from minutes.plan import Review, Verdict
from minutes.worksheet import Planned, Worksheet


class ReviewForm(Form):  # type: ignore[misc]
    """One action of the plan. Choices are checked by the rules, which have words for it."""

    verdict = RadioField(
        "Still right?", choices=[SelectChoice(one.value, one.label) for one in Verdict], validate_choice=False
    )
    text = StringField("How it changes, or what was done")

    def value(self) -> Review:
        """The review."""
        return Review(chosen({one.value: one for one in Verdict}, self.verdict), text(self.text))


class Reviews:
    """Every action of the plan with its review; those settled already are shown and not asked."""

    def __init__(self, sheet: Worksheet, sent: MultiDict[str, str] | None) -> None:
        self._all = [(planned, _form(planned, sent)) for planned in sheet.plan]

    def __iter__(self) -> Iterator[tuple[Planned, ReviewForm]]:
        return iter(self._all)

    @property
    def fields(self) -> Iterator[Field]:
        """Of every review."""
        for _, form in self._all:
            yield from form

    def values(self) -> dict[UUID, Review]:
        """Those that say something."""
        told = {planned.action_id: form.value() for planned, form in self._all}
        return {key: review for key, review in told.items() if review != Review(None)}


def _form(planned: Planned, sent: MultiDict[str, str] | None) -> ReviewForm:
    said = planned.review or Review(None)
    before = {"verdict": said.verdict or "", "text": said.text}
    return ReviewForm(sent, prefix=f"review-{planned.action_id}-", data=before)
