"""Faults that the stand-in can be told to play, each a few times, after a few calls, on chosen endpoints."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

NAMES = {
    "token_expired": "42001 on a call with a token; the token is dead from then on",
    "token_rejected": "40001 on a call with a token, whatever the token; for ever with times=0",
    "busy": "-1",
    "502": "HTTP 502 with an HTML page; any other HTTP status works, 3xx leads elsewhere",
    "drop_after": "takes the message, then cuts the connection",
    "drop_before": "cuts the connection and does nothing",
    "hang": "takes the message, then answers only after `ms`, or after a reset",
    "not_json": "takes nothing, answers 200 with HTML",
    "foreign_json": "takes nothing, answers 200 with an object that is not the platform's",
    "short_token": "the next fetched token lives 3 s (or `ms`)",
    "wrong_watermark": "a phone number that belongs to another account",
    "no_watermark": "a phone number that does not say whose it is",
    "odd_watermark": "a phone number whose watermark is a text and no object",
    "no_openid": "a login that names nobody, with all the rest of its answer",
    "echo": "47003 whose errmsg repeats whatever the caller sent",
    "latency": "every platform call takes `ms` longer; stays until reset or ms=0",
    "<errcode>": "any number from 1000 on: that errcode, e.g. 45009, 43101, 47003, 43107",
}
_ON_SENDS = {"43101", "43107", "43108", "47003", "40037", "41030", "40003", "45168"}
_ON_LOGIN = {"40226", "40029", "40163"}


class UnknownFault(ValueError):
    """No fault of that name."""


@dataclass
class Fault:
    name: str
    left: int | None
    """Times still to be played; None: until reset."""
    skip: int = 0
    path: str = ""
    ms: int = 0

    def shown(self) -> dict[str, Any]:
        return {"fault": self.name, "left": self.left, "after": self.skip, "path": self.path, "ms": self.ms}


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self.latency_ms = 0
        self.over = threading.Event()  # set by a reset, which ends what hangs

    def add(self, name: str, times: int = 1, after: int = 0, path: str | None = None, ms: int = 0) -> None:
        """``times`` 0: for ever. ``after``: first let so many matching calls through. ``path``: where it begins."""
        name = {"40001": "token_rejected", "42001": "token_expired", "-1": "busy"}.get(str(name), str(name))
        if name == "latency":
            self.latency_ms = int(ms)
            return
        if (name not in NAMES and not _is_number(name)) or name.startswith("<"):
            raise UnknownFault(name)
        if path is None:
            path = _usual_path(name)
        with self._lock:
            self._waiting.append(Fault(name, int(times) or None, int(after), path, int(ms)))

    def take(self, path: str, with_token: bool, *, kinds: set[str] | None = None) -> Fault | None:
        """The fault to play on this call. ``kinds`` None: those that stand for the whole answer."""
        special = {"short_token", "wrong_watermark", "no_watermark", "odd_watermark", "no_openid"}
        with self._lock:
            for fault in self._waiting:
                wanted = fault.name in kinds if kinds else fault.name not in special
                if not wanted or not path.startswith(fault.path):
                    continue
                if fault.name in ("token_expired", "token_rejected") and not with_token:
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                if fault.left is not None:
                    fault.left -= 1
                    if fault.left == 0:
                        self._waiting.remove(fault)
                return fault
        return None

    def shown(self) -> list[dict[str, Any]]:
        with self._lock:
            return [fault.shown() for fault in self._waiting]

    def end(self, name: str) -> None:
        """Play this fault no more, whatever was ordered."""
        with self._lock:
            self._waiting = [fault for fault in self._waiting if fault.name != name]

    def reset(self) -> None:
        with self._lock:
            self._waiting.clear()
            self.over.set()
            self.over = threading.Event()
        self.latency_ms = 0


def _usual_path(name: str) -> str:
    if name in _ON_SENDS:
        return "/cgi-bin/message/subscribe/send"
    if name in _ON_LOGIN:
        return "/sns/jscode2session"
    return "/"


def _is_number(name: str) -> bool:
    return name.removeprefix("-").isdigit()
