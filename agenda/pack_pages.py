"""How a worded pack lies on A4 pages: a front with contents, then each case on pages of its own."""

from collections.abc import Sequence

from agenda.flow import Cell, Flow, Letters, Page, Style
from agenda.pack import CaseSheet, Facts, GroupSheet, Prose, Remark, Section, Table, Worded

LEFT, RIGHT, TOP, BOTTOM = 51.0, 544.0, 782.0, 66.0
_WIDTH = RIGHT - LEFT

_NAVY, _GREY, _PALE, _RULE = "#1d3a5f", "#505a5f", "#eaeff5", "#b1b4b6"
_RISK = {"high risk": "#942514", "medium risk": "#8a5a00", "standard risk": "#505a5f"}
_SORT = {"Fact": "#1d3a5f", "Professional opinion": "#8a5a00"}

_TITLE = Style(26, 34, True, _NAVY)
_SUBTITLE = Style(12, 18, False, _GREY)
_GROUP = Style(13, 17, True, _NAVY)
_REFERENCE = Style(17, 22, True, _NAVY)
_PEOPLE = Style(10.5, 15, True)
_SECTION = Style(10.5, 14, True, _NAVY)
_LABEL = Style(7.5, 10.5, False, _GREY)
_BODY = Style(9, 12.8)
_STRONG = Style(9, 12.8, True)
_HEAD = Style(8, 11, True, _NAVY)
_PILL = Style(8, 10, True, "#ffffff")
_TAGS = {sort: Style(7.5, 11, True, colour) for sort, colour in _SORT.items()}
_PLAIN_TAG = Style(7.5, 11, True, _GREY)
#: Hundredths of the width, by the number of heads.
_COLUMNS = {2: (25, 75), 3: (38, 12, 50), 4: (35, 19, 16, 30), 5: (37, 19, 18, 15, 11)}


def laid_out(words: Worded, letters: Letters) -> list[Page]:
    """The pages of a pack. Contents are laid twice: their length must be known before they name a page."""
    cases = sum(len(group.cases) for group in words.groups)
    offset = len(_front(words, letters, [0] * cases))
    flow = Flow(letters, TOP, BOTTOM)
    starts: list[int] = []
    for group in words.groups:
        for place, case in enumerate(group.cases):
            flow.label = f"{case.called} · {group.title.partition(':')[0]}"
            flow.page()
            starts.append(offset + len(flow.pages))
            if place == 0:
                flow.mark(group.title, 0)
            flow.mark(f"{case.called}, {case.risk}", 1)
            _case_box(flow, group, case, letters)
            for section in case.sections:
                _section(flow, section)
    return _front(words, letters, starts) + flow.pages


def _front(words: Worded, letters: Letters, starts: Sequence[int]) -> list[Page]:
    flow = Flow(letters, TOP, BOTTOM)
    flow.page()
    flow.mark("Contents", 0)
    flow.row([Cell(LEFT, _WIDTH, ((_TITLE, words.title), (_SUBTITLE, words.subtitle)))])
    flow.y -= 10
    about = zip((8, 254, 336, 418), (236, 72, 72, 67), words.about.pairs, strict=True)
    flow.row(
        [Cell(LEFT + x, width, ((_LABEL, label), (_PEOPLE, value))) for x, width, (label, value) in about],
        pad=8,
        fill=_PALE,
    )
    flow.y -= 12
    for line in words.handling:
        flow.row([Cell(LEFT, 10, ((_STRONG, "•"),)), Cell(LEFT + 12, _WIDTH - 12, ((_BODY, line),))], pad=1)
    for section in words.opening:
        _section(flow, section)
    numbers = iter(starts)
    for group in words.groups:
        _contents(flow, group, [next(numbers) for _ in group.cases])
    if words.hint:
        flow.row([Cell(LEFT, _WIDTH, ((_BODY, words.hint),))], pad=6)
    return flow.pages


def _contents(flow: Flow, group: GroupSheet, numbers: Sequence[int]) -> None:
    _heading(flow, group.title, _GROUP, 60)
    timed = 34 if any(case.starts for case in group.cases) else 0
    for case, number in zip(group.cases, numbers, strict=True):
        risk = Style(8, 12.8, True, _RISK.get(case.risk, _GREY))
        cells = [
            Cell(LEFT, 24, ((_STRONG, case.number),)),
            Cell(LEFT + 24, 56, ((_STRONG, case.reference),)),
            Cell(LEFT + 82, 32, ((_BODY, case.starts.removeprefix("about ")),)),
            Cell(LEFT + 82 + timed, 234 - timed, ((_BODY, case.people),)),
            Cell(LEFT + 320, 64, ((risk, case.risk.capitalize()),)),
            Cell(LEFT + 386, 78, ((_BODY, case.purpose.capitalize()),)),
            Cell(RIGHT - 26, 26, ((_STRONG, str(number)),)),
        ]
        flow.row(cells, pad=1.5)
        _rule(flow)


