"""wechatpy 2.0.0a26, bent where it fails us.

Time-outs on every call, one shared token, exactly one retry after a refused one, our address, the parameters it lacks,
and errors and logs that carry nothing secret.
"""

from __future__ import annotations

import json
import logging
import re
import ssl
from collections.abc import Mapping
from typing import Any, Final, TypeGuard

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from wechatpy.client import WeChatClient
from wechatpy.client.api import WeChatWxa

from backend.core.db import DATABASE_AWAY, Database
from backend.wechat import tokens
from backend.wechat.errors import (
    AnswerLost,
    HighRiskUser,
    NoToken,
    NotReached,
    UnreadableAnswer,
    WechatBusy,
    WechatCodeUsed,
    WechatError,
    WechatRefused,
)
from backend.wechat.settings import WechatSettings

log = logging.getLogger("backend.wechat")

_OFFICIAL: Final = "https://api.weixin.qq.com/"
_TOKEN_REFUSED: Final = frozenset({40001, 40014, 42001})
_VERDICTS: Final[dict[int, type[WechatError]]] = {
    -1: WechatBusy,
    45011: WechatBusy,
    40029: WechatCodeUsed,
    40163: WechatCodeUsed,
    40226: HighRiskUser,
}
# Of a gateway that reached nobody; after 408 and the other 5xx the message may have been taken.
_NOTHING_DONE: Final = frozenset({429, 502, 503})
_IMAGE_STARTS: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_ERRMSG_MAX: Final = 200
_CODE_LIMIT: Final = 2**31
_SECRET_SHAPES: Final = re.compile(
    r"(?i)((?:access_token|secret|js_code|code)\s*[=:]\s*)[^\s&,\"']+|(?<!\d)1\d{10}(?!\d)"
)


class MiniProgramApi(WeChatWxa):
    """The calls whose wechatpy version lacks a parameter, or asks for a token that is not needed."""

    def code_to_session(self, js_code: str) -> Any:
        params = {
            "appid": self.appid,
            "secret": self.secret,
            "js_code": js_code,
            "grant_type": "authorization_code",
        }
        return self._get("sns/jscode2session", params=params, with_token=False, private=(js_code,))

    def get_phone_number(self, code: str) -> Any:
        return self._post("wxa/business/getuserphonenumber", data={"code": code}, private=(code,))

    def send_subscribe_message(
        self,
        user_id: str,
        template_id: str,
        data: dict[str, dict[str, str]],
        page: str | None = None,
        miniprogram_state: str = "formal",
        lang: str = "zh_CN",
    ) -> Any:
        body: dict[str, Any] = {
            "touser": user_id,
            "template_id": template_id,
            "data": data,
            "miniprogram_state": miniprogram_state,
            "lang": lang,
        }
        if page is not None:
            body["page"] = page
        return self._post("cgi-bin/message/subscribe/send", data=body)

    def get_wxa_code_unlimited(
        self, scene: str, page: str, width: int = 430, check_path: bool = True, env_version: str = "release"
    ) -> Any:
        body = {
            "scene": scene,
            "page": page,
            "width": width,
            "check_path": check_path,
            "env_version": env_version,
        }
        return self._post("wxa/getwxacodeunlimit", data=body, wants_image=True)

    def check_text_security(self, content: str, openid: str, scene: int) -> Any:
        body = {"version": 2, "content": content, "openid": openid, "scene": scene}
        return self._post("wxa/msg_sec_check", data=body)

    def check_media_async(self, media_url: str, media_type: int, openid: str, scene: int) -> Any:
        body = {
            "version": 2,
            "media_url": media_url,
            "media_type": media_type,
            "openid": openid,
            "scene": scene,
        }
        return self._post("wxa/media_check_async", data=body)


