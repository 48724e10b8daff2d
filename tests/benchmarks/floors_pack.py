"""The floor for a pack: platypus, with plain strings in short cells and a Paragraph only for long text."""

from html import escape
from io import BytesIO

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Table

from agenda.pack import Facts, Prose, Remark, Worded
from agenda.pack import Table as Rows
from agenda.pdf import Fonts

BODY = ParagraphStyle("body", fontName="FloorRegular", fontSize=9, leading=12.8)
HEAD = ParagraphStyle("head", fontName="FloorBold", fontSize=12, leading=16)
CELL = [("FONT", (0, 0), (-1, -1), "FloorRegular", 9, 12.8), ("VALIGN", (0, 0), (-1, -1), "TOP")]


def register(fonts: Fonts) -> None:
    """The same typeface as ours, read once as ours is."""
    pdfmetrics.registerFont(TTFont("FloorRegular", BytesIO(fonts.regular)))
    pdfmetrics.registerFont(TTFont("FloorBold", BytesIO(fonts.bold)))


def platypus(words: Worded) -> bytes:
    """The text of a pack without contents, outline, page totals or any looks."""
    rl_config.useA85 = 0
    out = BytesIO()
    story = [
        flowable for group in words.groups for case in group.cases for flowable in _case(case, group.title)
    ]

    def frame(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.setFont("FloorBold", 9)
        for y in (812, 44):
            canvas.drawCentredString(297, y, words.marking)
        canvas.setFont("FloorRegular", 7.5)
        canvas.drawString(51, 798, words.running)
        canvas.drawRightString(544, 44, f"Page {document.page}")

    SimpleDocTemplate(out, pagesize=A4, margin=51, invariant=1).build(
        story, onFirstPage=frame, onLaterPages=frame
    )
    return out.getvalue()


def _case(case, group: str) -> list[Flowable]:
    story: list[Flowable] = [PageBreak(), Paragraph(escape(f"{case.reference} {case.people}"), HEAD)]
    story.append(Paragraph(escape(f"{group} {case.risk} {case.purpose} {case.repeat}"), BODY))
    for section in case.sections:
        story.append(Paragraph(escape(section.title), HEAD))
        story += [_block(block) for block in section.blocks]
    return story


def _block(block: Facts | Prose | Rows | Remark) -> Flowable:
    match block:
        case Facts():
            return Table([list(pair) for pair in block.pairs], colWidths=[150, 300], style=CELL)
        case Prose():
            return Paragraph(escape(block.text), BODY)
        case Rows():
            return Table([list(block.heads), *map(list, block.rows)], style=CELL, repeatRows=1)
        case Remark():
            by = f"{block.agency}\n{block.author}\n{block.recorded}"
            said = [f"{block.sort} {block.source}", Paragraph(escape(block.text), BODY)]
            return Table([[by, said[1]], ["", said[0]]], colWidths=[130, 320], style=CELL)
