"""The access tokens of one account: a stable one that stays, and ordinary ones of which the one before still lives."""

from __future__ import annotations

import secrets
import time
from collections import deque
from dataclasses import dataclass

TOKEN_SECONDS = 7200
OVERLAP_SECONDS = 300  # that an ordinary token lives on beside its successor
FORCED_APART_SECONDS = 30
FORCED_A_DAY = 20


class TooOftenForced(Exception):
    """A new token was forced twenty times within a day."""


@dataclass
class Token:
    value: str
    ends: float

    @property
    def alive(self) -> bool:
        return time.monotonic() < self.ends


def _fresh(seconds: float) -> Token:
    return Token("standin-" + secrets.token_hex(24), time.monotonic() + seconds)


class Tokens:
    """Called under the platform's lock."""

    def __init__(self) -> None:
        self.stable: Token | None = None
        self._ordinary: list[Token] = []
        self._dead: set[str] = set()
        self._forced: deque[float] = deque()

    def issue_stable(self, force: bool, seconds: float) -> Token:
        """The same while it lives; ``force`` makes a new one, but not twice within 30 s. Raises TooOftenForced."""
        moment = time.monotonic()
        if force and (not self._forced or moment - self._forced[-1] >= FORCED_APART_SECONDS):
            while self._forced and moment - self._forced[0] >= 86_400:
                self._forced.popleft()
            if len(self._forced) >= FORCED_A_DAY:
                raise TooOftenForced
            self._forced.append(moment)
            self.expire_stable()
        if self.stable is None or not self.stable.alive:
            self.expire_stable()
            self.stable = _fresh(seconds)
        return self.stable

    def issue_ordinary(self) -> Token:
        self._ordinary = [token for token in self._ordinary if token.alive][-1:]
        for token in self._ordinary:
            token.ends = min(token.ends, time.monotonic() + OVERLAP_SECONDS)
        self._ordinary.append(_fresh(TOKEN_SECONDS))
        return self._ordinary[-1]

    def expire_stable(self) -> None:
        if self.stable is not None:
            self._dead.add(self.stable.value)
            self.stable = None

    def a_moment_passes(self, seconds: float) -> None:
        """Let so many seconds have passed since a token was last forced."""
        self._forced = deque(moment - seconds for moment in self._forced)

    def trouble(self, value: str | None) -> int:
        """0, 41001 missing, 42001 ended, 40001 never this account's."""
        if not value:
            return 41001
        for token in [self.stable, *self._ordinary]:
            if token is not None and token.value == value:
                return 0 if token.alive else 42001
        return 42001 if value in self._dead else 40001
