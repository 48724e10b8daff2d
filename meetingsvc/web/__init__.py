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
    applications,
    area,
    audit,
    cases,
    closed_cases,
    consents,
    corrections,
    errors,
    factors,
    feed,
    feed_tokens,
    guard,
    headers,
    home,
    lists,
    marac,
    marac_publishing,
    matching,
    more,
    my_sessions,
    navigation,
    notification_clocks,
    openings,
    orders,
    outcomes,
    packs,
    password,
    people,
    prints,
    proposals,
    public_form,
    public_referrals,
    referrals,
    referrals_sent,
    refusals,
    restrictions,
    risk_assessments,
    search,
    sign_in,
    staff_details,
    templating,
    tickets,
    timeline,
    transfer_arrivals,
    transfers,
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
    public_form.bp,
    public_referrals.bp,
    refusals.bp,
    referrals_sent.bp,
    referrals.bp,
    agencies.bp,
    agreements.bp,
    area.bp,
    audit.bp,
    password.bp,
    outcomes.bp,
    applications.bp,
    orders.bp,
    feed.bp,
    feed_tokens.bp,
    lists.bp,
    search.bp,
    cases.bp,
    closed_cases.bp,
    restrictions.bp,
    walls.bp,
    matching.bp,
    openings.bp,
    tickets.bp,
    staff_details.bp,
    address_reveals.bp,
    addresses.bp,
    actions.bp,
    consents.bp,
    risk_assessments.bp,
    corrections.bp,
    alarms.bp,
    allocations.bp,
    prints.bp,
    people.bp,
    timeline.bp,
    transfers.bp,
    transfer_arrivals.bp,
    notification_clocks.bp,
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
