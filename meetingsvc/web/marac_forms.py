"""The forms of a MARAC and its agenda."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput, GovTextArea
from wtforms import HiddenField, IntegerField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from agenda.calendar import day_words
from agenda.moves import REASON_LENGTH
from meetingsvc.store.marac import Line, Sitting
from meetingsvc.store.marac_waiting import WaitingReferral
from meetingsvc.store.referrers_coming import Sent
from meetingsvc.web.area_forms import TimeOfDay
from meetingsvc.web.dates import ThreeBoxes


class DateForm(FlaskForm):  # type: ignore[misc]
    """The day a MARAC sits."""

    sits_on = ThreeBoxes(
        "Date of the MARAC",
        description="For example, 27 11 2026",
        validators=[InputRequired("Enter the date of the MARAC")],
    )


class MoveForm(FlaskForm):  # type: ignore[misc]
    """One step up or down, from the place at which the person saw the case."""

    item_id = HiddenField(validators=[InputRequired()])
    place = IntegerField(validators=[InputRequired()])
    to = IntegerField(validators=[InputRequired()])


def reason_field(label: str, hint: str) -> TextAreaField:
    too_long = f"The reason must be {REASON_LENGTH:,} characters or fewer"
    return TextAreaField(
        label,
        description=hint,
        widget=GovTextArea(),
        validators=[DataRequired("Say why"), Length(max=REASON_LENGTH, message=too_long)],
    )


class DiscussForm(FlaskForm):  # type: ignore[misc]
    """Why an update-only case is discussed after all."""

    reason = reason_field(
        "What could an agency not confirm, and why?", "Say which agency. It is kept with the case."
    )


class NotSatForm(FlaskForm):  # type: ignore[misc]
    """Why a published MARAC was not held."""

    reason = reason_field(
        "Why did it not sit?", "For example, snow, or too few agencies. Agencies read this; name nobody."
    )


class NotReachedForm(FlaskForm):  # type: ignore[misc]
    """Why a MARAC had no time for a case."""

    reason = reason_field(
        "Why was it not reached?", "For example, no time was left, or an agency it depends on was not there."
    )


class AgainForm(FlaskForm):  # type: ignore[misc]
    """Why a restricted case still has to go into the pack."""

    reason = reason_field("Why does it go into the pack?", "The second person decides by it. Name nobody.")


class LateForm(FlaskForm):  # type: ignore[misc]
    """Cases that join an agenda late."""

    cases = SelectMultipleField(
        "Which cases?", widget=GovCheckboxesInput(), validators=[InputRequired("Choose at least one case")]
    )
    reason = reason_field("Why can they not wait for the next MARAC?", "Agencies read this with the case.")

    def offer(self, referrals: Iterable[WaitingReferral]) -> "LateForm":
        """Only what waits for a later MARAC."""
        self.cases.choices = [
            (str(one.outcome_id), f"{one.case}: {one.people}, {one.risk} risk") for one in referrals
        ]
        return self


class _Cases(FlaskForm):  # type: ignore[misc]
    """Cases that leave an agenda for a later sitting; those that the service proposes are ticked."""

    cases = SelectMultipleField(
        "Which cases?", widget=GovCheckboxesInput(), validators=[InputRequired("Choose at least one case")]
    )

    def offer_cases(self, lines: Sequence[Line], proposed: Sequence[UUID] = ()) -> None:
        """Only those that can be moved."""
        self.cases.choices = [(str(one.item_id), _words(one)) for one in lines]
        if not self.is_submitted():
            self.cases.data = [str(item_id) for item_id in proposed]

    @property
    def chosen(self) -> set[UUID]:
        """The ticked ones."""
        return {UUID(key) for key in self.cases.data}


def _words(line: Line) -> str:
    return f"{line.number}. {line.case}: {line.people}, group {line.group.value}, {line.minutes} minutes"


class MoveOnForm(_Cases):
    """Cases that a MARAC has no time for, where they go, and why."""

    to = RadioField("Where to?", widget=GovRadioInput(), validators=[InputRequired("Choose a sitting")])
    reason = reason_field("Why has this MARAC no time for them?", "It is kept with each case. Name nobody.")

    def offer(self, sittings: Sequence[Sitting], next_by_timetable: str) -> "MoveOnForm":
        """Sittings that take them; the next of the timetable where none is planned."""
        self.to.choices = [(str(one.id), f"{one.title} of {day_words(one.sits_on)}") for one in sittings]
        if next_by_timetable:
            self.to.choices.append((NEXT, next_by_timetable))
        if not self.is_submitted() and self.to.choices:
            self.to.data = self.to.choices[-1][0]
        return self

    @property
    def target(self) -> UUID | None:
        """The sitting chosen; None for the next of the timetable."""
        return None if self.to.data == NEXT else UUID(self.to.data)


#: Stands for the next MARAC that the timetable plans.
NEXT = "next"


class ExtraForm(_Cases):
    """A further sitting of the same round."""

    sits_on = ThreeBoxes(
        "Date of the extra sitting",
        description="For example, 27 11 2026",
        validators=[InputRequired("Enter the date of the extra sitting")],
    )


class SlotForm(FlaskForm):  # type: ignore[misc]
    """When a referrer comes."""

    at = TimeOfDay("When does the referrer come?", description="For example, 10:15")
    whose = RadioField(
        "Whose time is it?", widget=GovRadioInput(), default="",
        validators=[InputRequired("Choose whose time it is")],
        description="Nobody but who sent that referral is told when to come.",
    )  # fmt: skip

    def offer(self, sent: Sequence[Sent], kept: UUID | None) -> "SlotForm":
        """The referrals of the case, and somebody else; what is kept is chosen, else the only one who asks
        to attend, else the only one."""
        self.whose.choices = [(str(one.id), _sent(one)) for one in sent] + [
            (NOBODY, "Nobody who referred it")
        ]
        asking = [one.id for one in sent if one.asks] or [one.id for one in sent]
        chosen = kept or (asking[0] if len(asking) == 1 else None)
        if not self.is_submitted():
            self.whose.data = str(chosen) if chosen else "" if sent else NOBODY
        elif not sent and not self.whose.data:
            self.whose.raw_data, self.whose.data = [NOBODY], NOBODY
        return self

    @property
    def referral(self) -> UUID | None:
        """The referral chosen."""
        return None if self.whose.data == NOBODY else UUID(self.whose.data)


#: Stands for somebody who sent none of the case's referrals.
NOBODY = "nobody"


def _sent(one: Sent) -> str:
    return f"{one.by}, sent on {day_words(one.on)}{', asks to attend' if one.asks else ''}"
