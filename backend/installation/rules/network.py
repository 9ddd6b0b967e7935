"""Where a shared work stands, and whether a household waits for it instead of for a slot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class NetworkStanding:
    """The stage that is next (None: all done), and the days on which connection and heat were reached."""

    next_stage: str | None
    connected_on: date | None
    heat_on: date | None


def network_standing(stages: Sequence[str], done: Mapping[str, date]) -> NetworkStanding:
    """From the plan's stages in order and the day each was done.

    The last stage brings heat; all before it bring the house onto the network.
    """
    pending = next((code for code in stages if code not in done), None)
    if not stages:
        return NetworkStanding(None, None, None)
    before = stages[:-1]
    connected = (
        max(done[code] for code in before) if before and all(code in done for code in before) else None
    )
    heat = done[stages[-1]] if pending is None else None
    return NetworkStanding(pending, connected, heat)


def waits_for_network(in_house: bool, stages: Sequence[str], done: Mapping[str, date]) -> bool:
    """With nothing to install in the house there is no slot at all; else the first stage (the station) comes first."""
    if not stages:
        return False
    return not in_house or stages[0] not in done


def may_be_done(stage: str, stages: Sequence[str], done: Mapping[str, date]) -> str | None:
    """None where every earlier stage is done; else the earlier one that is not."""
    for code in stages:
        if code == stage:
            return None
        if code not in done:
            return code
    raise ValueError(stage)
