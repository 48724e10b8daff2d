"""A test message to oneself, and what became of it in plain words."""

from datetime import datetime
from uuid import uuid4

from agenda.meetings import MeetingKind
from meetingsvc import mail
from meetingsvc.config import Settings
from meetingsvc.mail_smtp import NotSent
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases.transaction import saved_by
from notifications.outgoing import MAIL_TEST, Stage, What

NO_WAY_OUT = "no mail server is set up"
REFUSED = "the door refused it: see “Not sent”, or ask who runs the meetings"


def send(principal: Principal, settings: Settings, now: datetime) -> str:
    """Sends it at once; answers what went wrong, without any address, or nothing where it was handed over."""
    with saved_by(principal, Permission.MAIL_TEST, now) as who:
        if mail.way_out(settings) is None:
            return NO_WAY_OUT
        thing = Outgoing(who.area_id, who.account_id, What.NOTICE, MAIL_TEST, MeetingKind.MARAC)
        cleared = mail.dispatch(thing, Stage.SEND, now)
    if cleared is None:
        return REFUSED
    message_id, fault = uuid4(), ""
    try:
        mail.send_test(cleared, message_id, settings, now)
    except NotSent as failure:
        fault = failure.fault.value
    with saved_by(principal, Permission.MAIL_TEST, now) as who:
        ended = "failed" if fault else "sent"
        audit.record(who.account_id, who.area_id, "mail.tested", f"message/{message_id}", now, ended=ended)
    return fault
