"""What is copied from the npm packages, and what is left behind."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetingsvc import assets

GOVUK_CSS = (
    '@charset "UTF-8";@font-face{font-family:GDS Transport;src:url(/assets/fonts/light.woff2)}'
    ".govuk-body{font-family:GDS Transport,arial,sans-serif}"
    ".govuk-footer__copyright-logo:before{background:url(/assets/images/govuk-crest.svg)}"
    "@media print{.govuk-footer__crown{fill:red}.govuk-link{color:#000}}"
    "@media screen{.govuk-footer__crown{a:b}}"
    "/*# sourceMappingURL=x.map */"
)
MOJ_CSS = ":root{--old:1}.moj-header{a:b}.moj-filter{background:url(/assets/images/icon.svg)}"


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """An npm folder as small as can be."""
    files = {
        "govuk-frontend/dist/govuk/govuk-frontend.min.css": GOVUK_CSS,
        "govuk-frontend/dist/govuk/govuk-frontend.min.js": "export{};//# sourceMappingURL=x.map",
        "@ministryofjustice/frontend/moj/moj-frontend.min.css": MOJ_CSS,
        "@ministryofjustice/frontend/moj/assets/images/icon.svg": "<svg/>",
        "dejavu-fonts-ttf/ttf/DejaVuSans.ttf": "regular",
        "dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf": "bold",
        "dejavu-fonts-ttf/LICENSE": "free",
    }
    for name, text in files.items():
        path = tmp_path / "node_modules" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "node_modules"


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(assets, "STATIC", tmp_path / "static")
    monkeypatch.setattr(assets, "VENDOR", tmp_path / "static" / "vendor")
    assets.version.cache_clear()
    yield assets.VENDOR
    assets.version.cache_clear()


def test_the_build_leaves_branding_and_licensed_fonts_behind(packages: Path, vendor: Path) -> None:
    assets.build(packages, vendor)
    govuk = (vendor / "govuk-frontend.min.css").read_text()
    assert govuk == (
        '@charset "UTF-8";.govuk-body{font-family:Arial,Helvetica,sans-serif}'
        "@media print{.govuk-link{color:#000}}"
    )
    assert "sourceMappingURL" not in (vendor / "govuk-frontend.min.js").read_text()


def test_only_the_moj_components_in_use_are_taken_and_their_images_found_beside(
    packages: Path, vendor: Path
) -> None:
    assets.build(packages, vendor)
    assert (vendor / "moj-frontend.min.css").read_text() == (
        '@charset "UTF-8";.moj-filter{background:url(images/icon.svg)}'
    )
    assert (vendor / "images" / "icon.svg").read_text() == "<svg/>"


def test_missing_names_each_absent_file_until_built(packages: Path, vendor: Path) -> None:
    assert assets.missing() == [f"vendor/{name}" for name in assets.NEEDED]
    assets.build(packages, vendor)
    assert assets.missing() == []
    (vendor / "fonts" / "DejaVuSans.ttf").unlink()
    assert assets.missing() == ["vendor/fonts/DejaVuSans.ttf"]


def test_an_address_the_build_does_not_know_stops_it(packages: Path, vendor: Path) -> None:
    (packages / "govuk-frontend/dist/govuk/govuk-frontend.min.css").write_text(
        ".a{background:url(/elsewhere/x.svg)}"
    )
    with pytest.raises(SystemExit, match="absolute address"):
        assets.build(packages, vendor)
    assert assets.missing(), "an interrupted build must not look finished"


def test_nothing_is_fetched_when_all_is_up_to_date(
    packages: Path, vendor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []
    monkeypatch.setattr(assets, "HERE", packages.parent)
    (packages.parent / "package-lock.json").write_text("{}")
    monkeypatch.setattr(assets, "install", lambda: fetched.append("npm"))
    assert assets.make() is True
    assert assets.make() is False
    (packages.parent / "package-lock.json").write_text("{ }")
    assert assets.make() is True
    (vendor / "govuk-frontend.min.js").unlink()
    assert assets.make() is True
    assert len(fetched) == 3


def test_the_version_changes_with_any_file(packages: Path, vendor: Path) -> None:
    assets.build(packages, vendor)
    first = assets.version()
    (vendor.parent / "app.css").write_text("a{}")
    assert assets.version() == first, "read once a process"
    assets.version.cache_clear()
    assert assets.version() != first


@pytest.mark.parametrize("name", ["package.json", "package-lock.json"])
def test_packages_are_pinned_and_name_no_registry(name: str) -> None:
    text = (Path(assets.__file__).parent / name).read_text()
    assert "://" not in text
    packages = json.loads(text).get("packages", {})
    assert all("integrity" in package for path, package in packages.items() if path)
    wanted = json.loads((Path(assets.__file__).parent / "package.json").read_text())["dependencies"]
    assert all(version[0].isdigit() for version in wanted.values())


rule = st.tuples(st.sampled_from([".keep", ".drop"]), st.sampled_from(["a:b", "c:d;e:f"]))


@given(st.lists(st.tuples(st.booleans(), st.lists(rule, max_size=3)), max_size=5))
def test_the_sieve_keeps_exactly_the_wanted_rules_in_order(
    groups: list[tuple[bool, list[tuple[str, str]]]],
) -> None:
    def sheet(only: set[str]) -> str:
        parts = []
        for in_media, rules in groups:
            text = "".join(f"{selector}{{{body}}}" for selector, body in rules if selector in only)
            parts.append(f"@media print{{{text}}}" if in_media and text else text)
        return "".join(parts)

    assert assets.sieve(sheet({".keep", ".drop"}), lambda selector, body: selector == ".keep") == sheet(
        {".keep"}
    )
