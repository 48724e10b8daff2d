"""The pages, as blueprints by task of the person."""

from flask import Flask

from meetingsvc.config import Settings
from meetingsvc.permissions import PUBLIC
from meetingsvc.web import (
    account_changes,
    accounts,
    actions,
    address_reveals,
    addresses,
    again,
    agencies,
    agreements,
    alarms,
    allocations,
    area,
    audit,
    cases,
    closed_cases,
    corrections,
    errors,
    factors,
    feed,
    guard,
    headers,
    home,
    lists,
    marac,
    marac_publishing,
    more,
    my_sessions,
    navigation,
    openings,
    outcomes,
    packs,
    password,
    prints,
    proposals,
    refusals,
    restrictions,
    search,
    sign_in,
    staff_details,
    templating,
    tickets,
    walls,
)
from meetingsvc.web.sessions import Sessions

BLUEPRINTS = (
    sign_in.bp,
    again.bp,
    factors.bp,
    my_sessions.bp,
    home.bp,
    more.bp,
    marac.bp,
    marac_publishing.bp,
    packs.bp,
    accounts.bp,
    account_changes.bp,
    proposals.bp,
    refusals.bp,
    agencies.bp,
    agreements.bp,
    area.bp,
    audit.bp,
    password.bp,
    outcomes.bp,
    feed.bp,
    lists.bp,
    search.bp,
    cases.bp,
    closed_cases.bp,
    restrictions.bp,
    walls.bp,
    openings.bp,
    tickets.bp,
    staff_details.bp,
    address_reveals.bp,
    addresses.bp,
    actions.bp,
    corrections.bp,
    alarms.bp,
    allocations.bp,
    prints.bp,
)


def set_up(app: Flask, settings: Settings) -> None:
    """The guard comes before every view and before every form's token."""
    templating.set_up(app)
    app.session_interface = Sessions(settings)
    headers.set_up(app)
    guard.set_up(app)
    closed_cases.set_up(app)
    navigation.set_up(app)
    errors.set_up(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    setattr(app.view_functions["static"], "needs", PUBLIC)  # noqa: B010 Flask types a view without attributes
    guard.refuse_unmarked(app)
