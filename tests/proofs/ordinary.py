"""The ordinary tests of a rule, run in place: what notices that a clause of it is gone."""

import inspect
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests import conftest
from tests.servers.databases import Copies
from tests.web import conftest as web

_HOUSE = (web, conftest)


class InPlace:
    """Some of them. What noticed the last mutant is asked first about the next."""

    def __init__(self, copies: Copies, *modules: ModuleType, called: str = "") -> None:
        self._copies = copies
        self._chosen = [
            (module, test, given)
            for module in modules
            for name, test in vars(module).items()
            if name.startswith("test_") and any(word in name for word in called.split("|"))
            if "at_once" not in name  # two at a time: a mutant may break in either
            for given in _given(test)
        ]

    def fail(self) -> bool:
        """Whether one of them does: by raising."""
        for number, (module, test, given) in enumerate(self._chosen):
            try:
                with ExitStack() as stack:
                    made = dict(given)
                    test(**{name: self._fixture(stack, module, name, made) for name in _asks(test)})
            except BaseException:
                self._chosen.insert(0, self._chosen.pop(number))
                raise
        return False

    def _fixture(self, stack: ExitStack, module: ModuleType, name: str, made: dict[str, Any]) -> Any:
        """What a test asks for by that name, made once for each test and undone after it."""
        if name not in made:
            made[name] = self._made(stack, module, name, made)
        return made[name]

    def _made(self, stack: ExitStack, module: ModuleType, name: str, made: dict[str, Any]) -> Any:
        match name:
            case "database_url":
                return stack.enter_context(_a_copy(self._copies))
            case "tmp_path":
                return Path(stack.enter_context(tempfile.TemporaryDirectory()))
            case "monkeypatch":
                return stack.enter_context(pytest.MonkeyPatch.context())
        found = next(vars(one)[name] for one in (module, *_HOUSE) if name in vars(one))
        make = found._get_wrapped_function()
        value = make(**{one: self._fixture(stack, module, one, made) for one in _asks(make)})
        return stack.enter_context(_undone(value)) if inspect.isgenerator(value) else value


@contextmanager
def _a_copy(copies: Copies) -> Iterator[str]:
    url = copies.make()
    yield url
    copies.drop(url)


@contextmanager
def _undone(made: Iterator[Any]) -> Iterator[Any]:
    yield next(made)
    next(made, None)


def _asks(test: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(test).parameters)


def run(module: ModuleType) -> None:
    """Each test of a pure module; raises as soon as one fails. Those that draw by lot are left out: the same
    mutant lives or dies each time."""
    for name, test in vars(module).items():
        if name.startswith("test_") and not hasattr(test, "hypothesis"):
            for given in _given(test):
                test(**given)


def _given(test: Any) -> Iterator[dict[str, Any]]:
    marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
    for chosen in product(*([_named(mark.args[0], value) for value in mark.args[1]] for mark in marks)):
        yield {name: value for part in chosen for name, value in part.items()}


def _named(names: str | Sequence[str], value: Any) -> dict[str, Any]:
    split = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    return dict(zip(split, value, strict=True)) if len(split) > 1 else {split[0]: value}


def fail(modules: list[ModuleType]) -> bool:
    """Whether a test of one of them does: by raising."""
    for module in modules:
        run(module)
    return False
