"""The forms of accounts."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovSelect, GovTextInput
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from agenda.agencies import Agency
from agenda.panels import Family
from meetingsvc.permissions import MAY_GIVE, Permission, Principal, Role
from meetingsvc.store.accounts import Account
from meetingsvc.usecases.account_changes import acts_alone, roles_to_grant
from meetingsvc.usecases.account_families import seen
from meetingsvc.web.reasons import reason_box

_CHOOSE = SelectChoice("", "Choose")


class DetailsForm(FlaskForm):  # type: ignore[misc]
    """A person's name and address."""

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
    seen = HiddenField()


class AccountForm(DetailsForm):
    """The same with where they work and what they may do."""

    agency = SelectField("Agency", widget=GovSelect(), validators=[InputRequired("Choose their agency")])
    role = SelectField("Role", widget=GovSelect(), validators=[InputRequired("Choose their role")])
    reason = reason_box("Why do they need an account?", "A second person decides by it")

    def offer(self, principal: Principal, agencies: Iterable[Agency]) -> "AccountForm":
        """Only what this person may give; who acts alone gives no reason."""
        self.agency.choices = [_CHOOSE, *(SelectChoice(str(agency.id), agency.name) for agency in agencies)]
        offered = MAY_GIVE[principal.role]
        self.role.choices = [_CHOOSE, *_choices(offered)]
        if all(acts_alone(principal, role) for role in offered):
            del self.reason
        return self


class RoleForm(FlaskForm):  # type: ignore[misc]
    """Another role for somebody, with the one that the page showed."""

    role = SelectField("Role", widget=GovSelect(), validators=[InputRequired("Choose a role")])
    seen = HiddenField()
    reason = reason_box("Why should their role change?", "A second person decides by it")

    def offer(self, principal: Principal, account: Account) -> "RoleForm | None":
        """Only what this person may give, alone or with a second; None where that is nothing."""
        if acts_alone(principal, account.role):
            self.role.choices = _choices(MAY_GIVE[principal.role])
            del self.reason
        elif principal.may(Permission.ROLE_GRANT):
            self.role.choices = _choices(roles_to_grant(principal, account.role) | {account.role})
        else:
            return None
        return self

    def show(self, account: Account) -> "RoleForm":
        """The role as it is."""
        self.role.data = self.seen.data = account.role.value
        return self


class FamiliesForm(FlaskForm):  # type: ignore[misc]
    """Which families' panels somebody runs."""

    runs = SelectMultipleField(
        "Which panels do they run?",
        description="Running those of one kind of work opens no case of the other",
        widget=GovCheckboxesInput(),
        choices=[SelectChoice(family.value, family.value.capitalize()) for family in Family],
    )
    seen = HiddenField()
    reason = reason_box("Why should they run these?", "A second person decides by it")

    def show(self, families: frozenset[Family]) -> "FamiliesForm":
        """What they run."""
        self.runs.data, self.seen.data = sorted(families), seen(families)
        return self

    def told(self) -> frozenset[Family]:
        """What was typed."""
        return frozenset(map(Family, self.runs.data or []))


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why somebody should sign in again."""

    reason = reason_box("Why?", "A second person decides by it")


def _choices(roles: Iterable[Role]) -> list[SelectChoice]:
    offered = frozenset(roles)
    return [SelectChoice(role.value, role.label) for role in Role if role in offered]
