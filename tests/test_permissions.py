"""Who may do what, written down a second time: from the table in security.md part B, not from the code."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from agenda.panels import Family
from meetingsvc.permissions import (
    ATTENDS_MEETINGS,
    GRANTED,
    GRANTS,
    MAY_GIVE,
    NOT_REHEARSED,
    RUNS_MEETINGS,
    Permission,
    Principal,
    Role,
    families_of,
)

ALL = frozenset(Family)
ROLES = (Role.COORDINATOR, Role.CHAIR, Role.REPRESENTATIVE, Role.IDVA,
         Role.AGENCY_ADMINISTRATOR, Role.INFORMATION_GOVERNANCE, Role.SYSTEM_ADMINISTRATOR,
         Role.POLICE_SERVICE, Role.REFERRER)  # fmt: skip

#: One row a permission; the columns are coordinator, chair, representative, IDVA, agency administrator,
#: information governance, system administrator, police service; and referrer, which most rows leave out: it
#: may not.
ORACLE = """
home:read       Y Y Y Y Y Y Y - Y
referral:make   Y Y Y Y - - - - Y
referral:decide Y Y - - - - - -
exploitation:refer Y Y Y Y - - - - Y
exploitation:read Y Y - - - - - -
exploitation:decide Y Y - - - - - -
episode:tell Y Y Y - - - - -
document:read   Y Y Y Y - - - -
document:supply - - Y - - - - -
person:match    Y Y - - - - - -
research:send   - - Y Y - - - -
research:read   Y Y - - - - - -
confirm:send    - - Y Y - - - -
emergency:ask   Y Y Y Y - - - -
emergency:decide - Y - - - - - -
job:read        - - - - - Y Y -
rehearsal:enter Y Y Y Y - - - -
rehearsal:make  Y Y - - - - - -
statistics:read Y Y - - - Y - -
feedback:read     Y Y Y Y - - - -
feedback:record   - - Y Y - - - -
feedback:decide   Y Y - - - - - -
flag:read         Y Y Y Y - - - -
flag:done         - - Y Y - - - -
application:read Y Y Y - - - - -
application:make Y - Y - - - - -
application:step - - Y - - - - -
application:confirm - Y - - - - - -
retention:read   Y Y - - - - - -
retention:propose Y - - - - - - -
retention:decide - Y - - - - - -
retention:answer - - Y - - - - -
hold:set         - - - - - Y - -
certificate:read Y Y - - - Y - -
part:read        Y Y Y Y - - - -
part:run         Y Y - - - - - -
part:decide      - Y - - - - - -
part:answer      - - - - - - - -
disclosure:read  Y Y Y Y - Y - -
disclosure:log   Y - - - - Y - -
disclosure:step  Y Y - - - Y - -
disclosure:answer - - Y Y - - - -
disclosure:decide - Y - - - - - -
disclosure:release Y Y - - - - - -
order:breach    Y - - - - - - -
sharing:decide  Y Y Y Y Y Y - -
sharing:review  - Y - - - Y - -
breach:raise    Y Y Y Y Y Y Y - Y
breach:run      - - - - - Y - -
breach:second   - Y - - - - - -
complaint:raise Y Y Y Y Y Y Y - Y
complaint:handle - Y - - - Y - -
disagreement:read Y Y Y Y - - - -
disagreement:raise Y - Y Y - - - -
feed:import     Y - - - - - - -
incident:create - - - - - - - Y
episode:create  - - - - - - - Y
machine:manage  Y - - - - - - -
incident:search Y Y - - - - - -
list:read       Y Y Y Y - - - -
list:build      Y Y - - - - - -
list:add        Y Y - - - - - -
list:close      Y - - - - - - -
case:read       Y Y Y Y - Y - -
outcome:record  Y - - - - - - -
outcome:stand_in - Y - - - - - -
crime:receive   - - Y - - - - -
meeting:record  Y Y - - - - - -
meeting:here    Y Y Y Y - - - -
minutes:read    Y Y Y Y - - - -
minutes:draft   Y - - - - - - -
minutes:approve - Y - - - - - -
action:update   Y Y Y Y - - - -
action:reopen   Y Y - - - - - -
action:escalated - Y - - - - - -
agenda:read     Y Y Y Y - - - -
agenda:edit     Y Y - - - - - -
agenda:publish  Y Y - - - - - -
pack:fetch      Y Y Y Y - - - -
pack:register   Y Y - - - - - -
pack:offline    Y Y - - - - - -
wall:declare    Y Y Y Y - - - -
wall:decide     Y Y - - - - - -
restriction:ask - - Y Y - - - -
restriction:decide Y Y - - - - - -
case:allocate   Y Y - - - - - -
case:ask        - - - Y - - - -
glass:break     Y Y Y Y - - - -
glass:review    - Y - - - Y - -
ticket:ask      - - - - - Y - -
ticket:approve  - Y - - - Y - -
item:own        Y Y Y Y - - - -
address:reveal  Y Y Y Y - - - -
address:share   Y Y - - - - - -
refusal:read    Y Y - - - - - -
outbox:manage   Y Y - - - - - -
mail:test       Y - - - - - Y -
alarm:read      - Y - - - Y - -
account:read    Y Y - - Y Y Y -
account:manage  - - - - Y - Y -
account:disable Y Y - - Y Y Y -
account:confirm Y Y - - Y Y Y -
role:grant      - - - - - Y Y -
agency:manage   - - - - - Y Y -
agreement:manage - - - - - Y - -
area:manage     Y - - - - Y Y -
area:confirm    Y - - - - Y - -
audit:read      Y Y Y Y Y Y - -
case:trail      Y Y - - - - - -
transfer:read   Y Y - - - - - -
transfer:make   Y - - - - - - -
transfer:confirm - Y - - - - - -
notification:record Y - - - - - - -
"""
TABLE = {
    name: dict(zip(ROLES, cells if len(cells) == len(ROLES) else [*cells, "-"], strict=True))
    for name, *cells in (row.split() for row in ORACLE.split("\n") if row)
}


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
    about_cases = {"feed", "incident", "list", "case", "outcome", "action", "agenda", "pack",
                   "episode"}  # fmt: skip
    by_ticket = {Permission.CASE_READ} if role is Role.INFORMATION_GOVERNANCE else set()
    machine = {Permission.INCIDENT_CREATE, Permission.EPISODE_CREATE}
    creates = machine if role is Role.POLICE_SERVICE else set()
    assert {p for p in GRANTS[role] if p.value.partition(":")[0] in about_cases} == by_ticket | creates


@pytest.mark.parametrize("rehearsing", [True, False])
def test_in_a_rehearsal_nobody_does_what_works_on_the_real(rehearsing: bool) -> None:
    assert {Permission.FEED_IMPORT, Permission.TRANSFER_MAKE, Permission.AREA_MANAGE} < NOT_REHEARSED
    for role in Role:
        who = Principal(uuid4(), "Wren Pool", role, uuid4(), "Tarn School", uuid4(), "northtest", "Northtest",
                        True, date(2026, 1, 5), frozenset(), ALL, rehearsing=rehearsing)  # fmt: skip
        lost = NOT_REHEARSED if rehearsing else frozenset()
        assert {one for one in Permission if who.may(one)} == GRANTS[role] - lost


@pytest.mark.parametrize("role", [*sorted(RUNS_MEETINGS | ATTENDS_MEETINGS), Role.AGENCY_ADMINISTRATOR])
def test_V1_who_works_for_an_agency_that_has_withdrawn_has_their_home_left_and_nothing_else(
    role: Role,
) -> None:
    gone = Principal(uuid4(), "Wren Pool", role, uuid4(), "Tarn School", uuid4(), "northtest", "Northtest",
                     False, date(2026, 1, 5), attends=frozenset(), families=ALL)  # fmt: skip
    assert {permission for permission in Permission if gone.may(permission)} == {Permission.HOME_READ}


@pytest.mark.parametrize("role", ROLES)
def test_V1_who_sits_for_an_agency_that_has_never_signed_has_its_part_in_a_named_case(role: Role) -> None:
    guest = Principal(uuid4(), "Wren Pool", role, uuid4(), "Tarn School", uuid4(), "northtest", "Northtest",
                      False, None, attends=frozenset(), families=ALL)  # fmt: skip
    own = {Permission.HOME_READ, Permission.PART_READ, Permission.PART_ANSWER}
    assert guest.is_guest is (role in ATTENDS_MEETINGS)
    assert guest.may(Permission.PART_ANSWER) is guest.is_guest
    if guest.is_guest:
        assert {permission for permission in Permission if guest.may(permission)} == own


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("role", ROLES)
def test_V1_what_hangs_on_the_agencys_signature(role: Role, signed: bool) -> None:
    """Running meetings does; being opened a case out of the ordinary does for who sits on the panel; what
    governs and administers does not."""
    who = Principal(uuid4(), "Wren Pool", role, uuid4(), "Tarn School", uuid4(), "northtest", "Northtest",
                    signed, None, attends=frozenset(), families=ALL)  # fmt: skip
    runs = role in (Role.COORDINATOR, Role.CHAIR)
    panel = runs or role in (Role.REPRESENTATIVE, Role.IDVA)
    assert who.runs_meetings is who.runs_exploitation is (runs and signed)
    assert not replace(who, families=frozenset({Family.ABUSE})).runs_exploitation
    assert who.may_be_opened_to is (signed or not panel)
    if signed or not (panel or role is Role.AGENCY_ADMINISTRATOR):
        assert {permission for permission in Permission if who.may(permission)} == GRANTS[role]


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("role", ROLES)
def test_E4_V1_who_sits_on_panels_of_exploitation(role: Role, signed: bool) -> None:
    """Whoever runs them, and a signatory's representatives and IDVAs whose agency attends one."""
    who = Principal(uuid4(), "Wren Pool", role, uuid4(), "Tarn School", uuid4(), "northtest", "Northtest",
                    signed, None, attends=frozenset(), families=ALL)  # fmt: skip
    sits = role in (Role.COORDINATOR, Role.CHAIR, Role.REPRESENTATIVE, Role.IDVA)
    assert who.sits_on_exploitation is (sits and signed)
    assert not replace(who, families=frozenset({Family.ABUSE})).sits_on_exploitation
    alone = replace(who, families=frozenset({Family.EXPLOITATION}))
    assert alone.sits_on_exploitation is (signed and role in (Role.REPRESENTATIVE, Role.IDVA))


