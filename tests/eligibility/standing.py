"""Builders for questions of clause 5: choices from choices.yaml, facts from plain mappings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from backend.core.law import Dated, DatedValue
from backend.eligibility.rules import SplitChoices, StandingFacts

HERE = Path(__file__).parent


def choices(name: str = "sample") -> SplitChoices:
    settings = yaml.safe_load((HERE / "choices.yaml").read_text(encoding="utf-8"))[name]
    return SplitChoices(**{setting: _dated(entries) for setting, entries in settings.items()})


def facts(told: Mapping[str, Any]) -> StandingFacts:
    unknown = set(told) - set(StandingFacts().recorded())
    assert not unknown, f"no such facts: {unknown}"
    return StandingFacts.read_back(told)


def cases() -> list[dict[str, Any]]:
    files = sorted((HERE / "cases").glob("*.yaml"))
    return [case for file in files for case in yaml.safe_load(file.read_text(encoding="utf-8"))]


def _dated(entries: list[dict[str, Any]]) -> Dated:
    return Dated(tuple(DatedValue(entry["value"], entry["clause"], entry["since"]) for entry in entries))
