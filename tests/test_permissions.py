"""Who may do what, written down a second time: from the table in security.md part B, not from the code."""

import pytest

from meetingsvc.permissions import GRANTS, MAY_GIVE, Permission, Role

ROLES = (Role.COORDINATOR, Role.CHAIR, Role.REPRESENTATIVE, Role.IDVA,
         Role.AGENCY_ADMINISTRATOR, Role.INFORMATION_GOVERNANCE, Role.SYSTEM_ADMINISTRATOR,
         Role.POLICE_SERVICE)  # fmt: skip

#: One row a permission; the columns are coordinator, chair, representative, IDVA, agency administrator,
#: information governance, system administrator, police service.
ORACLE = """
home:read       Y Y Y Y Y Y Y -
feed:import     Y - - - - - - -
incident:search Y Y - - - - - -
list:read       Y Y Y Y - - - -
list:build      Y Y - - - - - -
list:add        Y Y - - - - - -
list:close      Y - - - - - - -
case:read       Y Y Y Y - - - -
outcome:record  Y - - - - - - -
action:update   Y Y Y Y - - - -
agenda:read     Y Y Y Y - - - -
agenda:edit     Y Y - - - - - -
agenda:publish  Y Y - - - - - -
pack:fetch      Y Y Y Y - - - -
pack:register   Y Y - - - - - -
account:manage  - - - - Y - Y -
agency:manage   - - - - - Y Y -
area:manage     - - - - - Y Y -
audit:read      - - - - - Y - -
"""
TABLE = {row.split()[0]: dict(zip(ROLES, row.split()[1:], strict=True)) for row in ORACLE.split("\n") if row}


def allowed(role: Role, permission: str) -> bool:
    """What the table says."""
    return TABLE[permission][role] == "Y"


def test_the_table_speaks_of_every_permission_and_role() -> None:
    assert TABLE.keys() == {permission.value for permission in Permission}
    assert set(ROLES) == set(Role) == GRANTS.keys()


@pytest.mark.parametrize("role", Role)
def test_each_role_is_granted_exactly_what_the_table_says(role: Role) -> None:
    assert {p.value for p in GRANTS[role]} == {name for name in TABLE if allowed(role, name)}


@pytest.mark.parametrize(
    "role",
    [
        Role.SYSTEM_ADMINISTRATOR,
        Role.AGENCY_ADMINISTRATOR,
        Role.INFORMATION_GOVERNANCE,
        Role.POLICE_SERVICE,
    ],
)
def test_no_administrator_and_no_machine_reads_cases(role: Role) -> None:
    about_cases = {"feed", "incident", "list", "case", "outcome", "action", "agenda", "pack"}
    assert not {p for p in GRANTS[role] if p.value.partition(":")[0] in about_cases}


def test_an_agencys_administrator_makes_representatives_and_idvas_only() -> None:
    assert MAY_GIVE[Role.AGENCY_ADMINISTRATOR] == {Role.REPRESENTATIVE, Role.IDVA}
    managers = {role for role in Role if allowed(role, "account:manage")}
    assert MAY_GIVE.keys() == managers, "who may give roles is who manages accounts"
