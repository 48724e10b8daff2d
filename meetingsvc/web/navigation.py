"""Where a person can go, and what every page needs."""

from typing import Any, NamedTuple

from flask import Flask, g, request

from agenda.panels import LISTS, of_children
from meetingsvc.permissions import Permission, Principal


class Place(NamedTuple):
    """Somewhere to go, and what one does there."""

    text: str
    href: str
    permission: Permission
    about: str = ""


#: What is used most comes first: what does not fit is under `MORE`.
PLACES: tuple[Place, ...] = (
    Place("Today", "/", Permission.HOME_READ, "What waits for you"),
    Place("Police feed", "/feed", Permission.FEED_IMPORT, "Take in the police's file"),
    Place("Daily lists", "/lists", Permission.LIST_READ, "The cases of each daily meeting"),
    Place("Children", "/panels", Permission.LIST_READ, "Meetings on children at risk of exploitation"),
    Place("MARAC", "/marac", Permission.AGENDA_READ, "MARAC meetings and their agendas"),
    Place("Research", "/research", Permission.RESEARCH_SEND, "What your agency is asked before each meeting"),
    Place("Actions", "/actions", Permission.ACTION_UPDATE, "What was agreed, and what became of it"),
    Place("Packs", "/packs", Permission.PACK_FETCH, "Your copies of MARAC packs"),
    Place("Offline pack", "/packs/offline", Permission.PACK_OFFLINE,
          "What you need to run a meeting without this service"),
    Place("Minutes", "/minutes", Permission.MINUTES_READ, "What each meeting heard and decided"),
    Place("Victims to tell", "/feedback", Permission.FEEDBACK_READ, "Who tells a victim what was decided"),
    Place("Flags", "/flags", Permission.FLAG_READ, "Flags in each agency’s own records"),
    Place("Dates", "/dates", Permission.AGENDA_READ,
          "When meetings sit, and by when each step is done"),
    Place("My calendar", "/calendar", Permission.AGENDA_READ,
          "Invitations to MARACs, and a link for your own calendar"),
    Place("Referrals", "/referrals", Permission.REFERRAL_MAKE, "Refer somebody, and see what was sent"),
    Place("Search", "/search", Permission.INCIDENT_SEARCH, "Find an incident or a case"),
    Place("Transfers", "/transfers", Permission.TRANSFER_READ,
          "Cases that move to another area, or come from one"),
    Place("Told in time", "/notifications", Permission.NOTIFICATION_RECORD,
          "Which agencies were told of police incidents, and by when they must be"),
    Place("Disclosure scheme", "/applications", Permission.APPLICATION_READ,
          "Applications to be told of somebody's past, and their clocks"),
    Place("Requests", "/requests", Permission.DISCLOSURE_READ,
          "Third parties who ask for what meetings heard, and by when"),
    Place("Releases", "/releases", Permission.DISCLOSURE_RELEASE,
          "What was released to third parties, and for what purpose"),
    Place("Protection orders", "/orders", Permission.LIST_READ,
          "Orders that hold, and when they end"),
    Place("Deciding to share", "/sharing", Permission.SHARING_DECIDE,
          "Whether to share information, question by question, and what was decided"),
    Place("Decisions to share, to review", "/sharing/reviews", Permission.SHARING_REVIEW,
          "Those on no case that nobody reviews, or that wait for a second person"),
    Place("Agencies in one case alone", "/parts", Permission.PART_RUN,
          "Agencies that have not signed, and the case each takes part in"),
    Place("Cases you take part in", "/parts", Permission.PART_ANSWER,
          "What your agency was told of a case, until its last day"),
    Place("Yearly reviews", "/retention", Permission.RETENTION_READ,
          "What records are kept, and what is destroyed"),
    Place("What you still hold", "/retention/asked", Permission.RETENTION_ANSWER,
          "Your agency’s own review of what it holds of old cases"),
    Place("Holds", "/retention/holds", Permission.HOLD_SET,
          "Cases of which nothing is destroyed"),
    Place("Certificates", "/certificates", Permission.CERTIFICATE_READ,
          "What was destroyed, when and by whom"),
    Place("Same person?", "/matches", Permission.PERSON_MATCH,
          "People who may be one, and merges that can be undone"),
    Place("Patterns", "/patterns", Permission.EXPLOITATION_READ,
          "What is the same of several children"),
    Place("Hot spots", "/hot-spots", Permission.EXPLOITATION_READ,
          "Places and times at which children were, with counts"),
    Place("Who may open a case", "/need-to-know", Permission.WALL_DECIDE,
          "Restrictions to decide, and staff who may know somebody on a case"),
    Place("Decisions", "/decisions", Permission.ACCOUNT_CONFIRM,
          "What waits for a second person, and what you proposed"),
    Place("Not sent", "/refusals", Permission.REFUSAL_READ,
          "What the service did not send or hand over, and why"),
    Place("Messages", "/outbox", Permission.OUTBOX_MANAGE,
          "What waits to be sent, was sent, or needs a decision"),
    Place("What messages say", "/outbox/messages", Permission.MAIL_TEST,
          "Every message of the service, and a test to yourself"),
    Place("Emergency openings", "/openings", Permission.GLASS_REVIEW,
          "Review why a case was opened out of the ordinary"),
    Place("Openings for governance", "/tickets", Permission.TICKET_ASK,
          "Ask for one case to be opened to you for a day"),
    Place("Rehearse a meeting", "/rehearsal", Permission.REHEARSAL_ENTER,
          "A place apart with invented cases, to practise in"),
    Place("Accounts", "/accounts", Permission.ACCOUNT_READ, "Who can sign in"),
    Place("Agencies", "/agencies", Permission.AGENCY_MANAGE, "Agencies and their agreements"),
    Place("Agreements", "/agreements", Permission.AGREEMENT_MANAGE,
          "Who has signed the protocol, and what is to be reviewed or confirmed"),
    Place("Area", "/area", Permission.AREA_MANAGE, "The settings of the area"),
    Place("Records systems", "/machines", Permission.MACHINE_MANAGE,
          "Tokens by which a force's system sends incidents"),
    Place("Timed work", "/jobs", Permission.JOB_READ,
          "What the service does by itself, and when it did it last"),
    Place("Statistics", "/statistics", Permission.STATISTICS_READ,
          "Rounded numbers that may be published"),
    Place("Breaches", "/breaches", Permission.BREACH_RUN,
          "Breaches, whom they are told to, and by when"),
    Place("Raise a breach", "/breaches/mine", Permission.BREACH_RAISE,
          "Say that information went astray, and see what you raised"),
    Place("Complaints", "/complaints", Permission.COMPLAINT_HANDLE,
          "Complaints, who answers them, and by when"),
    Place("Record a complaint", "/complaints/mine", Permission.COMPLAINT_RAISE,
          "Somebody complained to you, or you complain"),
    Place("Disagreements", "/disagreements", Permission.DISAGREEMENT_READ,
          "What agencies challenge, step by step"),
    Place("Alarms", "/alarms", Permission.ALARM_READ, "Unusual reading of cases"),
    Place("What you are told", "/account/notices", Permission.HOME_READ,
          "What is sent to you by e-mail, why and when"),
    Place("Who did what", "/audit", Permission.AUDIT_READ, "Who opened, changed, sent or printed what"),
)  # fmt: skip
MOST = 7
MORE = Place("More", "/more", Permission.HOME_READ)