def test_who_runs_governs_or_administers_is_granted_by_two() -> None:
    """security.md B, "Grant coordinator or chair: 2"; those who grant them are granted no more easily."""
    grants = {role for role in Role if allowed(role, "role:grant")}
    assert GRANTED == {Role.COORDINATOR, Role.CHAIR} | grants


def test_an_agencys_administrator_makes_representatives_and_idvas_only() -> None:
    assert MAY_GIVE[Role.AGENCY_ADMINISTRATOR] == {Role.REPRESENTATIVE, Role.IDVA}
    managers = {role for role in Role if allowed(role, "account:manage")}
    assert MAY_GIVE.keys() == managers, "who may give roles is who manages accounts"


@pytest.mark.parametrize("role", Role)
def test_D1_E4_whose_cases_are_not_closed_to_somebody_as_such(role: Role) -> None:
    """Who runs meetings: as it was granted; who sits: as their agency does; who governs: all."""
    abuse = frozenset({Family.ABUSE})
    for granted in (frozenset[Family](), abuse, ALL - abuse, ALL):
        for attends, sits in (((), abuse), (("DRAMM", "TRIAGE"), abuse), (("ESP",), ALL), (("NEW",), abuse)):
            due = granted if role in RUNS_MEETINGS else ALL if role is Role.INFORMATION_GOVERNANCE else sits
            assert families_of(role, granted, attends) == due


