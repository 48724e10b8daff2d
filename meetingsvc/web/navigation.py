"""Where a person can go, and what every page needs."""

from typing import Any

from flask import Flask, g, request

from meetingsvc.permissions import Permission

PLACES = (
    ("Today", "/", Permission.HOME_READ),
    ("Police feed", "/feed", Permission.FEED_IMPORT),
    ("Daily lists", "/lists", Permission.LIST_READ),
    ("MARAC", "/marac", Permission.AGENDA_READ),
    ("Packs", "/packs", Permission.PACK_FETCH),
    ("Search", "/search", Permission.INCIDENT_SEARCH),
    ("Accounts", "/accounts", Permission.ACCOUNT_MANAGE),
    ("Agencies", "/agencies", Permission.AGENCY_MANAGE),
    ("Area", "/area", Permission.AREA_MANAGE),
    ("Audit", "/audit", Permission.AUDIT_READ),
)


def set_up(app: Flask) -> None:
    """Reads no database: the error pages use it too."""

    @app.context_processor
    def every_page() -> dict[str, Any]:
        principal = g.get("principal")
        places = [place for place in PLACES if principal and principal.may(place[2])]
        return {
            "csp_nonce": g.get("csp_nonce", ""),
            "service_name": "Meeting service",
            "principal": principal,
            "navigation": [
                {"text": text, "href": href, "current": _is_here(href)} for text, href, _ in places
            ],
        }


def _is_here(href: str) -> bool:
    return request.path == href or (href != "/" and request.path.startswith(href + "/"))
