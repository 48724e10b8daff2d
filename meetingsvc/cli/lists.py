"""`meetingsvc list …` (contract: incident feed)."""

import json
import sys
from datetime import date, datetime

import click

from agenda import calendar
from agenda.list_numbers import KEPT, hint
from agenda.list_output import as_json
from agenda.meetings import MeetingKind
from agenda.panels import Family
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.cli.opened import DAY, area_named, opened
from meetingsvc.models import AreaRow
from meetingsvc.permissions import FAMILY_OF
from meetingsvc.store import audit, lists
from meetingsvc.store.acting import Host
from meetingsvc.usecases import exploitation_lists, matching_decisions, meeting_notices
from meetingsvc.usecases import lists as usecase
from meetingsvc.usecases.transaction import saved


@click.group("list")
def daily_list() -> None:
    """Daily lists."""


@daily_list.command()
@click.option("--area", "name", required=True)
@click.option("--date", "day", type=DAY, required=True)
@click.option("--panel", default=MeetingKind.DRAMM.value, help="The panel whose list it is, by its code.")
def build(name: str, day: date, panel: str) -> None:
    """Freezes what that day's list takes in, and tells who attends that it can be read. A second call does
    nothing new. It waits for no near match, as a list built on the page does: it names how many there are."""
    with opened(), saved():
        area, now = area_named(name), clock.now()
        if FAMILY_OF.get(panel) is Family.EXPLOITATION:
            _build_of_children(area, day, panel, now)
            return
        built = usecase.build(area, day, audit.COMMAND_LINE, now, panel)
        if built.new:
            meeting_notices.list_ready(area.id, built.meeting_id, now)
        begins = usecase.refuse_no_list(area, day, panel).start
        near = matching_decisions.waiting(area.id, built.meeting_id, now)
    said = {
        "area": name,
        "date": day.isoformat(),
        "built": built.new,
        "items": built.items,
        "near_matches": near,
    }
    if built.waits:
        said["waits"] = built.waits
    click.echo(json.dumps(said))
    if built.waits:
        waits = "1 more waits" if built.waits == 1 else f"{built.waits} more wait"
        click.echo(f"{waits} for the list of another panel.", sys.stderr)
    if near:
        victims = "1 victim" if near == 1 else f"{near} victims"
        click.echo(
            f"Warning: {victims} may be on a case heard before, under another spelling. The list is built "
            "all the same: a coordinator decides.",
            sys.stderr,
        )
    if built.new and now < begins:
        click.echo(
            f"Warning: the window of {calendar.day_words(day)} has not begun. The list has taken "
            "everything that waits; what is recorded from now on goes on the next list.",
            sys.stderr,
        )


def _build_of_children(area: AreaRow, day: date, panel: str, now: datetime) -> None:
    """A list of a panel of exploitation (Rulebook E1)."""
    built = exploitation_lists.build(area, day, audit.COMMAND_LINE, now, panel)
    if built.new:
        meeting_notices.list_ready(area.id, built.meeting_id, now)
    told = {"area": area.name, "date": day.isoformat(), "panel": panel}
    click.echo(json.dumps({**told, "built": built.new, "items": built.items}))


@daily_list.command()
@click.option("--area", "name", required=True)
@click.option("--date", "day", type=DAY, required=True)
@click.option("--panel", default=MeetingKind.DRAMM.value, help="The panel whose list it is, by its code.")
@click.option("--json", "as_object", is_flag=True, help="For other programs.")
def show(name: str, day: date, panel: str, as_object: bool) -> None:
    """Prints a built list."""
    with opened():
        area = area_named(name)
        found = lists.daily_list(Host(area.id), area.id, day, panel)
        if found is None:
            usecase.refuse_no_list(area, day, panel)
            of = "" if panel == MeetingKind.DRAMM else f" --panel {panel}"
            raise RuleBroken(
                f"The list of {calendar.day_words(day)} has not been built: "
                f"meetingsvc list build --area {name} --date {day}{of}"
            )
    if as_object:
        click.echo(json.dumps(as_json(found), ensure_ascii=False))
        return
    for item in sorted(found.items, key=lambda item: item.number == KEPT):
        rules = " ".join(sorted({rule for entry in item.entries for rule in entry.reasons}, key=_number))
        click.echo(f"{item.number:>3} {item.case} {item.risk:8} {rules}")
    if words := hint([item.number for item in found.items]):
        click.echo(words, sys.stderr)
    click.echo(
        f"{len(found.items)} cases, {len(found.notices)} orders, {len(found.not_listed)} not listed",
        sys.stderr,
    )


def _number(rule: str) -> int:
    return int(rule[1:])


COMMANDS = (daily_list,)
