"""How much the tests do: SMALL for `make test`, FULL for `make test-all`. The same tests, the same proofs."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    households: int  # in a list that is generated and imported
    racers: int  # calls released at once in one race
    race_rounds: int  # times a race is run
    examples: int  # of a property test
    made_up_requests: int  # to each route, from the document
    stateful_runs: int  # of a stateful test
    stateful_steps: int  # of one of its runs
    kills: int  # processes killed at a seeded moment
    messages: int  # drained from the outbox
    fuel_attempts: int  # tries to order above the cap
    phones: int  # behind one address, each at a door of its own; a multiple of five


SMALL = Sizes(
    households=400,
    racers=8,
    race_rounds=2,
    examples=50,
    made_up_requests=3,
    stateful_runs=25,
    stateful_steps=30,
    kills=2,
    messages=300,
    fuel_attempts=1_000,
    phones=80,
)
FULL = Sizes(
    households=23_613,
    racers=32,
    race_rounds=20,
    examples=1_000,
    made_up_requests=100,
    stateful_runs=1_000,
    stateful_steps=100,
    kills=25,
    messages=23_613,
    fuel_attempts=100_000,
    phones=300,
)

_BY_NAME = {"small": SMALL, "full": FULL}
SIZE_NAME = os.environ.get("SIZE", "small").lower()
if SIZE_NAME not in _BY_NAME:
    raise ValueError(f"SIZE={SIZE_NAME} is neither small nor full")
SIZES = _BY_NAME[SIZE_NAME]
