"""Who may do what, as security.md part B says it: both its tables, from that page and from nothing else.

`ROWS` has a line for each line of the page, in its words and order. The columns are its own: coordinator,
chair, representative, IDVA, agency administrator, information governance, system administrator, police; and
the referrer of any agency, whom the page names below the table: most lines leave that column out.

    -  never: refused before anything is loaded
    P  the panel's cases of one's own area ("✓")
    M  one's agency attends or researches that meeting, has signed, has not withdrawn
    O  one's own agency's items, or staff
    L  where the case is allocated to one
    T  by a ticket alone
    N  the area's accounts, agencies, files, settings
    A  one's own account's
    R  likewise, of cases that are restricted
    X  no object: whoever has the role
    2  after a mark: a second person confirms

`lines.py` says which of these lines each route of the service is; a route without a line fails the matrix.
"""

from enum import StrEnum

from meetingsvc.permissions import RUNS_MEETINGS, Role

ROLES = (Role.COORDINATOR, Role.CHAIR, Role.REPRESENTATIVE, Role.IDVA,
         Role.AGENCY_ADMINISTRATOR, Role.INFORMATION_GOVERNANCE, Role.SYSTEM_ADMINISTRATOR,
         Role.POLICE_SERVICE, Role.REFERRER)  # fmt: skip
#: Who sits on the panel: what they may, they may while their agency is a signatory (Rulebook V1).
PANEL = frozenset(ROLES[:4])
#: Who loses everything but their own account with an agency's withdrawal (V1): its panel, its administrator.
LEAVING = frozenset(ROLES[:5])

