"""Proof 4 in row-level security: each policy is opened to all, and somebody of a third area looks.

SQLite has none.
"""

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import select

from meetingsvc.app import create_core
from meetingsvc.config import Settings
from meetingsvc.models import (
    AccountRow,
    BreachCaseRow,
    BreachWalledRow,
    CaseRow,
    ComplainedOfRow,
    ConsentRow,
    DecoyRow,
    DestroyedMarkRow,
    DestructionRow,
    DisagreementAgencyRow,
    FeedMessageRow,
    FeedTokenRow,
    IncidentRow,
    IncidentWallRow,
    ReferralRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, fence
from meetingsvc.usecases import areas
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, a_person, an_agency
from tests.a_match import behind as beside_a_match
from tests.a_meeting_record import everything_of
from tests.a_minutes import some_minutes
from tests.a_sharing import a_sharing_row, a_step_row
from tests.a_transfer import behind as beside_a_transfer
from tests.an_application import behind
from tests.an_intake import behind as without_an_account
from tests.builders import BEFORE_ALL
from tests.followed_up import followed_up
from tests.proofs import canaries, figure
from tests.servers.databases import Copies, owners_url


@pytest.fixture
def stranger(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Principal, str]]:
    """Somebody of a third area, where nothing is, beside the world with a row in every protected table."""
    url, folder = copies.make(), tmp_path_factory.mktemp("policies")
    app = create_core(Settings(url, folder, secret_key="x" * 32))
    planted = canaries.build(app)
    with app.app_context(), acting.service():
        with saved():
            ordinary = planted.world.sets["ordinary"]
            everything_of(ordinary["item_id"], planted.world.keeper)
            some_minutes(ordinary["item_id"], planted.world.keeper)
            followed_up(ordinary["action_id"], planted.world.keeper)
            incident = db.session.scalars(select(IncidentRow)).first()
            account = db.session.scalars(select(AccountRow)).first()
            case = db.session.get_one(CaseRow, planted.world.sets["ordinary"]["case_id"])
            consent = db.session.scalars(select(ConsentRow)).first()
            referral = db.session.scalars(select(ReferralRow.id)).first()
            gone = db.session.scalars(select(DestructionRow)).first()
            assert incident and account and consent and referral and gone
            token = FeedTokenRow(id=uuid4(), area_id=incident.area_id, force="-", digest=b"", created_at=NOW)
            deciding = a_sharing_row(case.area_id, account.id, account.agency_id)
            for one in (token, deciding, a_step_row(deciding, account.id)):
                db.session.add(one)
                db.session.flush()
            db.session.add_all([
                IncidentWallRow(incident_id=incident.id, account_id=account.id, area_id=incident.area_id,
                                ground="party", shared=""),
                BreachCaseRow(breach_id=ordinary["breach_id"], case_id=case.id, area_id=case.area_id),
                BreachWalledRow(breach_id=ordinary["breach_id"], account_id=account.id, area_id=case.area_id),
                ComplainedOfRow(complaint_id=ordinary["complaint_id"], account_id=account.id,
                                area_id=case.area_id),
                DisagreementAgencyRow(disagreement_id=ordinary["disagreement_id"], area_id=case.area_id,
                                      agency_id=planted.world.agencies["attends"]),
                DestroyedMarkRow(certificate=gone.number, mark="-" * 40, area_id=gone.area_id),
                DecoyRow(case_id=case.id, area_id=case.area_id, made_at=NOW),
                FeedMessageRow(token_id=token.id, area_id=incident.area_id, key=b"",
                               import_id=incident.import_id, digest=b"", received_at=NOW, status=201),
                *beside_a_match(planted.world.sets["ordinary"]["merge_id"], case.area_id),
                *without_an_account(consent, referral),
                *beside_a_transfer(planted.world.sets["ordinary"]["arrival_id"], incident, account.id),
                *behind(planted.world.sets["ordinary"]["application_id"], case.area_id, account.id),
            ])  # fmt: skip
        agency = an_agency(areas.create("thirdtest", date(2026, 11, 2), BEFORE_ALL), f"Agency {uuid4()}")
        yield a_person(agency), url
        db.session.remove()
        db.engine.dispose()
    copies.drop(url)


def shown_by_itself(who: Principal, table: str) -> int:
    """How many rows the database answers past the scope and the fence."""
    with acting.acting(who):
        cursor = db.session.connection().connection.cursor()
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        found: int = cursor.fetchone()[0]
        db.session.rollback()
    return found


def test_M6_each_policy_of_the_database_is_noticed(stranger: tuple[Principal, str]) -> None:
    who, url = stranger
    if db.engine.dialect.name != "postgresql":
        return  # SQLite has none
    alive = []
    with psycopg.connect(owners_url(url), autocommit=True) as connection:
        found = connection.execute("SELECT tablename, qual FROM pg_policies ORDER BY 1").fetchall()
        assert {name for name, _ in found} == fence.protected()
        for table, using in found:
            assert shown_by_itself(who, table) == 0, table
            connection.execute(f'ALTER POLICY need_to_know ON "{table}" USING (true)'.encode())
            if shown_by_itself(who, table) == 0:
                alive.append(table)
            connection.execute(f'ALTER POLICY need_to_know ON "{table}" USING ({using})'.encode())
            assert shown_by_itself(who, table) == 0, table
    figure("mutation of the database's policies", "killed {killed} of {made}",
           killed=len(found) - len(alive), made=len(found))  # fmt: skip
    assert not alive, " ".join(alive)
