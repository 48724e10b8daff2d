"""Statistics that may be published: rounded, so that they tell of nobody (Rulebook W4). Read only."""

import csv
from collections.abc import Sequence
from io import StringIO

from flask import Blueprint, Response, render_template, request

from agenda.exports import neutralise
from agenda.periods import Period
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.usecases import statistics as usecase
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("statistics", __name__, url_prefix="/statistics")


@bp.get("")
@needs(Permission.STATISTICS_READ)
def show() -> str:
    """The tables of one period; that of the last month where none is asked for."""
    who, now = guard.principal(), clock.now()
    offered = usecase.periods(who, now)
    period = _asked(offered)
    tables = usecase.told(who, period, "statistics.read", now) if period else ()
    choices = [{"value": one.key, "text": one.label, "selected": one == period} for one in offered]
    return render_template(
        "statistics/statistics.html", tables=tables, period=period, choices=choices,
        base=usecase.smallest(who),
    )  # fmt: skip


@bp.get("/tables.csv")
@needs(Permission.STATISTICS_READ, step_up=True)
def export() -> Response:
    """The same numbers, one a line; where no month is over yet, the headings alone."""
    who, now = guard.principal(), clock.now()
    base, period = usecase.smallest(who), _asked(usecase.periods(who, now))
    out = StringIO()
    lines = csv.writer(out)
    lines.writerow(["Period", "Table", "Line", "Column", "Number", "Rounded to a multiple of"])
    if period:
        for table in usecase.told(who, period, "statistics.exported", now):
            for line, numbers in table.lines:
                told = zip(table.columns, numbers, strict=True)
                cells = ((period.key, table.title, line, *one, base) for one in told)
                lines.writerows([neutralise(str(cell)) for cell in row] for row in cells)
    answer = Response(out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=statistics.csv"
    return answer


def _asked(offered: Sequence[Period]) -> Period | None:
    """One that is offered, or as no such page: none that still runs."""
    key = request.args.get("period", "")
    if not key:
        return offered[0] if offered else None
    return or_404(next((period for period in offered if period.key == key), None))
