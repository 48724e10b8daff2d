"""The pages, as blueprints by task of the person."""

from flask import Flask

from meetingsvc.config import Settings
from meetingsvc.permissions import PUBLIC
from meetingsvc.web import errors, guard, headers, home, navigation, sign_in, templating
from meetingsvc.web.sessions import Sessions

BLUEPRINTS = (sign_in.bp, home.bp)


def set_up(app: Flask, settings: Settings) -> None:
    """The guard comes before every view and before every form's token."""
    templating.set_up(app)
    app.session_interface = Sessions(settings)
    headers.set_up(app)
    guard.set_up(app)
    navigation.set_up(app)
    errors.set_up(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.view_functions["static"].needs = PUBLIC  # type: ignore[attr-defined]
    guard.refuse_unmarked(app)