#: The machine that sends incidents creates only ("create-only"), by a token: what people open is not for it.
ROWS = """
create incident            | N  -  -  -  -  -  -  -
records systems' tokens    | N  -  -  -  -  -  -  -
read case                  | P  P  M  M  -  T  -  -
read meeting               | P  P  M  M  -  -  -  -
add own item               | P  P  M  M  -  -  -  -
edit own item              | O  O  O  O  -  -  -  -
ask correction             | P  P  M  M  -  -  -  -
reveal safe address        | P  P  M  L  -  -  -  -
override triage or group   | P  P  -  -  -  -  -  -
draft outcome              | P  -  -  -  -  -  -  -
draft minutes              | P  -  -  -  -  -  -  -
approve minutes            | -  P  -  -  -  -  -  -
outcome in their place     | -  P  -  -  -  -  -  -
disclosed crime            | -  -  O  -  -  -  -  -
restrict                   | P  P  -  -  -  -  -  -
lift restriction           | P2 P2 -  -  -  -  -  -
ask to restrict            | -  -  M  M  -  -  -  -
build, send pack           | P  P  -  -  -  -  -  -
put restricted case in pack | R2 R2 -  -  -  -  -  -
download pack              | P  P  M  M  -  -  -  -
offline pack               | P  P  -  -  -  -  -  -
update action              | P  P  O  O  -  -  -  -
invite user                | -  -  -  -  O  -  N2 -
disable user               | N  N  -  -  O  N  N  -
grant coordinator or chair | -  -  -  -  -  N2 N2 -
read audit                 | P  P  A  A  O  N  -  -
read audit of a case       | P  P  -  -  -  -  -  -
break the glass            | X  X  X  X  -  -  -  -
review broken glass        | -  N  -  -  -  N  -  -
approve ticket             | -  N2 -  -  -  N2 -  -
ask for a ticket           | -  -  -  -  -  X  -  -
read timed work            | -  -  -  -  -  X  X  -
be told of alarms          | -  N  -  -  -  N  -  -
second person              | N  N  -  -  O  N  N  -
build list, add by hand    | P  P  -  -  -  -  -  -
search                     | X  X  -  -  -  -  -  -
close list                 | P  -  -  -  -  -  -  -
keep agenda, meetings      | P  P  -  -  -  -  -  -
rules and area settings    | X2 -  -  -  -  X2 X  -
agencies                   | -  -  -  -  -  N  N  -
agreements, withdrawal     | -  -  -  -  -  N  -  -
declare a wall             | P  P  M  M  -  -  -  -
decide walls               | P2 P2 -  -  -  -  -  -
merge people               | P2 P2 -  -  -  -  -  -
allocate case              | P  P  -  -  -  -  -  -
ask for case               | -  -  -  M  -  -  -  -
share safe address         | P  P  -  -  -  -  -  -
see refused messages       | P  P  -  -  -  -  -  -
see and resend messages    | P  P  -  -  -  -  -  -
try the mail               | X  -  -  -  -  -  X  -
transfer out, accept in    | P2 -  -  -  -  -  -  -
read transfers             | P  P  -  -  -  -  -  -
record police notification | P  -  -  -  -  -  -  -
take back own proposal     | A  A  -  -  A  A  A  -
own account                | A  A  A  A  A  A  A  -  A
read application           | P  P  O  -  -  -  -  -
apply under scheme         | X  -  X  -  -  -  -  -
read retention             | P  P  -  -  -  -  -  -
propose retention          | P  -  -  -  -  -  -  -
retention decision         | -  P  -  -  -  -  -  -
answer on retention        | -  -  O  -  -  -  -  -
hold records               | -  -  -  -  -  N  -  -
read certificates          | N  N  -  -  -  N  -  -
step on application        | -  -  O  -  -  -  -  -
confirm application        | -  P  -  -  -  -  -  -
decide to share            | A  A  A  A  A  A  -  -
review decisions to share  | -  X  -  -  -  X  -  -
read disclosure            | P  P  O  O  -  T  -  -
log disclosure             | P  -  -  -  -  T  -  -
step on disclosure         | P  P  -  -  -  T  -  -
consent to disclosure      | -  -  O  O  -  -  -  -
approve disclosure         | -  P  -  -  -  -  -  -
release disclosure         | P2 P2 -  -  -  -  -  -
record breach              | P  -  -  -  -  -  -  -
raise breach               | X  X  X  X  X  X  X  -  X
run breach                 | -  -  -  -  -  N  -  -
second a false breach      | -  N  -  -  -  -  -  -
record complaint           | X  X  X  X  X  X  X  -  X
handle complaint           | -  N  -  -  -  N  -  -
raise disagreement         | X  -  X  X  -  -  -  -
read disagreement          | P  P  O  O  -  -  -  -
read part in a named case  | P  P  M  M  -  -  -  -
run named cases            | P  P  -  -  -  -  -  -
decide on named case       | -  P  -  -  -  -  -  -
answer in a named case     | -  -  -  -  -  -  -  -
own referral               | A  A  A  A  -  -  -  -  A
deal with referral         | P  P  -  -  -  -  -  -
deal with a child          | E  E  -  -  -  -  -  -
tell of an episode         | E  E  E  -  -  -  -  -
send episodes              | E  -  -  -  -  -  -  -
read a child               | E  E  E  E  -  E  -  -
tell of a child            | E  E  E  E  -  -  -  -
read social care document  | E  E  E  E  -  -  -  -
give social care document  | -  -  E  -  -  -  -  -
read children's meetings   | E  E  E  E  -  -  -  -
read victim feedback       | P  P  O  O  -  -  -  -
record victim feedback     | -  -  O  O  -  -  -  -
name who tells the victim  | P  P  -  -  -  -  -  -
read flags                 | P  P  O  O  -  -  -  -
flags done                 | -  -  O  O  -  -  -  -
research request           | P  P  -  -  -  -  -  -
research return            | -  -  M  M  -  -  -  -
confirm update-only        | -  -  M  M  -  -  -  -
ask for an emergency       | P  P  M  M  -  -  -  -
accept an emergency        | -  P  -  -  -  -  -  -
enter a rehearsal          | X  X  X  X  -  -  -  -
make a rehearsal           | X  X  -  -  -  -  -  -
dashboards                 | X  X  -  -  -  X  -  -
actions not done twice     | -  P  -  -  -  -  -  -
set an action again        | P  P  -  -  -  -  -  -
attendance                 | P  P  -  -  -  -  -  -
own attendance             | P  P  M  M  -  -  -  -
"""

#: Lines of the page that no route is yet: later issues build them.
LATER = frozenset(
    {"national return"}
)  # fmt: skip


class Relation(StrEnum):
    """How a person stands to what they ask for (security.md B, "Prove" 2)."""

    SUPPLIER = "supplier"
    ATTENDS = "attends"
    NOT_THIS_MEETING = "panel but not this meeting"
    NAMED = "restricted, named"
    UNNAMED = "restricted, unnamed"
    WALLED = "walled"
    OTHER_AREA = "other area"
    WITHDRAWN = "withdrawn"
    DISABLED = "disabled"
    DESTROYED = "destroyed"


