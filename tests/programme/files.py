"""The sample programme's files, and variants of them for tests."""

from __future__ import annotations

from functools import cache

from backend.programme import ProgrammeView
from backend.programme.document import read_programme
from tests.harness import ROOT

DATA = ROOT / "backend" / "programme" / "data"
PLAN = (DATA / "shuocheng-2022.yaml").read_bytes()
AREAS = (DATA / "shuocheng-2022-areas.csv").read_bytes()
DISTRICT = "140602"


@cache
def sample_plan() -> ProgrammeView:
    return plan_of(PLAN)


@cache
def plan_of(raw: bytes) -> ProgrammeView:
    read = read_programme(raw)
    assert read.plan is not None, [str(found) for found in read.contradictions]
    return read.plan


def altered(raw: bytes, *changes: tuple[str, str]) -> bytes:
    """``raw`` with each text replaced, where it first stands."""
    text = raw.decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text.encode()


def line_of(raw: bytes, text: str) -> int:
    """The number of the line on which ``text`` first stands."""
    before, found, _ = raw.decode().partition(text)
    assert found, text
    return before.count("\n") + 1
