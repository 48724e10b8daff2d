"""Where a person can go, and what every page needs."""

from typing import Any

from flask import Flask, g, request

from meetingsvc.permissions import Permission, Principal

Place = tuple[str, str, Permission]
PLACES: tuple[Place, ...] = (
    ("Today", "/", Permission.HOME_READ),
    ("Police feed", "/feed", Permission.FEED_IMPORT),
    ("Daily lists", "/lists", Permission.LIST_READ),
    ("MARAC", "/marac", Permission.AGENDA_READ),
    ("Actions", "/actions", Permission.CASE_READ),
    ("Packs", "/packs", Permission.PACK_FETCH),
    ("Refusals", "/refusals", Permission.REFUSAL_READ),
    ("Search", "/search", Permission.INCIDENT_SEARCH),
    ("Who may open", "/need-to-know", Permission.WALL_DECIDE),
    ("Reviews", "/openings", Permission.GLASS_REVIEW),
    ("Tickets", "/tickets", Permission.TICKET_ASK),
    ("Decisions", "/decisions", Permission.ACCOUNT_CONFIRM),
    ("Accounts", "/accounts", Permission.ACCOUNT_READ),
    ("Agencies", "/agencies", Permission.AGENCY_MANAGE),
    ("Area", "/area", Permission.AREA_MANAGE),
    ("Alarms", "/alarms", Permission.ALARM_READ),
    ("Who did what", "/audit", Permission.AUDIT_READ),
)


def set_up(app: Flask) -> None:
    """Reads no database: the error pages use it too."""

    @app.context_processor
    def every_page() -> dict[str, Any]:
        principal = g.get("principal")
        places = [place for place in PLACES if principal and _leads_somewhere(principal, place)]
        return {
            "csp_nonce": g.get("csp_nonce", ""),
            "service_name": "Meeting service",
            "principal": principal,
            "navigation": [
                {"text": text, "href": href, "current": _is_here(href)} for text, href, _ in places
            ],
        }


def _leads_somewhere(principal: Principal, place: Place) -> bool:
    """Not to what the role may not do, nor to meetings that the person's agency does not attend."""
    _, href, permission = place
    attends = {"/lists": principal.attends_daily, "/marac": principal.attends_marac}.get(href, True)
    return principal.may(permission) and (attends or principal.may(Permission.AGENDA_EDIT))


def _is_here(href: str) -> bool:
    return request.path == href or (href != "/" and request.path.startswith(href + "/"))