class Kind(StrEnum):
    """What an address names, as far as need to know goes."""

    CASE = "a case, or what hangs on one: walls and restrictions apply"
    MEETING = "a meeting or its pack, whose content is narrowed"
    COPY = "one's own copy of a pack"
    OWN = "one's own session, factor, draft"
    AREA = "an account, agency or import: no case"
    PROPOSAL = "what waits for a second person"
    NOTHING = "no object"


class Answer(StrEnum):
    """What is expected."""

    NEVER = "403, and nothing was loaded"
    SIGN_IN = "sent to sign in"
    HIDDEN = "exactly the answer of an unknown address"
    REFUSED = "seen, and not to be done by this person: no success"
    WORKS = "works"
    QUIET = "no success with content: a withdrawn agency's people learn nothing (V1)"


ORACLE = {
    name.strip(): dict(zip(ROLES, (*cells.split(), "-")[: len(ROLES)], strict=True))
    for name, cells in (row.split("|") for row in ROWS.strip().splitlines())
}

_R = Relation
_ELSEWHERE = frozenset({_R.OTHER_AREA, _R.DESTROYED})
#: What no wall, restriction or other area keeps from who may read the panel's cases, or their meetings'.
_PANELS = frozenset({_R.SUPPLIER, _R.ATTENDS, _R.NOT_THIS_MEETING, _R.NAMED})
_MEETINGS = _PANELS - {_R.NOT_THIS_MEETING}
#: On what the world's people are the supplier, are allocated, or hold a ticket.
_OWN = frozenset({_R.SUPPLIER, _R.NAMED})
#: A meeting is no case: its page is narrowed, not hidden.
NARROWED = frozenset({_R.UNNAMED, _R.WALLED})


def answer(role: Role | None, relation: Relation, action: str, kind: Kind) -> Answer:
    """What the page says about one cell."""
    if role is None or relation is Relation.DISABLED:
        return Answer.SIGN_IN
    mark = ORACLE[action][role][0]
    if mark == "-":
        return Answer.NEVER
    if mark == "E":
        return Answer.HIDDEN  # the world's people run and attend no panels of exploitation
    if relation is Relation.WITHDRAWN and role in LEAVING and action != "own account":
        return Answer.QUIET if kind is Kind.NOTHING else Answer.HIDDEN
    if kind is Kind.PROPOSAL:
        return _proposal(role, mark, relation)
    if kind is Kind.CASE:
        return _case(role, mark, relation)
    return _ANSWERS[kind](mark, relation)


def _proposal(role: Role, mark: str, relation: Relation) -> Answer:
    """Those of the world wait about a case, proposed by somebody else: who runs meetings decides them."""
    if role not in RUNS_MEETINGS or relation not in _PANELS:
        return Answer.HIDDEN
    return Answer.REFUSED if mark == "A" else Answer.WORKS


def _nothing(mark: str, relation: Relation) -> Answer:
    return Answer.WORKS


def _case(role: Role, mark: str, relation: Relation) -> Answer:
    if relation is Relation.WITHDRAWN and mark in "NX":
        return Answer.WORKS  # what is no work of the panel goes on (V1 speaks of those who share)
    panels = role in RUNS_MEETINGS or mark in "NX"
    if relation not in (_OWN if mark == "T" else _PANELS if panels else _MEETINGS):
        return Answer.HIDDEN
    if mark == "R":
        return Answer.WORKS if relation is Relation.NAMED else Answer.REFUSED
    return Answer.REFUSED if mark in "OL" and relation not in _OWN else Answer.WORKS


def _meeting(mark: str, relation: Relation) -> Answer:
    seen = _PANELS if mark == "P" else _MEETINGS
    return Answer.WORKS if relation in seen | NARROWED else Answer.HIDDEN


def _copy(mark: str, relation: Relation) -> Answer:
    """A copy made before the case was closed to its holder is not handed out."""
    if relation in NARROWED:
        return Answer.REFUSED
    return _meeting(mark, relation)


def _own(mark: str, relation: Relation) -> Answer:
    return Answer.HIDDEN if relation in _ELSEWHERE else Answer.WORKS


def _area(mark: str, relation: Relation) -> Answer:
    """One's own agency's account is asked for as its supplier, and by those who attend where it is named."""
    if relation in _ELSEWHERE:
        return Answer.HIDDEN
    if mark == "O":
        return Answer.WORKS if relation in _OWN | NARROWED else Answer.HIDDEN
    return Answer.WORKS


_ANSWERS = {
    Kind.NOTHING: _nothing,
    Kind.MEETING: _meeting,
    Kind.COPY: _copy,
    Kind.OWN: _own,
    Kind.AREA: _area,
}
