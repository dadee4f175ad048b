"""The table in docs/pymisp.md: every public method of the installed PyMISP, and which tests call it.

While the tests run, each call of a public method from a test's own code is noted. At the end of a complete run, on either
engine, every method must have a test that passed and got an answer that is no error, or a reason in `method_notes.py`; the
committed table must name such tests. Named tests stay named as long as they call the method, so that a new test changes
nothing. `SIGHTLINE_UPDATE_SNAPSHOTS=1` writes the table instead.
"""

from __future__ import annotations

import functools
import inspect
import os
import re
import threading
from collections import defaultdict
from pathlib import Path

import pytest
from method_notes import DIFFERENT, without_test
from pymisp import PyMISP

HERE = Path(__file__).resolve().parent
TABLE = HERE.parent.parent / "docs" / "pymisp.md"
TESTS_PER_METHOD = 2

HEAD = """\
# What PyMISP can do here

Every public method and property of the unmodified PyMISP client, and tests that call it and get what they expect. The tests
run on SQLite and on PostgreSQL; each run compares this page with what was called, so it cannot fall behind. What differs
deliberately in single answers is in [api-compat.md](api-compat.md).

| method | tests in `e2e/pymisp` | remark |
|---|---|---|
"""


class Calls:
    """Which public methods the running test has called, and which tests have called a method."""

    def __init__(self) -> None:
        self.by_method: dict[str, set[str]] = defaultdict(set)
        self.skipped: set[str] = set()
        self._current: set[str] = set()
        self._inside = threading.local()

    def watch(self) -> None:
        """Wrap the public methods and properties of PyMISP."""
        for name in public_methods():
            found = inspect.getattr_static(PyMISP, name)
            if isinstance(found, property):
                setattr(PyMISP, name, property(self._noted(name, found.fget)))
            elif isinstance(found, staticmethod):
                setattr(PyMISP, name, staticmethod(self._noted(name, found.__func__)))
            else:
                setattr(PyMISP, name, self._noted(name, found))

    def _noted(self, name: str, method):
        @functools.wraps(method)
        def call(*args, **kwargs):
            # What PyMISP calls of its own accord was not asked for by the test.
            outermost = not getattr(self._inside, "method", None)
            if outermost:
                self._inside.method = name
            try:
                answer = method(*args, **kwargs)
            finally:
                if outermost:
                    self._inside.method = None
            refused = isinstance(answer, dict) and "errors" in answer
            if outermost and (not refused or name in DIFFERENT):
                self._current.add(name)
            return answer

        return call

    def begin(self) -> None:
        """A test's own code starts: what fixtures called does not count."""
        self._current.clear()

    def end(self, test: str, outcome: str) -> None:
        """A test's own code has ended."""
        if outcome == "passed":
            for method in self._current:
                self.by_method[method].add(test)
        elif outcome == "skipped":
            self.skipped.add(test)


def public_methods() -> list[str]:
    """What a user of PyMISP may call."""
    return sorted(
        name for name in dir(PyMISP)
        if not name.startswith("_")
        and (callable(getattr(PyMISP, name)) or isinstance(inspect.getattr_static(PyMISP, name), property)))


def named_tests(text: str) -> dict[str, list[str]]:
    """The tests that a table names, by method."""
    rows = re.findall(r"^\| `(\w+)` \| ([^|]*) \|", text, re.MULTILINE)
    return {method: re.findall(r"`([^`]+)`", tests) for method, tests in rows}


def rendered(calls: Calls, committed: str) -> tuple[str, list[str]]:
    """The page as it has to be, and what is wrong that no page can mend."""
    named, reasons = named_tests(committed), without_test()
    methods_of: dict[str, int] = defaultdict(int)
    for tests in calls.by_method.values():
        for test in tests:
            methods_of[test] += 1
    lines, wrong = [], []
    for method in public_methods():
        called = calls.by_method.get(method, set())
        tests = [test for test in named.get(method, []) if test in called or test in calls.skipped]
        if not tests:
            # The tests that call the fewest methods are about this one.
            tests = sorted(sorted(called, key=lambda test: (methods_of[test], test))[:TESTS_PER_METHOD])
        if method in reasons and called:
            wrong.append(f"{method} has a test and a reason to have none")
        elif method not in reasons and not tests:
            wrong.append(f"{method} has neither a test nor a reason in method_notes.py")
        remark = f"no test: {reasons[method]}" if method in reasons else DIFFERENT.get(method, "")
        lines.append(f"| `{method}` | {', '.join(f'`{test}`' for test in tests)} | {remark} |\n")
    unknown = (reasons.keys() | DIFFERENT.keys()) - set(public_methods())
    wrong += [f"{method} of method_notes.py is no method of PyMISP" for method in sorted(unknown)]
    return HEAD + "".join(lines), wrong


def complete(config: pytest.Config) -> bool:
    """Whether this run holds every test."""
    everything = [Path(argument).resolve() for argument in config.args] == [HERE]
    return everything and not config.option.keyword and not config.option.markexpr and not config.option.deselect


def compare(calls: Calls) -> list[str]:
    """What is wrong with the committed table; writes it when asked to."""
    committed = TABLE.read_text() if TABLE.exists() else ""
    wanted, wrong = rendered(calls, committed)
    if wanted == committed:
        return wrong
    if os.environ.get("SIGHTLINE_UPDATE_SNAPSHOTS"):
        TABLE.write_text(wanted)
        return wrong
    old, new = committed.splitlines(), wanted.splitlines()
    changed = [f"  - {line}" for line in old if line not in new] + [f"  + {line}" for line in new if line not in old]
    return [*wrong, "docs/pymisp.md is not what this run shows (SIGHTLINE_UPDATE_SNAPSHOTS=1 writes it):", *changed]
