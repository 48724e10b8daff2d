"""The pages, as blueprints by task of the person."""

from flask import Flask

from meetingsvc.config import Settings
from meetingsvc.permissions import PUBLIC
from meetingsvc.web import (
    accounts,
    actions,
    agencies,
    area,
    audit,
    cases,
    errors,
    feed,
    guard,
    headers,
    home,
    lists,
    marac,
    marac_publishing,
    navigation,
    outcomes,
    packs,
    password,
    search,
    sign_in,
    templating,
)
from meetingsvc.web.sessions import Sessions

BLUEPRINTS = (
    sign_in.bp,
    home.bp,
    marac.bp,
    marac_publishing.bp,
    packs.bp,
    accounts.bp,
    agencies.bp,
    area.bp,
    audit.bp,
    password.bp,
    outcomes.bp,
    feed.bp,
    lists.bp,
    search.bp,
    cases.bp,
    actions.bp,
)


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
    setattr(app.view_functions["static"], "needs", PUBLIC)  # noqa: B010 Flask types a view without attributes
    guard.refuse_unmarked(app)