class MiniProgramClient(WeChatClient):
    """wechatpy's client with every request, and every failure, going one way: ``_request``."""

    wxa = MiniProgramApi()

    def __init__(self, settings: WechatSettings, database: Database, connections: int) -> None:
        super().__init__(
            settings.appid,
            settings.secret,
            timeout=(settings.connect_timeout, settings.read_timeout),
            auto_retry=False,
        )
        self.settings = settings
        # No proxy, netrc or certificate path from the environment: where the token goes is decided in one place.
        self._http.trust_env = False
        adapter = HTTPAdapter(pool_connections=2, pool_maxsize=connections, max_retries=0)
        self._http.mount("https://", adapter)
        self._http.mount("http://", adapter)
        self.tokens = tokens.SharedToken(
            database, settings.appid, self._fetch_token, settings.connect_timeout + settings.read_timeout
        )

    @property
    def access_token(self) -> str:
        return self.tokens.current().token

    def fetch_access_token(self) -> dict[str, Any]:
        """What wechatpy calls for a token: here the shared one, fetched only when nobody holds one."""
        return {"access_token": self.access_token}

    def _fetch_token(self) -> tuple[str, int]:
        body = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
        failure: WechatError
        try:
            result = self._exchange("post", tokens.CALL, {}, body, private=(self.secret,))
            return str(result["access_token"]), int(result["expires_in"])
        except WechatBusy:
            raise
        except WechatError as refused:
            # What needed the token was not sent, whatever became of our asking for it.
            failure = NoToken(
                tokens.CALL,
                refused.errcode if isinstance(refused, WechatRefused) else None,
                f"no access token: {refused.errcode or ''} {refused.errmsg}",
            )
        except (KeyError, TypeError, ValueError):
            failure = NoToken(tokens.CALL, None, "no access token: unreadable answer")
        raise failure

    def _token(self, refused: int = 0) -> tokens.HeldToken:
        """As SharedToken.current; without the database that keeps the token, the call is not made either."""
        failure: WechatError
        try:
            return self.tokens.current(refused=refused)
        except DATABASE_AWAY:
            log.exception("the database that keeps the token is away")
            failure = NoToken(tokens.CALL, None, "no access token: the database that keeps it is away")
        raise failure

    def _request(
        self,
        method: str,
        url_or_endpoint: str,
        *,
        params: Mapping[str, Any] | None = None,
        data: Any = None,
        api_base_url: str | None = None,
        result_processor: Any = None,
        with_token: bool = True,
        wants_image: bool = False,
        private: tuple[str, ...] = (),
    ) -> Any:
        """One call; with a refused token one newer token and one more try, then the refusal stands."""
        url = url_or_endpoint
        if not url.startswith(("http://", "https://")):
            url = (api_base_url or self.API_BASE_URL) + url
        call = url.removeprefix(_OFFICIAL)
        query = dict(params or {})
        held = None
        if with_token:
            held = self._token()
            query["access_token"] = held.token
        private = (self.secret, *private)
        try:
            result = self._exchange(method, call, query, data, private, wants_image, with_token)
        except WechatRefused as refused:
            if held is None or refused.errcode not in _TOKEN_REFUSED:
                raise
            errcode = refused.errcode
        else:
            return result_processor(result) if result_processor else result
        log.warning("wechat %s: token refused (%s), trying once with a newer one", call, errcode)
        query["access_token"] = self._token(refused=held.generation).token
        result = self._exchange(method, call, query, data, private, wants_image, with_token)
        return result_processor(result) if result_processor else result

    def _exchange(
        self,
        method: str,
        call: str,
        query: Mapping[str, Any],
        data: Any,
        private: tuple[str, ...] = (),
        wants_image: bool = False,
        names_errcode: bool = False,
    ) -> Any:
        """``names_errcode``: the platform's answer to this call always has one, so that an object without is not its."""
        body = json.dumps(data, ensure_ascii=False).encode() if isinstance(data, dict) else data
        response = None
        failure: WechatError | None = None
        try:
            response = self._http.request(
                method,
                self.settings.base_url + call,
                params=query,
                data=body,
                headers={"Content-Type": "application/json"} if body else None,
                timeout=self.timeout,
                allow_redirects=False,  # a redirect would carry the token to another address
            )
        except requests.RequestException as exc:
            failure = _lost(call, exc)
        if response is not None:
            result, failure = self._judged(
                call,
                response,
                (*private, str(query.get("access_token", ""))),
                wants_image,
                names_errcode,
            )
            if failure is None:
                return result
        assert failure is not None
        log.warning("%s", failure)
        raise failure  # outside the handler, so that the exception with the whole URL is not its context

    def _judged(
        self,
        call: str,
        response: requests.Response,
        private: tuple[str, ...],
        wants_image: bool,
        names_errcode: bool = False,
    ) -> tuple[Any, WechatError | None]:
        if response.status_code != 200:
            return None, _http_verdict(response.status_code)(call, response.status_code, "HTTP status")
        if wants_image and response.content.startswith(_IMAGE_STARTS):
            return response.content, None
        result = self._decode_result(response)
        unnamed = None if names_errcode else 0
        errcode = result.get("errcode", unnamed) if isinstance(result, dict) else None
        if not _is_code(errcode) or (wants_image and errcode == 0):
            return None, UnreadableAnswer(call, None, "not the platform's form")
        if errcode != 0:
            errmsg = _scrubbed(str(result.get("errmsg", "")), private)
            return None, _VERDICTS.get(errcode, WechatRefused)(call, errcode, errmsg)
        return result, None


def _http_verdict(status: int) -> type[WechatError]:
    """The platform itself answers 200; any other status is of something on the way, which knows nothing of messages."""
    if status in _NOTHING_DONE:
        return WechatBusy
    return AnswerLost if status == 408 or status >= 500 else NotReached


def _lost(call: str, exc: requests.RequestException) -> WechatError:
    """NotReached only where it is certain that nothing was written; else the outcome is unknown."""
    cause: Any = exc.args[0] if exc.args else None
    cause = getattr(cause, "reason", None) or cause
    never_sent = (
        urllib3.exceptions.NewConnectionError,
        urllib3.exceptions.ConnectTimeoutError,
        urllib3.exceptions.NameResolutionError,
        ssl.SSLCertVerificationError,
    )
    if isinstance(cause, urllib3.exceptions.SSLError) and cause.args:
        cause = cause.args[0]
    if isinstance(exc, (requests.ConnectTimeout, requests.exceptions.InvalidURL)) or isinstance(
        cause, never_sent
    ):
        return NotReached(call, None, type(exc).__name__)
    return AnswerLost(call, None, type(exc).__name__)


def _is_code(errcode: Any) -> TypeGuard[int]:
    """An errcode as the platform gives them; what no database column would hold is no answer of its."""
    return isinstance(errcode, int) and not isinstance(errcode, bool) and abs(errcode) < _CODE_LIMIT


def _scrubbed(text: str, private: tuple[str, ...]) -> str:
    text = "".join(mark for mark in text if mark.isprintable())
    for secret in private:
        if secret:
            text = text.replace(secret, "***")
    return _SECRET_SHAPES.sub(lambda match: (match[1] or "") + "***", text)[:_ERRMSG_MAX]


class _WithoutQueries(logging.Filter):
    """urllib3 logs whole request lines when somebody turns DEBUG on, and their queries hold token and secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if "?" in message:
            record.msg, record.args = re.sub(r"\?[^\s'\"]*", "?***", message), None
        return True


for _name in ("urllib3.connectionpool", "urllib3.util.retry", "requests.packages.urllib3.connectionpool"):
    logging.getLogger(_name).addFilter(_WithoutQueries())
