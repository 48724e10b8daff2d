"""What tests are given is as new, though others had it before."""

from pathlib import Path

from meetingsvc.config import Settings
from meetingsvc.models import AuditRow, db
from meetingsvc.store import acting, audit
from meetingsvc.usecases.transaction import saved
from tests.builders import BEFORE_ALL
from tests.servers import apps
from tests.servers.databases import Copies


def written(url: str, folder: Path) -> tuple[int, list[int]]:
    """How many lines of the trail were there, and the number of the one that is written."""
    app = apps.core(Settings(url, folder, secret_key="k" * 32))
    with app.app_context(), acting.service():
        before = db.session.query(AuditRow).count()
        with saved():
            audit.record(audit.COMMAND_LINE, None, "area.created", "area/none", BEFORE_ALL)
        numbers = [row.id for row in db.session.query(AuditRow)]
        apps.rest()
    return before, numbers


def test_a_database_is_given_out_again_empty_and_counts_from_one(copies: Copies, tmp_path: Path) -> None:
    first = copies.make()
    assert written(first, tmp_path) == (0, [1])
    copies.drop(first)
    again = copies.make()
    assert again == first
    assert written(again, tmp_path) == (0, [1])
    copies.drop(again)


def test_a_database_that_was_altered_is_not_given_out_again(copies: Copies, tmp_path: Path) -> None:
    url = copies.make()
    if url.startswith("sqlite"):
        copies.drop(url)
        return  # its file is always a new copy
    with copies.above(url) as connection:
        connection.execute('DROP POLICY need_to_know ON "case"')
    copies.drop(url)
    again = copies.make()
    assert again != url
    with copies.above(again) as connection:
        asked = "SELECT count(*) FROM pg_policies WHERE tablename = 'case'"
        assert connection.execute(asked).fetchone() == (1,)
    copies.drop(again)


def test_an_application_is_given_out_again_as_it_was_configured(copies: Copies, tmp_path: Path) -> None:
    url = copies.make()
    settings = Settings(url, tmp_path, secret_key="x" * 32, mail_dir=tmp_path / "mail")
    app = apps.whole(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    assert apps.whole(settings) is app
    assert app.config.get("WTF_CSRF_ENABLED") is not False
    app.view_functions["one_more"] = lambda: ""
    assert apps.whole(settings) is not app
    copies.drop(url)
