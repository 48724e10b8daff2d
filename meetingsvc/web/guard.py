"""Silence is refusal: every route says what it needs, or the application does not start."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user

from meetingsvc import clock
from meetingsvc.permissions import PUBLIC, Permission, Principal
from meetingsvc.store import accounts

#: All that is open to a person whose password somebody else has seen.
_NEW_PASSWORD = frozenset({"password.show", "password.change"})
View = TypeVar("View", bound=Callable[..., Any])


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login knows of a person; the rest is read afresh for each request."""

    def __init__(self, principal: Principal) -> None:
        self.principal = principal
        self.id = str(principal.account_id)


def needs(permission: Permission | str) -> Callable[[View], View]:
    """Says what a route needs, or `PUBLIC`. It only marks, so the order of decorators opens no door."""

    def mark(view: View) -> View:
        view.needs = permission  # type: ignore[attr-defined]
        return view

    return mark


def principal() -> Principal:
    """Who asks. Only for views that need a permission."""
    found: Principal = current_user.principal
    return found


def set_up(app: Flask) -> None:
    """Sign-in and permission are asked before anything is loaded, and before a form's token is."""
    login = LoginManager(app)
    login.login_view = "sign_in.show"
    login.login_message = None
    login.session_protection = None  # the session is the server's own, and dies by its own clocks

    @login.user_loader  # type: ignore[untyped-decorator]
    def load(account_id: str) -> SignedIn | None:
        found = accounts.principal(UUID(account_id), clock.now())
        return SignedIn(found) if found else None

    app.before_request(_guard)


def refuse_unmarked(app: Flask) -> None:
    """Raises RuntimeError naming every route that does not say what it needs."""
    unmarked = sorted(name for name, view in app.view_functions.items() if not hasattr(view, "needs"))
    if unmarked:
        raise RuntimeError(f"These routes do not say what they need: {', '.join(unmarked)}")


def _to_sign_in() -> Any:
    """Who sent something is told that it was not saved: the session ended while they were typing."""
    if request.method == "POST":
        return redirect(url_for("sign_in.show", ended=1))
    return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]


def _guard() -> Any:
    g.principal = None
    if request.endpoint is None:
        return None  # no such route: the same 404 as for a hidden object
    needed = current_app.view_functions[request.endpoint].needs  # type: ignore[union-attr]
    if needed == PUBLIC:
        return None
    if not current_user.is_authenticated:
        return _to_sign_in()
    g.principal = current_user.principal
    if not current_user.principal.may(needed):
        abort(403)
    if current_user.principal.must_change_password and request.endpoint not in _NEW_PASSWORD:
        return redirect(url_for("password.show"))
    return None