@pytest.mark.parametrize("role", Role)
def test_D1_E4_whoever_would_run_no_panel_of_domestic_abuse_has_their_home_and_nothing_else(
    role: Role,
) -> None:
    for families in (ALL - {Family.ABUSE}, frozenset[Family]()):
        who = Principal(uuid4(), "Wren Pool", role, uuid4(), "Tarn School", uuid4(), "northtest", "Northtest",
                        True, date(2026, 1, 5), frozenset(), families)  # fmt: skip
        own = {Permission.HOME_READ} if role in RUNS_MEETINGS else GRANTS[role]
        assert {permission for permission in Permission if who.may(permission)} == own
        assert not who.runs_meetings


def test_S3_what_is_about_no_one_meeting_goes_as_of_a_panel_that_is_theirs() -> None:
    sits = Principal(uuid4(), "Wren Pool", Role.REPRESENTATIVE, uuid4(), "Tarn School", uuid4(), "northtest",
                     "Northtest", True, date(2026, 1, 5), attends=frozenset(), families=ALL)  # fmt: skip
    for attends, panel in (
        ((), "DRAMM"), (("DRAMM", "MARAC"), "MARAC"), (("DREAM", "DRAMM", "ESP"), "DRAMM"),
        (("ESP", "DREAM"), "DREAM"),
    ):  # fmt: skip
        assert replace(sits, attends=frozenset(attends)).a_panel == panel
    assert replace(sits, role=Role.CHAIR, attends=frozenset({"ESP"})).a_panel == "MARAC"