def _case_box(flow: Flow, group: GroupSheet, case: CaseSheet, letters: Letters) -> None:
    """Reference, risk and purpose at a glance, then who it is about and in which group."""
    group_words = f"{group.title.upper()} · {case.starts.upper()}" if case.starts else group.title.upper()
    pills = [(case.risk, _RISK.get(case.risk, _GREY)), (case.purpose, _NAVY), (case.repeat, "#4c2c92")]
    top = flow.y
    flow.box(LEFT, _WIDTH, 4, _NAVY)
    flow.y -= 4
    flow.row(
        [
            Cell(
                LEFT + 10,
                _WIDTH - 20,
                ((_REFERENCE, case.called), (_PEOPLE, case.people), (_LABEL, group_words)),
            )
        ],
        pad=10,
        fill=_PALE,
    )
    bottom, right = flow.y, RIGHT - 10
    flow.y = top
    for text, colour in filter(lambda pill: pill[0], reversed(pills)):
        width = letters.width(text.upper(), True) * _PILL.size + 14
        right -= width
        flow.box(right, width, 16, colour, down=16)
        flow.words(right + 7, _PILL, text.upper(), down=27)
        right -= 6
    flow.y = bottom


def _section(flow: Flow, section: Section) -> None:
    _heading(flow, section.title, _SECTION, 70)
    for block in section.blocks:
        match block:
            case Facts():
                _facts(flow, block)
            case Prose():
                flow.y -= 4
                flow.row([Cell(LEFT, _WIDTH, ((_BODY, block.text),))], pad=2)
            case Table():
                _table(flow, block)
            case Remark():
                _remark(flow, block)


def _facts(flow: Flow, facts: Facts) -> None:
    """Short facts two by two, each under its label."""
    half = _WIDTH / 2
    for at in range(0, len(facts.pairs), 2):
        pair = facts.pairs[at : at + 2]
        flow.row(
            [
                Cell(LEFT + half * side, half - 14, ((_LABEL, label), (_BODY, value)))
                for side, (label, value) in enumerate(pair)
            ],
            pad=2,
        )
    _rule(flow)


def _table(flow: Flow, table: Table) -> None:
    shares = _COLUMNS[len(table.heads)]
    edges = [LEFT + 5 + (_WIDTH - 5) * sum(shares[:at]) / 100 for at in range(len(shares) + 1)]

    def cells(texts: Sequence[str], style: Style) -> list[Cell]:
        return [
            Cell(edges[at], edges[at + 1] - edges[at] - 9, ((style, text),)) for at, text in enumerate(texts)
        ]

    def head() -> None:
        flow.row(cells(table.heads, _HEAD), pad=4, fill=_PALE)

    flow.y -= 4
    head()
    for row in table.rows:
        flow.row(cells(row, _BODY), pad=4, head=head)
        _rule(flow)


def _remark(flow: Flow, remark: Remark) -> None:
    """Who shared it on the left; on the right whether it is fact or opinion, where from, and what."""
    by = ((_STRONG, remark.agency), (_LABEL, remark.author), (_LABEL, remark.recorded))
    tag = f"{remark.sort.upper()} · {remark.source}" if remark.source else remark.sort.upper()
    said = ((_TAGS.get(remark.sort, _PLAIN_TAG), tag), (_BODY, remark.text))
    flow.row([Cell(LEFT, 128, by), Cell(LEFT + 140, _WIDTH - 140, said)], pad=5)
    _rule(flow)


def _heading(flow: Flow, title: str, style: Style, company: float) -> None:
    """A heading never stands alone at the foot of a page: it wants some `company` under it."""
    flow.need(14 + style.leading + company)
    flow.y -= 14
    flow.row([Cell(LEFT, _WIDTH, ((style, title),))], pad=2)
    flow.box(LEFT, _WIDTH, 1.2, _NAVY)
    flow.y -= 5


def _rule(flow: Flow) -> None:
    flow.box(LEFT, _WIDTH, 0.5, _RULE)
