"""What messaging tells others."""

from __future__ import annotations

from dataclasses import dataclass

from backend.core.events import Event


@dataclass(frozen=True, slots=True)
class MessageStopped(Event):
    """A notice that cannot wait, and that WeChat does not bring or not soon: refused, failed, held back, given up, or
    nobody knows.

    Whoever has another way to this person takes it. It may be told more than once of one notice; ``key`` is the notice's
    own, the same for all who were told.
    """

    person_id: str
    household_id: str | None
    key: str
    title: str
    body: str
    topic: str
