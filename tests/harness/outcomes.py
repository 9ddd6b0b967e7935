"""What one run proved, written for whoever compares the runs on both databases."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest

ABSENT_DATA = "sample data is absent"
ABSENT_BROWSER = "no browser with a Chinese font is here"
EXCUSES = (ABSENT_DATA, ABSENT_BROWSER)
# What tests with a seed, kills and made-up steps say they met: shown though they passed, as it may have been nothing.
_MET = re.compile(r"seed \d|killed |played: |at the end |accepted \d+%")
_RACE = re.compile(r"race: (\d+) of (\d+) calls overlapped")


class Outcomes:
    """Pytest plugin. Counts by test; a skip for any other reason than absent sample data or browser is a failure.

    ``only_on(database, reason)`` names the exceptions: such a test is left out on the other database.
    """

    def __init__(self, database: str, report: Path | None) -> None:
        self._database = database
        self._report = report
        self._tests: dict[str, str] = {}
        self._left_out: dict[str, str] = {}
        self._excuses: Counter[str] = Counter()

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        kept: list[pytest.Item] = []
        left_out: list[pytest.Item] = []
        for item in items:
            marker = item.get_closest_marker("only_on")
            if marker is None:
                kept.append(item)
                continue
            database, reason = marker.args
            if database not in ("sqlite", "postgresql") or not reason:
                raise pytest.UsageError(f"{item.nodeid}: only_on(database, reason)")
            if database == self._database:
                kept.append(item)
            else:
                left_out.append(item)
                self._left_out[item.nodeid] = reason
        if left_out:
            config.hook.pytest_deselected(items=left_out)
            items[:] = kept

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]  # the hook's own shape
        report: pytest.TestReport = yield
        if report.skipped and _excuse(report) is None:
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} was skipped ({report.longrepr}); only absent sample data or browser excuses that"
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            before = self._tests.get(report.nodeid)
            self._tests[report.nodeid] = "failed" if "failed" in (before, report.outcome) else report.outcome
            if report.skipped and (excuse := _excuse(report)):
                self._excuses[excuse] += 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        passed = [each for each in terminalreporter.stats.get("passed", []) if each.when == "call"]
        lines = [(each.nodeid, line) for each in passed for line in each.capstdout.splitlines()]
        races = [tuple(map(int, found.groups())) for _, line in lines if (found := _RACE.match(line))]
        met = [f"{Path(name.partition('::')[0]).name}: {line}" for name, line in lines if _MET.match(line)]
        if races or met:
            terminalreporter.section("what races, kills and made-up steps met")
            overlapped, calls = (sum(each[place] for each in races) for place in (0, 1))
            terminalreporter.line(f"{len(races)} races, {overlapped:,} of {calls:,} calls overlapped")
            for line in met:
                terminalreporter.line(line)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if self._report is None or hasattr(session.config, "workerinput"):
            return
        by_outcome = {
            outcome: sorted(name for name, each in self._tests.items() if each == outcome)
            for outcome in ("passed", "failed", "skipped")
        }
        told = {**by_outcome, "left_out": self._left_out, "excuses": self._excuses}
        self._report.write_text(json.dumps(told), "utf-8")


def _excuse(report: pytest.TestReport) -> str | None:
    return next((excuse for excuse in EXCUSES if excuse in str(report.longrepr)), None)


def outcomes_from_environment() -> Outcomes:
    report = os.environ.get("TEST_REPORT")
    return Outcomes(os.environ.get("TEST_DATABASE", "sqlite"), Path(report) if report else None)
