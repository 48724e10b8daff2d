"""Silence is refusal: every route says what it needs, or the application does not start."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, abort, current_app, flash, g, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user

from meetingsvc import clock
from meetingsvc.permissions import GRANTS, PUBLIC, Permission, Principal, Role
from meetingsvc.store import accounts, acting, restored
from meetingsvc.store.restored import Closed
from meetingsvc.usecases import factors, feed_tokens, rehearsals
from meetingsvc.web import asleep
from meetingsvc.web.sessions import State, current

#: All that is open to a person whose password somebody else has seen.
_NEW_PASSWORD = frozenset({"password.show", "password.change"})
#: All that is open to a person whose password was right and who has no second factor yet.
_SET_UP = frozenset(
    {"factors.show", "factors.app", "factors.add_app", "factors.passkey", "factors.add_passkey"}
)
#: What is no part of a rehearsal: who somebody really is, and files that leave the service.
_NOT_REHEARSED = frozenset({"password", "factors", "my_sessions", "notice_times", "staff_details"})
_FILES = frozenset({"flags.download", "actions.export"})
#: How long a second factor vouches for what needs one (security.md C, ASVS 7.5.3).
CONFIRMED_FOR = timedelta(minutes=10)
_RESTORED = "It was restored from a backup, and is closed until what was done since then has been done again."
View = TypeVar("View", bound=Callable[..., Any])


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login knows of a person; the rest is read afresh for each request."""

    def __init__(self, principal: Principal) -> None:
        self.principal = principal
        self.id = str(principal.account_id)


def needs(permission: Permission | str, *, step_up: bool = False) -> Callable[[View], View]:
    """Says what a route needs, or `PUBLIC`. It only marks, so the order of decorators opens no door.

    `step_up`: also a second factor proven within ten minutes, for what cannot be taken back.
    """

    def mark(view: View) -> View:
        view.needs = permission  # type: ignore[attr-defined]
        view.step_up = step_up  # type: ignore[attr-defined]
        return view

    return mark


def principal() -> Principal:
    """Who asks. Only for views that need a permission."""
    found: Principal = g.principal
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
    app.teardown_request(_nobody_acts)


def refuse_unmarked(app: Flask) -> None:
    """Raises RuntimeError naming every route that does not say what it needs."""
    unmarked = sorted(name for name, view in app.view_functions.items() if not hasattr(view, "needs"))
    if unmarked:
        raise RuntimeError(f"These routes do not say what they need: {', '.join(unmarked)}")


def _guard() -> Any:
    g.principal = None
    if request.endpoint is None:
        return None  # no such route: the same 404 as for a hidden object
    view: Any = current_app.view_functions[request.endpoint]
    if _is_closed_to_them(view):
        abort(503, _RESTORED)
    if view.needs == PUBLIC:
        return None
    if getattr(view, "by_token", False):
        return _let_machine(view)
    if current().state is State.HALF:
        return _half_open(view)
    if not current_user.is_authenticated:
        return asleep.answer()
    _let_act(_as_they_act(current_user.principal))
    if not g.principal.may(view.needs):
        abort(403)
    if g.principal.must_change_password and request.endpoint not in _NEW_PASSWORD:
        return redirect(url_for("password.show"))
    if getattr(view, "step_up", False) and not _is_confirmed():
        return asleep.ask_again()
    asleep.drop_used_draft()
    return None


def _is_closed_to_them(view: Any) -> bool:
    """After a restore: until it is open again, only those who run meetings come in, if anybody does."""
    if request.endpoint == "static":
        return False
    closed = restored.closed()
    if closed is None or closed is Closed.TO_ALL:
        return closed is not None
    if view.needs == PUBLIC or getattr(view, "by_token", False):
        return request.blueprint != "sign_in"
    return current_user.is_authenticated and not current_user.principal.runs_meetings


def _as_they_act(real: Principal) -> Principal:
    """Themselves; in a rehearsal that they entered, as whom they act there.

    Once that is over, what was sent from a page of it is not done to what is real.
    """
    twin = current().rehearses_as
    if twin is None or real.must_change_password:
        return real
    who = rehearsals.acting_for(real, twin, clock.now())
    if who is None:
        current().rehearse(None)
        flash("The rehearsal is over. What you see from here is real.", "important")
        abort(redirect(url_for("home.show"), 303))
    if request.blueprint in _NOT_REHEARSED or request.endpoint in _FILES:
        flash("That is not part of a rehearsal.", "important")
        abort(redirect(url_for("rehearsals.show"), 303))
    return who


def _half_open(view: Any) -> Any:
    """A right password alone opens the pages that make it whole, in their order, and nothing else."""
    account_id = current().account_id
    who = accounts.principal(account_id, clock.now()) if account_id else None
    if who is None:
        return redirect(url_for("sign_in.show"))
    step = factors.next_step(who, proven=bool(current().get("proven")))
    opens = {factors.Step.PASSWORD: _NEW_PASSWORD, factors.Step.SET_UP: _SET_UP}.get(step, frozenset())
    if request.endpoint not in opens:
        return redirect(url_for("sign_in.second"))
    if not who.may(view.needs):
        abort(403)
    _let_act(who)
    return None


def _let_machine(view: Any) -> None:
    """The one place where a token is asked for: a session opens no door for machines, nor a token any other.

    Nobody acts: what the machine may have done, its use case does for the token's area.
    """
    told = request.authorization
    bearer = told.token if told and told.type == "bearer" else None
    g.sender = feed_tokens.admit(bearer or "", request.remote_addr or "", clock.now())
    if view.needs not in GRANTS[Role.POLICE_SERVICE]:
        abort(403)


def _let_act(who: Principal) -> None:
    """Everything that this request reads and writes is theirs (security.md B)."""
    g.principal, g.acting = who, acting.begin(who)


def _nobody_acts(error: BaseException | None) -> None:
    if token := g.pop("acting", None):
        acting.end(token)


def _is_confirmed() -> bool:
    at = current().confirmed_at()
    return at is not None and clock.now() - at <= CONFIRMED_FOR