def set_up(app: Flask) -> None:
    """Reads no database: the error pages use it too."""

    @app.context_processor
    def every_page() -> dict[str, Any]:
        principal = g.get("principal")
        first, rest = bar_and_rest(principal) if principal else ((), ())
        shown = [{"text": at.text, "href": at.href, "current": _is_here(at.href)} for at in first]
        if rest:
            here = any(_is_here(at.href) for at in (MORE, *rest))
            shown.append({"text": MORE.text, "href": MORE.href, "current": here})
        return {
            "csp_nonce": g.get("csp_nonce", ""),
            "service_name": "Meeting service",
            "principal": principal,
            "rehearsing": bool(principal and principal.rehearsing),
            "navigation": shown,
        }


def bar_and_rest(principal: Principal) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """What stands on every page, seven at most, and what is under `MORE`."""
    places = tuple(place for place in PLACES if _leads_somewhere(principal, place))
    first = len(places) if len(places) <= MOST else MOST - 1
    return places[:first], places[first:]


def _leads_somewhere(principal: Principal, place: Place) -> bool:
    """Not to what the role may not do, nor to meetings that the person's agency does not attend."""
    marac = principal.attends_marac
    lists = [code for code in principal.attends & LISTS if not of_children(code)]
    if place.permission is Permission.EXPLOITATION_READ:
        return principal.may(place.permission) and principal.runs_exploitation
    if place.href == "/panels":
        return principal.may(place.permission) and principal.sits_on_exploitation
    attends = {"/lists": bool(lists), "/marac": marac, "/dates": bool(principal.attends)}
    there = attends.get(place.href, True)
    return principal.may(place.permission) and (there or principal.may(Permission.AGENDA_EDIT))


def _is_here(href: str) -> bool:
    return request.path == href or (href != "/" and request.path.startswith(href + "/"))
