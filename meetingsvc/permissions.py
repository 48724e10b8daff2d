"""Who may do what: roles, permissions and which role has which, as plain data.

A permission answers "may this role ever do this?"; `store/scope.py` answers whether to *this* case or
meeting.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """The value is stored, the label is read."""

    COORDINATOR = "coordinator"
    CHAIR = "chair"
    REPRESENTATIVE = "representative"
    IDVA = "idva"
    AGENCY_ADMINISTRATOR = "agency administrator"
    INFORMATION_GOVERNANCE = "information governance"
    SYSTEM_ADMINISTRATOR = "system administrator"
    POLICE_SERVICE = "police service"

    @property
    def label(self) -> str:
        """As people say it."""
        return {"idva": "IDVA"}.get(self.value, self.value.capitalize())


class Permission(StrEnum):
    """One line for each thing a route may ask for: `noun:verb`."""

    HOME_READ = "home:read"
    FEED_IMPORT = "feed:import"
    INCIDENT_SEARCH = "incident:search"
    LIST_READ = "list:read"
    LIST_BUILD = "list:build"
    LIST_ADD = "list:add"
    LIST_CLOSE = "list:close"
    CASE_READ = "case:read"
    OUTCOME_RECORD = "outcome:record"
    ACTION_UPDATE = "action:update"
    AGENDA_READ = "agenda:read"
    AGENDA_EDIT = "agenda:edit"
    AGENDA_PUBLISH = "agenda:publish"
    PACK_FETCH = "pack:fetch"
    PACK_REGISTER = "pack:register"
    ACCOUNT_MANAGE = "account:manage"
    AGENCY_MANAGE = "agency:manage"
    AREA_MANAGE = "area:manage"
    AUDIT_READ = "audit:read"


#: What a route declares that needs no sign-in.
PUBLIC = "public"

_PANEL = frozenset(
    {
        Permission.HOME_READ,
        Permission.LIST_READ,
        Permission.CASE_READ,
        Permission.ACTION_UPDATE,
        Permission.AGENDA_READ,
        Permission.PACK_FETCH,
    }
)
_RUNS_MEETINGS = _PANEL | {
    Permission.INCIDENT_SEARCH,
    Permission.LIST_BUILD,
    Permission.LIST_ADD,
    Permission.AGENDA_EDIT,
    Permission.AGENDA_PUBLISH,
    Permission.PACK_REGISTER,
}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.COORDINATOR: _RUNS_MEETINGS
    | {Permission.FEED_IMPORT, Permission.LIST_CLOSE, Permission.OUTCOME_RECORD},
    Role.CHAIR: _RUNS_MEETINGS,
    Role.REPRESENTATIVE: _PANEL,
    Role.IDVA: _PANEL,
    Role.AGENCY_ADMINISTRATOR: frozenset({Permission.HOME_READ, Permission.ACCOUNT_MANAGE}),
    Role.INFORMATION_GOVERNANCE: frozenset(
        {Permission.HOME_READ, Permission.AGENCY_MANAGE, Permission.AREA_MANAGE, Permission.AUDIT_READ}
    ),
    Role.SYSTEM_ADMINISTRATOR: frozenset(
        {Permission.HOME_READ, Permission.ACCOUNT_MANAGE, Permission.AGENCY_MANAGE, Permission.AREA_MANAGE}
    ),
    Role.POLICE_SERVICE: frozenset(),
}


#: Whose accounts a role makes, changes and disables: an agency's administrator those of its own
#: representatives.
MAY_GIVE: dict[Role, frozenset[Role]] = {
    Role.AGENCY_ADMINISTRATOR: frozenset({Role.REPRESENTATIVE, Role.IDVA}),
    Role.SYSTEM_ADMINISTRATOR: frozenset(Role),
}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking, as read from the database for this one request. Never kept between requests."""

    account_id: UUID
    name: str
    role: Role
    agency_id: UUID
    agency_name: str
    area_id: UUID
    area_name: str
    area_title: str
    is_signatory: bool
    signed_on: date | None
    attends_daily: bool
    attends_marac: bool
    must_change_password: bool = False

    @property
    def role_label(self) -> str:
        """As the page header shows it."""
        return self.role.label

    def may(self, permission: Permission) -> bool:
        """Whether this role has the permission at all."""
        return permission in GRANTS[self.role]
