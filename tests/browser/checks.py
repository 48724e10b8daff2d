"""What every page must be, whatever it shows. Use `check_page(page)` wherever a browser test stops."""

from collections import Counter
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import Page

WIDTHS = (1280, 320)
#: The page has been drawn anew since the change of width, and its scripts have heard of it; one that nobody
#: sees is not drawn, so at the latest after 50 ms.
_SETTLED = """() => new Promise(done => {
    setTimeout(done, 50);
    requestAnimationFrame(() => requestAnimationFrame(done));
})"""
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


def check_page(page: Page, widths: tuple[int, ...] = WIDTHS) -> None:
    """One heading, a title that names it, no duplicate ids, a silent console; and at every width no
    accessibility violation (WCAG 2.2 AA and axe's best practice) and nothing to scroll sideways for."""
    heading_and_title(page)
    unique_ids(page)
    before = page.viewport_size or {"width": WIDTHS[0], "height": 900}
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        no_sideways_scroll(page, width)
        no_axe_violations(page, width)
    page.set_viewport_size(before)
    silent_console(page)


def heading_and_title(page: Page) -> None:
    headings = page.locator("h1").all_inner_texts()
    assert len(headings) == 1, f"{page.url}: {len(headings)} h1 {headings}"
    # A caption above the heading is part of the h1 but not of the title.
    own = page.locator("h1").evaluate(
        """h => [...h.childNodes].filter(n => !n.classList?.contains('govuk-caption-l'))
        .map(n => n.textContent).join('')"""
    )
    assert " ".join(own.split()) in page.title(), f"{page.url}: title {page.title()!r} does not name {own!r}"


def unique_ids(page: Page) -> None:
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    twice = [name for name, times in Counter(ids).items() if times > 1]
    assert not twice, f"{page.url}: ids used twice: {twice}"


def no_sideways_scroll(page: Page, width: int) -> None:
    page.evaluate(_SETTLED)
    too_wide = page.evaluate(
        """() => { const room = document.documentElement.clientWidth;
        if (document.documentElement.scrollWidth <= room) return [];
        const over = [...document.querySelectorAll('body *')]
          .filter(e => e.getBoundingClientRect().right > room + 1);
        return ['page', ...over.slice(-5).map(e => e.outerHTML.slice(0, 120))]; }"""
    )
    assert not too_wide, f"{page.url} at {width}px runs over: {too_wide}"


def no_axe_violations(page: Page, width: int) -> None:
    if not page.evaluate("'axe' in window"):  # once for each document: half a megabyte of it
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(
        "options => axe.run(options).then(found => found.violations)", AXE
    )
    violations = [
        f"{v['id']} ({v['impact']}): {v['help']}: {[n['html'][:120] for n in v['nodes'][:3]]}" for v in found
    ]
    assert not violations, f"{page.url} at {width}px:\n" + "\n".join(violations)


def silent_console(page: Page) -> None:
    """No script error and no breach of the content security policy since the page was opened."""
    errors = [str(error) for error in page.page_errors()]
    for message in page.console_messages():
        own_status = (
            message.text.startswith("Failed to load resource") and message.location.get("url") == page.url
        )
        if message.type in ("error", "warning") and not own_status:  # an error page answers 4xx itself
            errors.append(f"{message.text} [{message.location.get('url')}]")
    assert not errors, f"{page.url}: {errors}"
