"""What this package must be told; read from the environment elsewhere, once, and handed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class WechatSettings:
    """One mini-program (and, where there is one, the official account beside it).

    ``callback_aes_key``: the 43 characters of the platform's EncodingAESKey, None for plain mode.
    ``callback_safe_only``: refuse plain pushes even when they are signed; the plain signature does not cover the body.
    ``templates``: our name of a message (``visit``) -> the platform's template id, or ``{"id": …, "fields": {…}}`` with
    what fills each of its fields, and ``"long_term": true`` where one accept allows more than one message.
    ``oa_secret``: with it people can log in on web pages opened in WeChat; ``open_base_url``: where browsers go for that.
    Time-outs in seconds. Secrets stay out of ``repr``.
    """

    appid: str
    secret: str = field(repr=False)
    api_base_url: str = "https://api.weixin.qq.com"
    oa_appid: str | None = None
    oa_secret: str | None = field(default=None, repr=False)
    open_base_url: str = "https://open.weixin.qq.com"
    callback_token: str = field(default="", repr=False)
    callback_aes_key: str | None = field(default=None, repr=False)
    callback_safe_only: bool = False
    connect_timeout: float = 3.0
    read_timeout: float = 8.0
    templates: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.appid or not self.secret:
            raise ValueError("WeChat: appid and secret are required")
        if not self.api_base_url.startswith(("https://", "http://")) or "?" in self.api_base_url:
            raise ValueError("WeChat: api_base_url is an http(s) address without a query")
        if self.oa_secret and not self.oa_appid:
            raise ValueError("WeChat: oa_secret without the appid of the official account")
        if not self.open_base_url.startswith(("https://", "http://")) or "?" in self.open_base_url:
            raise ValueError("WeChat: open_base_url is an http(s) address without a query")
        if self.callback_aes_key and len(self.callback_aes_key) != 43:
            raise ValueError("WeChat: callback_aes_key has 43 characters")
        if self.callback_safe_only and not self.callback_aes_key:
            raise ValueError("WeChat: callback_safe_only needs callback_aes_key")
        if self.connect_timeout <= 0 or self.read_timeout <= 0:
            raise ValueError("WeChat: every call has a connect and a read time-out above zero")

    @property
    def base_url(self) -> str:
        """Ends with one slash, as endpoints are appended to it."""
        return self.api_base_url.rstrip("/") + "/"

    @property
    def logs_in_on_pages(self) -> bool:
        """Whether there is an official account by which people log in outside the mini-program."""
        return bool(self.oa_appid and self.oa_secret)
