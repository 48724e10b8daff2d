"""The same row-level security, planned sooner. What a person may see stays what migration 0009 says.

A policy that asks another table brings that table's policy into every statement, once for each branch that
asks: a list of sixty cases was planned with 1,500 sub-queries. Two steps of the chain, which only those take
who do not run the meetings, are now functions, planned once a session; and a table that is seen where its
parent is asks it in one branch. The planner also learns how few cases are kept from anybody: it thought a
thousand, and began at the other end, with all incidents of the area.
"""

from alembic import op

revision = "0011"
down_revision = "0010"

_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
_KEPT = "id NOT IN (SELECT meetingsvc_kept())"
_KEPT_INCIDENT = "id NOT IN (SELECT meetingsvc_kept_incidents())"
_OPENED = "id IN (SELECT meetingsvc_opened())"

#: Asked as the person: the policies of what they read decide.
_SEES = {
    "meetingsvc_sees_item_of(case_id uuid)": "SELECT 1 FROM item i WHERE i.case_id = $1",
    "meetingsvc_sees_entry_of(incident_id bigint)": "SELECT 1 FROM entry e WHERE e.incident_id = $1",
}
#: What a person sees; at the end the step up the chain, as migration 0009 says it and as it is said now.
_PERSON = {
    "case": f"{_AREA} AND {_KEPT} AND ({_RUNS} OR {_OPENED} OR {{}})",
    "incident": f"{_AREA} AND {_KEPT_INCIDENT} AND ({_RUNS} OR {{}})",
}
_BEFORE = {
    "case": 'EXISTS (SELECT 1 FROM item parent WHERE parent.case_id = "case".id)',
    "incident": "EXISTS (SELECT 1 FROM entry parent WHERE parent.incident_id = incident.id)",
}
_NOW = {"case": "meetingsvc_sees_item_of(id)", "incident": "meetingsvc_sees_entry_of(id)"}
#: Seen where their parent is, whoever acts.
_LIKE_PARENT = {
    "entry": "EXISTS (SELECT 1 FROM item parent WHERE parent.id = entry.item_id)",
    "safeguard": "EXISTS (SELECT 1 FROM item parent WHERE parent.id = safeguard.item_id)",
    "incident_text": "EXISTS (SELECT 1 FROM incident parent WHERE parent.id = incident_text.incident_id)",
    "rejected_row": "EXISTS (SELECT 1 FROM feed_import parent WHERE parent.id = rejected_row.import_id)",
}
#: How many there are of each: a thousand is what the planner takes a function to answer.
_FEW = {
    "meetingsvc_kept()": 3,
    "meetingsvc_hidden_from(uuid, boolean)": 2,
    "meetingsvc_kept_incidents()": 10,
    "meetingsvc_opened()": 1,
    "meetingsvc_referred(uuid)": 1,
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for signature, query in _SEES.items():
        op.execute(
            f"CREATE FUNCTION {signature} RETURNS boolean LANGUAGE plpgsql STABLE "
            f"AS $$ BEGIN RETURN EXISTS ({query}); END $$"
        )
    for table, person in _PERSON.items():
        _say(table, _capacity(_AREA, person.format(_NOW[table])))
    for table, parent in _LIKE_PARENT.items():
        # A parent shows nothing to whoever has not said who acts.
        _say(table, f"CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true ELSE {parent} END")
    for signature, rows in _FEW.items():
        op.execute(f"ALTER FUNCTION {signature} ROWS {rows}")


def _say(table: str, seen: str) -> None:
    op.execute(f'ALTER POLICY need_to_know ON "{table}" USING ({seen}) WITH CHECK ({seen})')


def _capacity(in_area: str, person: str) -> str:
    return f"""CASE (SELECT meetingsvc_told('capacity'))
        WHEN 'service' THEN true WHEN 'area' THEN {in_area} WHEN 'person' THEN ({person}) ELSE false END"""


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for signature in _FEW:
        op.execute(f"ALTER FUNCTION {signature} ROWS 1000")
    for table, parent in _LIKE_PARENT.items():
        _say(table, _capacity(parent, parent))
    for table, person in _PERSON.items():
        _say(table, _capacity(_AREA, person.format(_BEFORE[table])))
    for signature in _SEES:
        op.execute(f"DROP FUNCTION {signature}")
