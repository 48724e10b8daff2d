"""What is answered to a person whose session sleeps or is over, or who has to prove again who they are.

A page is opened again afterwards. A form's fields are kept on the server, sealed, and shown back: a meeting
of three hours loses nothing (security.md F).
"""

from typing import Any
from uuid import UUID

from flask import current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from meetingsvc import clock
from meetingsvc.store import drafts
from meetingsvc.usecases.transaction import saved
from meetingsvc.web.sessions import State, current

#: The hidden field by which a form that is sent again names its draft.
DRAFT = "_draft"
#: Their fields are passwords and keys, or are kept by the page that sends them: never kept here.
_NEVER_KEPT = ("password", "factors", "sign_in", "live")


def answer() -> Any:
    """To the lock page, or to sign in; who sent something is told what became of it."""
    state, posted = current().state, request.method == "POST"
    if state is State.LOCKED:
        return ask_again()
    if not posted:
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    kept = state is State.OVER and _keep(_whose())
    return redirect(url_for("sign_in.show", ended="kept" if kept else "1"))


def ask_again() -> Any:
    """To the page that asks for a second factor, and back: with the draft of what was sent."""
    if request.method != "POST":
        return redirect(url_for("again.show", next=_path()))
    if draft_id := _keep(_whose()):
        return redirect(url_for("again.show", draft=draft_id), 303)
    return redirect(url_for("again.show", next=_form_of(request.path), lost=1), 303)


def kept_for_later() -> str:
    """Where to go on once something else has been asked: to the page, or to the draft of what was sent."""
    if request.method != "POST":
        return _path()
    draft_id = _keep(_whose())
    return url_for("again.draft", draft_id=draft_id) if draft_id else _form_of(request.path)


def drop_used_draft() -> None:
    """The form that was kept has been sent again: it is no longer kept."""
    if request.method == "POST" and (told := request.form.get(DRAFT)):
        with saved():
            drafts.drop(_whose(), _uuid(told))


def _whose() -> UUID:
    """For whom a draft is kept: what was typed in a rehearsal is never sent on to what is real."""
    own = current()
    return own.rehearses_as or own.account_id or UUID(current_user.get_id())


def _keep(account_id: UUID | None) -> UUID | None:
    """The draft of what was sent; None where it cannot be kept, such as a file.

    Only a form that carries its own session's token: nobody else's page plants a draft.
    """
    if current_app.config["WTF_CSRF_ENABLED"]:
        current_app.extensions["csrf"].protect()
    has_file = any(file.filename for file in request.files.values())
    unkept = (request.blueprint or "") in _NEVER_KEPT or len(_path()) > 500
    if account_id is None or has_file or unkept:
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True)
              if name not in {"csrf_token", DRAFT}]  # fmt: skip
    with saved():
        return drafts.keep(account_id, _path(), fields, clock.now())


def _path() -> str:
    return request.full_path.rstrip("?")


def _form_of(path: str) -> str:
    """The page with the form that was sent, as far as its address says; else the first page."""
    try:
        current_app.create_url_adapter(request).match(path, "GET")  # type: ignore[union-attr]
    except HTTPException:
        return url_for("home.show")
    return path


def _uuid(told: str) -> UUID:
    try:
        return UUID(told)
    except ValueError:
        return UUID(int=0)
