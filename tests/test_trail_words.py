"""Every action that the code records has its words in the access log."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from meetingsvc.store.trail_words import MEETING_ACTIONS, WORDS

SERVICE = Path(__file__).parent.parent / "meetingsvc"
RECORDERS = {"record", "opened", "_said", "_note"}
ACTION = re.compile(r"[a-z_]+(\.[a-z_]+)+|[a-z]+ [a-z]+|sign-in [a-z]+")


def calls() -> Iterator[ast.expr]:
    """The action of each line that is recorded: the first text of it that looks like one."""
    for path in SERVICE.rglob("*.py"):
        if "node_modules" in path.parts or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in RECORDERS:
                yield from node.args[:3]


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def test_V5_every_action_the_code_records_has_words() -> None:
    said = {arg.value for arg in calls() if isinstance(arg, ast.Constant) and isinstance(arg.value, str)}
    actions = {text for text in said if ACTION.fullmatch(text) and "." in text}
    assert len(actions) > 60
    assert sorted(actions - WORDS.keys()) == []


def test_V5_every_action_put_together_by_the_code_has_words() -> None:
    for arg in calls():
        if isinstance(arg, ast.JoinedStr) and not _is_subject(arg):
            parts = [
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in arg.values
            ]
            assert any(re.fullmatch("".join(parts), action) for action in WORDS), ast.unparse(arg)


def _is_subject(text: ast.JoinedStr) -> bool:
    return any(isinstance(part, ast.Constant) and "/" in str(part.value) for part in text.values)


def test_B_no_action_about_one_case_is_read_without_its_case() -> None:
    for action in MEETING_ACTIONS:
        sorts = {"list", "marac", "record", "minutes", "pack", "search", "case", "invitation"}
        assert action.partition(".")[0] in sorts, action
