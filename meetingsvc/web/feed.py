"""The police feed: send a file, see how far it is, and what became of every row."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    stream_with_context,
    url_for,
)

from agenda.feed_file import Refused
from agenda.rejects import lines
from meetingsvc import clock
from meetingsvc.config import MEGABYTE, Settings
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, imports, uploads
from meetingsvc.store.uploads import Import
from meetingsvc.usecases import exploitation_referrals, reading
from meetingsvc.usecases import uploads as usecase
from meetingsvc.web import feed_runner, guard
from meetingsvc.web.feed_forms import DealtWithForm, UploadForm
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.paging import Pages, page_asked

bp = Blueprint("feed", __name__)


@bp.get("/feed")
@needs(Permission.FEED_IMPORT)
def show() -> str:
    """The form, and every import so far."""
    return _page("feed", UploadForm())


@bp.get("/feed/history")
@needs(Permission.FEED_IMPORT)
def show_history() -> str:
    """The same for years of MARAC spreadsheets."""
    return _page("history", UploadForm())


@bp.get("/feed/episodes")
@needs(Permission.FEED_IMPORT)
def show_episodes() -> str:
    """The same for missing episodes of children; whom to call stands first (Rulebook E1, E3)."""
    _runs_exploitation()
    return _page("episodes", UploadForm())


@bp.post("/feed")
@needs(Permission.FEED_IMPORT)
def send() -> Any:
    """Keeps the file; it is taken in behind the page that follows."""
    return _send("feed")


@bp.post("/feed/history")
@needs(Permission.FEED_IMPORT)
def send_history() -> Any:
    """Keeps the file; it is taken in behind the page that follows."""
    return _send("history")


@bp.post("/feed/episodes")
@needs(Permission.FEED_IMPORT)
def send_episodes() -> Any:
    """Keeps the file; it is taken in behind the page that follows."""
    _runs_exploitation()
    return _send("episodes")


def _runs_exploitation() -> None:
    """Who runs no panel of exploitation has no such page (Rulebook D1, E4)."""
    if not guard.principal().runs_exploitation:
        abort(404)


@bp.get("/feed/imports/<uuid:import_id>")
@needs(Permission.FEED_IMPORT)
def one(import_id: UUID) -> Any:
    """How far it is, then what became of it. While it waits, looking does not renew the session."""
    found = or_404(uploads.found(guard.principal(), import_id))
    if found.state == "waiting":
        done, total = uploads.progress(_settings(), import_id)
        return _polls(
            make_response(render_template("feed/waiting.html", imported=found, done=done, total=total))
        )
    return _done_page(found, DealtWithForm())


@bp.get("/feed/imports/<uuid:import_id>/progress")
@needs(Permission.FEED_IMPORT)
def progress(import_id: UUID) -> Response:
    """For the page that waits."""
    state = or_404(uploads.state(guard.principal(), import_id))
    done, total = uploads.progress(_settings(), import_id)
    text = f"{done // MEGABYTE} of {total // MEGABYTE} MB read" if total >= MEGABYTE else "Being read"
    here = url_for("feed.one", import_id=import_id)
    return _polls(jsonify(done=done, total=total or None, text=text, finished=state != "waiting", next=here))


@bp.get("/feed/imports/<uuid:import_id>/rejected-rows.csv")
@needs(Permission.FEED_IMPORT, step_up=True)
def rejected_rows(import_id: UUID) -> Response:
    """The rejected rows as they came, with what is wrong, to be mended and sent again."""
    or_404(uploads.state(guard.principal(), import_id))
    reading.opened(guard.principal(), "rejects.downloaded", f"import/{import_id}", clock.now())
    who = guard.principal()
    rows = lines(imports.header(who, import_id), imports.rejected(who, import_id))
    said = {"Content-Disposition": "attachment; filename=rejected-rows.csv"}
    return Response(stream_with_context(_encoded(who, rows)), mimetype="text/csv", headers=said)


def _encoded(who: Principal, rows: Iterator[str]) -> Iterator[bytes]:
    """Whoever asked acts until the last row: the request itself is over once the answer has begun."""
    with acting.acting(who):
        for line in rows:
            yield line.encode()


@bp.post("/feed/imports/<uuid:import_id>/dealt-with")
@needs(Permission.FEED_IMPORT)
def dealt_with(import_id: UUID) -> Any:
    """Marks its rejected rows as dealt with; with a reason where some have not come in since."""
    found = or_404(uploads.found(guard.principal(), import_id))
    form = DealtWithForm.asking(uploads.still_out(guard.principal(), found))
    if not form.validate():
        return _done_page(found, form), 422
    or_404(usecase.dealt_with(guard.principal(), import_id, form.reason.data or "", clock.now()) or None)
    flash("Marked as dealt with.", "success")
    return redirect(url_for("feed.one", import_id=import_id), 303)


def _done_page(found: Import, form: DealtWithForm) -> str:
    reading.opened(guard.principal(), "import.read", f"import/{found.id}", clock.now())
    pages = Pages(page_asked(), found.rejected, uploads.PAGE)
    rows, asks = uploads.rejects(guard.principal(), found, pages.page), not found.dealt_with_at
    out = uploads.still_out(guard.principal(), found) if found.rejected and asks else 0
    return render_template(
        "feed/import.html", imported=found, rejects=rows, pages=pages, form=form, still_out=out
    )


def _send(kind: str) -> Any:
    form = UploadForm()
    if not form.validate():
        return _page(kind, form), 422
    sent = form.file.data
    try:
        import_id = usecase.receive(
            guard.principal(), sent.stream, sent.filename or "", kind, _settings(), clock.now()
        )
    except Refused as refusal:
        form.file.errors = [str(refusal)]
        return _page(kind, form), 422
    response = redirect(url_for("feed.one", import_id=import_id), 303)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if app.testing:
        feed_runner.start(app)
    else:  # after the answer, so that saving the session does not wait for the import
        response.call_on_close(lambda: feed_runner.start(app))
    return response


def _page(kind: str, form: UploadForm) -> str:
    asked = page_asked()
    shown, count = uploads.recent(guard.principal(), asked)
    pages = Pages(asked, count, uploads.PAGE)
    limit = _settings().feed_limit // MEGABYTE
    words = exploitation_referrals.words(guard.principal().area_id) if kind == "episodes" else ""
    return render_template(
        f"feed/{kind}.html", form=form, imports=shown, pages=pages, limit=limit, words=words
    )


def _polls(response: Response) -> Response:
    response.polls = True  # type: ignore[attr-defined]
    return response


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
