"""Pushes of the platform that wait on the disk until the database has taken them: sealed, as they came, in their order."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from backend import wechat
from backend.core import crypto
from backend.core.keeping import Keeping

_PURPOSE: Final = "wechat.push"


@dataclass(frozen=True, slots=True)
class Push:
    """One request of the platform as it came; ``appid``: the account whose address it came to."""

    appid: str
    query: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    content_type: str | None
    heard_at: datetime

    def opened(self, settings: wechat.WechatSettings) -> wechat.CallbackMessage:
        """What it says, if it came from the platform and was fresh when it was heard. Raises CallbackRefused."""
        return wechat.open_callback(
            settings, self.query, self.body, self.content_type, appid=self.appid, heard_at=self.heard_at
        )

    def sealed(self) -> bytes:
        text = json.dumps(
            {
                "appid": self.appid,
                "query": dict(self.query),
                "body": b64encode(self.body).decode(),
                "content_type": self.content_type,
                "heard_at": self.heard_at.isoformat(),
            }
        )
        return crypto.seal(text, _PURPOSE).encode()

    @classmethod
    def unsealed(cls, kept: bytes) -> Push:
        found = json.loads(crypto.unseal(kept.decode(), _PURPOSE))
        return cls(
            found["appid"],
            found["query"],
            b64decode(found["body"]),
            found["content_type"],
            datetime.fromisoformat(found["heard_at"]),
        )


def lane_of(message: wechat.CallbackMessage) -> str:
    """What one person's pushes have in common, and nobody can read from it who that is."""
    return crypto.lookup_hash("push.lane", f"{message.appid}\0{message.openid}")[:16]


class KeptPushes:
    """Pushes that wait. A name: when it came, whose it is, which push."""

    def __init__(self, waiting: Keeping) -> None:
        self._waiting = waiting

    def put(self, message: wechat.CallbackMessage, push: Push) -> str:
        """Keep a push behind all that wait; the name it waits under. A repetition waits once."""
        for known in self.names():
            if known.endswith(f"-{message.key}"):
                return known
        return self._waiting.put(f"{lane_of(message)}-{message.key}", push.sealed())

    def names(self) -> list[str]:
        """Of all that wait, in the order in which they came."""
        return self._waiting.names()

    def may_hold_something(self) -> bool:
        return self._waiting.may_hold_something()

    def holds_of(self, message: wechat.CallbackMessage) -> bool:
        """Whether something of the same person waits."""
        return any(f"-{lane_of(message)}-" in name for name in self.names())

    def get(self, name: str) -> Push:
        """Raises FileNotFoundError for one that was taken meanwhile."""
        return Push.unsealed(self._waiting.get(name))

    def remove(self, name: str) -> None:
        """It waits no longer; that it is gone already is no error."""
        self._waiting.remove(name)

    def set_aside(self, name: str) -> None:
        """Leave it on the disk for a person to look at."""
        self._waiting.set_aside(name)
