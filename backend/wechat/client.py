"""The platform's calls as the product sees them."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from backend.core.db import Database
from backend.wechat.errors import UnreadableAnswer, WechatBusy, WechatCodeUsed, WechatRefused
from backend.wechat.rules import fit_page, fit_page_of_code, fit_scene, fit_values
from backend.wechat.settings import WechatSettings
from backend.wechat.transport import MiniProgramClient

MSGID_MAX: Final = 64
PLACE_WITHIN: Final = 1.0  # seconds to wait for one's turn to wait
BUSY_PAUSES: Final = (0.1, 0.3)
"""Seconds, about, between tries of a call that somebody waits for: a busy platform is asked three times and no more."""

_MINIPROGRAM_STATES: Final = ("formal", "trial", "developer")


@dataclass(frozen=True, slots=True)
class LoginResult:
    """Who logged in: a user is (appid, openid); ``unionid`` only with an Open Platform account."""

    openid: str
    unionid: str | None
    appid: str


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """The platform accepted the message; whether it arrived comes later as an event with the same ``msgid``."""

    msgid: str | None


@dataclass(frozen=True, slots=True)
class TextVerdict:
    """``suggest``: ``pass``, ``review`` or ``risky``; only ``pass`` may be shown without a person's look."""

    suggest: str
    label: int | None
    trace_id: str | None


class Wechat:
    """The platform as the product sees it; one per process, safe for threads.

    Every call raises WechatError. Make none inside a write transaction: each may wait for the network, and on SQLite
    a cold token could not be stored.
    """

    def __init__(
        self, settings: WechatSettings, database: Database, connections: int = 64, awaited_at_once: int = 64
    ) -> None:
        """``awaited_at_once``: calls that somebody waits for; more than that are refused as busy, so that a platform that
        hangs does not take every thread of a web process with it."""
        self.settings = settings
        self._client = MiniProgramClient(settings, database, connections)
        self._awaited = threading.BoundedSemaphore(awaited_at_once)

    @contextmanager
    def awaited(self, call: str) -> Iterator[None]:
        """A call that somebody waits for; raises WechatBusy where as many as may do so already."""
        if not self._awaited.acquire(timeout=PLACE_WITHIN):
            raise WechatBusy(call, None, "too many wait for the platform")
        try:
            yield
        finally:
            self._awaited.release()

    def close(self) -> None:
        self._client._http.close()

    def warm(self, spare_seconds: float = 240) -> None:
        """Have a token that lasts ``spare_seconds`` more; called every minute, no person's request waits for one.

        The platform hands out a new token from five minutes before the old one's end; more spare than that is in vain.
        """
        self._client.tokens.current(spare=spare_seconds)

    def login(self, code: str) -> LoginResult:
        """Who holds this login code (single use). The session key ends here; no access token is fetched."""
        with self.awaited("sns/jscode2session"):
            result = patiently(lambda: self._client.wxa.code_to_session(code))
        openid = result.get("openid")
        if not isinstance(openid, str) or not openid:
            raise UnreadableAnswer("sns/jscode2session", None, "no openid")
        return LoginResult(openid, result.get("unionid") or None, self.settings.appid)

    def phone_number(self, code: str) -> str:
        """The number behind a phone code (single use): digits as in China, ``+<country><number>`` from elsewhere."""
        call = "wxa/business/getuserphonenumber"
        with self.awaited(call):
            info = patiently(lambda: self._client.wxa.get_phone_number(code)).get("phone_info")
        if not isinstance(info, dict) or not info.get("purePhoneNumber"):
            raise UnreadableAnswer(call, None, "no phone_info")
        watermark = info.get("watermark")
        if not isinstance(watermark, dict) or watermark.get("appid") != self.settings.appid:
            raise WechatRefused(call, None, "watermark of another account")
        country = str(info.get("countryCode") or "86")
        number = str(info["purePhoneNumber"])
        return number if country == "86" else f"+{country}{number}"

    def send_subscribe(
        self,
        openid: str,
        template_id: str,
        values: Mapping[str, str],
        page: str | None = None,
        miniprogram_state: str = "formal",
        lang: str = "zh_CN",
    ) -> SendOutcome:
        """Send one message, its values fitted by type. Raises UnfitValue before anything is sent.

        Never call it for one openid twice at a time.
        """
        if miniprogram_state not in _MINIPROGRAM_STATES:
            raise ValueError("miniprogram_state: formal, trial or developer")
        data = {field: {"value": value} for field, value in fit_values(values).items()}
        page = None if page is None else fit_page(page)
        result = self._client.wxa.send_subscribe_message(
            openid, template_id, data, page, miniprogram_state, lang
        )
        msgid = result.get("msgid")
        named = (
            isinstance(msgid, (str, int)) and str(msgid).isprintable() and 0 < len(str(msgid)) <= MSGID_MAX
        )
        return SendOutcome(str(msgid) if named else None)

    def unlimited_code(
        self, scene: str, page: str, *, env_version: str = "release", check_path: bool = True
    ) -> bytes:
        """The mini-program code for ``scene`` on ``page``: an image (PNG or JPEG), never a JSON error."""
        with self.awaited("wxa/getwxacodeunlimit"):
            image = self._client.wxa.get_wxa_code_unlimited(
                fit_scene(scene), fit_page_of_code(page), check_path=check_path, env_version=env_version
            )
        assert isinstance(image, bytes)
        return image

    def check_text(self, openid: str, text: str, scene: int = 2) -> TextVerdict:
        """What the platform thinks of a text that others will see. ``text`` at most 2,500 characters; ``scene`` 1–4.

        61010 (WechatRefused): the person was not active within two hours, so a person of ours decides.
        """
        result = self._client.wxa.check_text_security(text, openid, scene)
        verdict = result.get("result")
        if not isinstance(verdict, dict) or verdict.get("suggest") not in ("pass", "review", "risky"):
            raise UnreadableAnswer("wxa/msg_sec_check", None, "no verdict")
        return TextVerdict(verdict["suggest"], verdict.get("label"), result.get("trace_id"))

    def check_media(self, openid: str, media_url: str, scene: int = 2) -> str:
        """Ask for a picture to be checked; the answer is pushed within 30 minutes with the trace id returned here."""
        trace_id = self._client.wxa.check_media_async(media_url, 2, openid, scene).get("trace_id")
        if not trace_id:
            raise UnreadableAnswer("wxa/media_check_async", None, "no trace_id")
        return str(trace_id)


def patiently(ask: Callable[[], Any]) -> Any:
    """Ask again while the platform says that it is busy, three times in all.

    Busy it has done nothing, as it says; where it then finds the code spent all the same, that was no fault of the
    person's, and they hear that it is busy.
    """
    busy: WechatBusy | None = None
    for pause in (*BUSY_PAUSES, None):
        try:
            return ask()
        except WechatBusy as again:
            if pause is None:
                raise
            busy = again
        except WechatCodeUsed:
            if busy is None:
                raise
            break
        time.sleep(pause * (0.5 + secrets.randbelow(1000) / 1000))
    assert busy is not None
    raise busy.again()
