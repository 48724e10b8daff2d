"""The ready-made styles, scripts and fonts of the pages and PDFs, without the crown.

Services outside GOV.UK use its design system without its branding: no crest, no crown, no GDS Transport.
The packages' own `dist` files are copied and sieved, so no Sass and no bundler is needed.
"""

import hashlib
import re
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
STATIC = HERE.parent / "static"
VENDOR = STATIC / "vendor"
FONT = VENDOR / "fonts" / "DejaVuSans.ttf"
FONT_BOLD = VENDOR / "fonts" / "DejaVuSans-Bold.ttf"

NEEDED = (
    "govuk-frontend.min.css",
    "govuk-frontend.min.js",
    "moj-frontend.min.css",
    "fonts/DejaVuSans.ttf",
    "fonts/DejaVuSans-Bold.ttf",
)
# Only these: the package carries its own copy of older GOV.UK settings, which would override ours.
MOJ_COMPONENTS = ("moj-badge", "moj-filter", "moj-sub-navigation", "moj-timeline")
BRANDING = re.compile(r"crest|crown|logotype", re.IGNORECASE)
GROUPS = ("@media", "@supports")

Keep = Callable[[str, str], bool]


def missing() -> list[str]:
    """The built files that pages and PDFs need and that are not there, as paths under `static/`."""
    return [f"vendor/{name}" for name in NEEDED if not (VENDOR / name).is_file()]


@cache
def version() -> str:
    """A short hash of everything under `static/`, so that a changed file gets a new address."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:10]


def make() -> bool:
    """Fetch and build what is missing or out of date. False if there was nothing to do."""
    if not missing() and (VENDOR / "stamp.txt").is_file() and (VENDOR / "stamp.txt").read_text() == stamp():
        return False
    install()
    build(HERE / "node_modules", VENDOR)
    return True


def install() -> None:
    """Fetch exactly what the lock file names; no package may run code of its own."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is missing: install Node.js 18 or later (Debian: apt-get install nodejs npm)")
    if subprocess.run([npm, "ci", "--ignore-scripts"], cwd=HERE).returncode:  # noqa: S603 - fixed words only
        raise SystemExit("npm could not fetch the packages named in meetingsvc/assets/package-lock.json")


def stamp() -> str:
    """Changes when the packages or the way they are built change."""
    return hashlib.sha256((HERE / "package-lock.json").read_bytes() + Path(__file__).read_bytes()).hexdigest()


def build(node_modules: Path, out: Path) -> None:
    """Copy what is needed from `node_modules` into an emptied `out`; the stamp is written last."""
    govuk, moj = node_modules / "govuk-frontend", node_modules / "@ministryofjustice" / "frontend"
    fonts = node_modules / "dejavu-fonts-ttf"
    shutil.rmtree(out, ignore_errors=True)
    (out / "fonts").mkdir(parents=True)
    dist = govuk / "dist" / "govuk"
    write_styles(dist / "govuk-frontend.min.css", dist / "assets", out, _no_branding)
    write_styles(moj / "moj" / "moj-frontend.min.css", moj / "moj" / "assets", out, _moj_component)
    script = (dist / "govuk-frontend.min.js").read_text(encoding="utf-8")
    (out / "govuk-frontend.min.js").write_text(
        re.sub(r"//# sourceMappingURL=\S+", "", script), encoding="utf-8"
    )
    for name in (FONT.name, FONT_BOLD.name):
        shutil.copyfile(fonts / "ttf" / name, out / "fonts" / name)
    shutil.copyfile(fonts / "LICENSE", out / "fonts" / "LICENSE")
    (out / "stamp.txt").write_text(stamp())


def write_styles(css: Path, assets: Path, out: Path, keep: Keep) -> None:
    """Write the wanted rules of one style sheet, in Arial, with the images they name beside it."""
    text = sieve(css.read_text(encoding="utf-8"), keep)
    text = text.replace("GDS Transport,arial,", "Arial,Helvetica,")
    for name in sorted(set(re.findall(r"url\(/assets/([^)]+)\)", text))):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(assets / name, out / name)
    text = text.replace("url(/assets/", "url(")
    if "url(/" in text or "GDS Transport" in text:
        raise SystemExit(
            f"{css.name} has an absolute address or a licensed font that the build does not know"
        )
    (out / css.name).write_text(f'@charset "UTF-8";{text}', encoding="utf-8")


def sieve(css: str, keep: Keep) -> str:
    """The rules of a style sheet for which `keep(selector, body)` holds, also inside media queries."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    kept, start = [], 0
    while (opening := css.find("{", start)) >= 0:
        closing = _closing_brace(css, opening)
        selector, body = css[start:opening].strip().rpartition(";")[2], css[opening + 1 : closing]
        if selector.startswith(GROUPS):
            if inside := sieve(body, keep):
                kept.append(f"{selector}{{{inside}}}")
        elif keep(selector, body):
            kept.append(f"{selector}{{{body}}}")
        start = closing + 1
    return "".join(kept)


def _closing_brace(css: str, opening: int) -> int:
    depth = 0
    for found in re.compile(r"[{}]").finditer(css, opening):
        depth += 1 if found.group() == "{" else -1
        if depth == 0:
            return found.start()
    raise ValueError("A style sheet ends in the middle of a rule")


def _no_branding(selector: str, body: str) -> bool:
    return selector != "@font-face" and not BRANDING.search(selector + body)


def _moj_component(selector: str, body: str) -> bool:
    return any(name in selector for name in MOJ_COMPONENTS) and _no_branding(selector, body)
