"""A daily list as other programs read it (contract: incident feed, "list show")."""

from datetime import date, datetime

from agenda.daily_list import DailyList, LeftOut, ListedEntry, ListedItem, Notice


def as_json(told: DailyList) -> dict[str, object]:
    """The object that `meetingsvc list show --json` prints."""
    return {
        "area": told.area,
        "kind": told.kind,
        "date": told.date.isoformat(),
        "window": {"start": told.window.start.isoformat(), "end": told.window.end.isoformat()},
        "starts_at": told.starts_at.isoformat(),
        "items": [_item(item) for item in told.items],
        "notices": [_notice(notice) for notice in told.notices],
        "not_listed": [_left_out(incident) for incident in told.not_listed],
        "not_domestic": told.not_domestic,
    }


def _item(item: ListedItem) -> dict[str, object]:
    return {
        "position": item.position,
        "case": item.case,
        "repeat": item.repeat,
        "victim_known_to_marac": item.victim_known,
        "entries": [_entry(entry) for entry in item.entries],
    }


def _entry(entry: ListedEntry) -> dict[str, object]:
    return {
        "kind": entry.kind,
        "reference": entry.reference,
        "reasons": list(entry.reasons),
        "late": entry.late,
        "changed": entry.changed,
    }


def _notice(notice: Notice) -> dict[str, object]:
    order = notice.order
    return {
        "kind": order.kind and order.kind.value,
        "reference": notice.reference,
        "made_at": _when(order.made_at),
        "expires_at": _when(order.expires_at),
        "terms": order.terms or None,
        "live_together": order.live_together,
    }


def _left_out(incident: LeftOut) -> dict[str, object]:
    return {
        "reference": incident.reference,
        "reasons": list(incident.reasons),
        "victim_known_to_marac": incident.victim_known,
    }


def _when(moment: date | datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
