"""A panel as the database keeps it: `read(kept(panel))` is the same panel (Rulebook E1, P3)."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from agenda.agencies import AgencyKind
from agenda.clocks import Length, Unit
from agenda.panels import Family, Levels, Panel, Part, Works
from agenda.rhythm import EveryDays, OnWeekdays, Rhythm


def kept(panel: Panel) -> dict[str, Any]:
    """Plain values for the database."""
    return {
        "code": panel.code, "name": panel.name, "family": panel.family.value, "works": panel.works.value,
        "rhythm": _rhythm_kept(panel.rhythm), "starts": panel.starts.isoformat(),
        "hears": [part.value for part in panel.hears], "takes": panel.takes,
        "cut_off": panel.cut_off.isoformat(), "up": panel.up,
        "levels": [panel.levels.standard, panel.levels.medium, panel.levels.high],
        "attends": sorted(panel.attends), "age_ceiling": panel.age_ceiling,
        "transition": _length_kept(panel.transition),
        "review": _length_kept(panel.review) if panel.review else None,
        "notes_for_contributors": panel.notes_for_contributors,
        "chair_confirms_leaving": panel.chair_confirms_leaving,
    }  # fmt: skip


def of_meeting(panel: Panel) -> dict[str, str]:
    """What each of its meetings keeps of it, whatever the area sets later."""
    return {"kind": panel.code, "works": panel.works.value, "family": panel.family.value}


def read(told: Mapping[str, Any]) -> Panel:
    """The inverse of `kept`; what an older version did not keep has its default."""
    values: dict[str, Any] = {name: told[name] for name in _PLAIN if name in told}
    values |= {name: time.fromisoformat(told[name]) for name in ("starts", "cut_off") if name in told}
    values |= {name: _length(told[name]) for name in ("transition", "review") if told.get(name)}
    return Panel(
        family=Family(told["family"]),
        works=Works(told["works"]),
        rhythm=_rhythm(told["rhythm"]),
        hears=tuple(map(Part, told["hears"])),
        levels=Levels(*told.get("levels", ())),
        attends=frozenset(map(AgencyKind, told.get("attends", ()))),
        **values,
    )


_PLAIN = ("code", "name", "takes", "up", "age_ceiling", "notes_for_contributors", "chair_confirms_leaving")


def _rhythm_kept(rhythm: Rhythm) -> dict[str, Any]:
    if isinstance(rhythm, OnWeekdays):
        return {"weekdays": list(rhythm.days)}
    return {"every": rhythm.days, "anchor": rhythm.anchor.isoformat() if rhythm.anchor else None}


def _rhythm(told: Mapping[str, Any]) -> Rhythm:
    if "weekdays" in told:
        return OnWeekdays(tuple(told["weekdays"]))
    return EveryDays(date.fromisoformat(told["anchor"]) if told["anchor"] else None, told["every"])


def _length_kept(length: Length) -> list[Any]:
    return [length.count, length.unit.value]


def _length(told: list[Any]) -> Length:
    return Length(told[0], Unit(told[1]))
