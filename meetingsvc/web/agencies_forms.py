"""The forms of agencies, and of their agreements."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput, GovSelect, GovTextInput
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from agenda.agencies import Agency, AgencyKind
from agenda.agreements import SIGNATURE_LENGTH, Clearance, Signature
from agenda.meetings import MeetingKind
from agenda.panels import Panel
from agenda.withdrawals import Told
from meetingsvc.usecases.agencies import Attends
from meetingsvc.web.dates import ThreeBoxes
from meetingsvc.web.reasons import reason_box

MEETINGS = [
    SelectChoice(MeetingKind.DRAMM.value, "The daily meeting"),
    SelectChoice(MeetingKind.MARAC.value, "The MARAC"),
]
AT_ONCE, AFTER_NOTICE = "at once", "after notice"


class AttendsForm(FlaskForm):  # type: ignore[misc]
    """What an agency attends."""

    attends = SelectMultipleField(
        "Which meetings does it attend, or research for?", widget=GovCheckboxesInput(), choices=MEETINGS
    )
    seen = HiddenField()

    def offer(self, panels: Iterable[Panel]) -> "AttendsForm":
        """Those that the area has; the daily meeting and the MARAC first."""
        known = {choice.value for choice in MEETINGS}
        self.attends.choices = MEETINGS + [
            SelectChoice(panel.code, panel.name) for panel in panels if panel.code not in known
        ]
        return self

    def told(self) -> Attends:
        """What was typed; one that it attended and that the area has no more stays as it was."""
        offered = {choice.value for choice in self.attends.choices}
        stays = set((self.seen.data or "").split()) - offered
        return Attends(frozenset({*(self.attends.data or []), *stays}))

    def show(self, agency: Agency) -> "AttendsForm":
        """How the agency stands."""
        self.attends.data = sorted(agency.attends)
        self.seen.data = str(Attends(agency.attends))
        return self


class NewAgencyForm(AttendsForm):
    """The same with what stays."""

    name = StringField(
        "Name of the agency",
        widget=GovTextInput(),
        validators=[
            InputRequired("Enter the agency's name"),
            Length(max=100, message="Enter 100 characters at most"),
        ],
    )
    kind = SelectField(
        "Kind of agency",
        widget=GovSelect(),
        choices=[
            SelectChoice("", "Choose"),
            *(SelectChoice(kind.value, kind.label) for kind in AgencyKind),
        ],
        validators=[InputRequired("Choose a kind of agency")],
    )


def _line(label: str, ask: str, hint: str = "") -> StringField:
    longest = Length(max=SIGNATURE_LENGTH, message=f"Enter {SIGNATURE_LENGTH} characters or fewer")
    return StringField(
        label, description=hint, widget=GovTextInput(), validators=[InputRequired(ask), longest]
    )


class SignedForm(FlaskForm):  # type: ignore[misc]
    """When an agency signed the protocol."""

    signed_on = ThreeBoxes(
        "When did it sign the protocol?",
        description="It reads and is sent nothing of meetings before that day",
        validators=[InputRequired("Enter the day on which it signed")],
    )
    by = _line("Who signed for it?", "Enter who signed for the agency")
    post = _line("As what?", "Enter the post of who signed", "Somebody who may bind the agency.")
    version = _line("Which version of the protocol?", "Enter which version of the protocol was signed")

    def told(self) -> Signature:
        """What was typed."""
        return Signature(self.signed_on.data, self.by.data, self.post.data, self.version.data)


class ReviewForm(FlaskForm):  # type: ignore[misc]
    """When an agreement was looked at again."""

    reviewed_on = ThreeBoxes(
        "When was the agreement reviewed with the agency?",
        validators=[InputRequired("Enter the day of the review")],
    )


class WithdrawForm(FlaskForm):  # type: ignore[misc]
    """When an agency said that it leaves, and when it does."""

    notice_on = ThreeBoxes(
        "When did it give notice?", validators=[InputRequired("Enter the day on which it gave notice")]
    )
    leaves = RadioField(
        "When does it leave?",
        widget=GovRadioInput(),
        choices=[
            SelectChoice(AT_ONCE, "At once"),
            SelectChoice(AFTER_NOTICE, "When its four weeks' notice is over"),
        ],
        validators=[InputRequired("Choose when it leaves")],
    )
    why = reason_box("Why does it withdraw?")


class StayForm(FlaskForm):  # type: ignore[misc]
    """Why an agency takes its notice back."""

    why = reason_box("What made it stay?")


class ToldForm(FlaskForm):  # type: ignore[misc]
    """Who was told of a withdrawal."""

    whom = RadioField(
        "Who was told?",
        widget=GovRadioInput(),
        choices=[SelectChoice(one.value, one.label) for one in Told],
        validators=[InputRequired("Choose who was told")],
    )
    on = ThreeBoxes("When?", validators=[InputRequired("Enter the day on which they were told")])


class ClearanceForm(FlaskForm):  # type: ignore[misc]
    """What became of what an agency held."""

    how = RadioField(
        "What did it do with what it held?",
        widget=GovRadioInput(),
        choices=[SelectChoice(cleared.value, cleared.label) for cleared in Clearance],
        validators=[InputRequired("Choose what it did")],
    )
    on = ThreeBoxes("When?", validators=[InputRequired("Enter the day on which it did")])
    by = StringField(
        "Who there confirmed it?",
        widget=GovTextInput(),
        validators=[
            InputRequired("Enter who confirmed it"),
            Length(max=100, message="Enter 100 characters at most"),
        ],
    )
