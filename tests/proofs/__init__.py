"""The proofs of security.md part B and C: each prints its figure at the end of a run, under "Proofs"."""

import hashlib
import os
from collections.abc import Generator
from typing import Any

import pytest

#: `make prove` runs the long forms; `make test` the same proofs in minutes.
LONG = os.environ.get("PROVE") == "long"
_SAID: list[tuple[str, str, dict[str, int]]] = []
_FIGURE = "figure"


def drawn(name: str, number: int) -> int:
    """Which of so many falls to this name, in every process and at any time the same: for samples."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") % number


def figure(name: str, text: str, **counts: int) -> None:
    """A line of the summary: `figure("matrix", "{requests} requests, {wrong} wrong", requests=7, wrong=0)`.

    What several tests, or several processes, say under one name and text is added up.
    """
    _SAID.append((name, text, counts))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test said travels with its report, also from another process."""
    report = yield
    report.user_properties = [*report.user_properties, *((_FIGURE, said) for said in _SAID)]
    _SAID.clear()
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """All of it, by name."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for reports in terminalreporter.stats.values():
        for name, said in _figures(reports):
            if name == _FIGURE:
                _add(found.setdefault((said[0], said[1]), {}), said[2])
    if found:
        terminalreporter.section("Proofs")
    for (name, text), counts in sorted(found.items()):
        terminalreporter.line(f"{name}: {text.format(**{k: f'{v:,}' for k, v in counts.items()})}")


def _figures(reports: list[Any]) -> list[tuple[str, Any]]:
    return [told for report in reports for told in getattr(report, "user_properties", ())]


def _add(to: dict[str, int], counts: dict[str, int]) -> None:
    for name, count in counts.items():
        to[name] = to.get(name, 0) + count
