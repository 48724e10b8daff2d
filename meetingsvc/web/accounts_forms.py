"""The forms of accounts."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextInput
from wtforms import HiddenField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from agenda.agencies import Agency
from meetingsvc.permissions import MAY_GIVE, Principal, Role

_CHOOSE = SelectChoice("", "Choose")


class AccountForm(FlaskForm):  # type: ignore[misc]
    """A person, where they work and what they may do."""

    name = StringField(
        "Full name",
        widget=GovTextInput(),
        validators=[
            InputRequired("Enter the person's name"),
            Length(max=100, message="Enter 100 characters at most"),
        ],
    )
    email = StringField(
        "E-mail address",
        description="They sign in with it, and are told there that something waits",
        widget=GovTextInput(),
        validators=[
            InputRequired("Enter the person's e-mail address"),
            Length(max=254, message="Enter 254 characters at most"),
        ],
    )
    agency = SelectField("Agency", widget=GovSelect(), validators=[InputRequired("Choose their agency")])
    role = SelectField("Role", widget=GovSelect(), validators=[InputRequired("Choose their role")])

    def offer(self, principal: Principal, agencies: Iterable[Agency]) -> "AccountForm":
        """Only what this person may give."""
        self.agency.choices = [_CHOOSE, *(SelectChoice(str(agency.id), agency.name) for agency in agencies)]
        self.role.choices = roles_for(principal, ask=True)
        return self


class RoleForm(FlaskForm):  # type: ignore[misc]
    """Another role for somebody, with the one that the page showed."""

    role = SelectField("Role", widget=GovSelect(), validators=[InputRequired("Choose a role")])
    seen = HiddenField()


def roles_for(principal: Principal, ask: bool = False) -> list[SelectChoice]:
    """The roles a person may give, to choose from."""
    offered = [role for role in Role if role in MAY_GIVE[principal.role]]
    return [_CHOOSE] * ask + [SelectChoice(role.value, role.label) for role in offered]
