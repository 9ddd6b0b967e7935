"""What can go wrong between us and the platform.

WechatError
 ├─ WechatBusy        -1, 45011, HTTP 429/502/503: nothing was done, try again after a while
 ├─ WechatCodeUsed    40029, 40163: the code is spent; the person asks for a new one, we never try again
 ├─ HighRiskUser      40226: the platform blocks this account
 ├─ WechatRefused     any other errcode: trying again as it stands is useless
 ├─ NotReached        no connection, or a gateway on the way that said no: certainly not sent
 │   └─ NoToken           no access token was to be had, and the call was not made; ``errcode`` says why, if it was refused
 └─ AnswerLost        the request was written and no answer came (or HTTP 408, 500, 504, …): done or not, nobody knows
     └─ UnreadableAnswer    an answer came that is not the platform's
CallbackRefused
 ├─ BadlySigned
 ├─ StaleCallback
 └─ UnreadableCallback

None of them carries a token, a secret, a code, a phone number or a URL's query, nor a cause that would.
"""

from __future__ import annotations

from typing import ClassVar, Final, Self

from backend.core.errors import Problem

NO_GRANT: Final = 43101
CONCURRENT_SEND: Final = 43108
FIELD_REFUSED: Final = 47003
QUOTA_SPENT: Final = 45009
NO_SUCH_CODE: Final = frozenset({40129, 41030})
"""Codes after which a mini-program code can never be made as it was asked for: its scene, its page."""
TEMPLATE_TROUBLE: Final = frozenset({40037, 41030, 43107})
"""Codes after which a template rests until a person has looked: its id, its page, the ability itself."""


class WechatError(Problem):
    """``call``: the endpoint without query. ``errcode``: the platform's, or the HTTP status, or None.

    ``errmsg`` is the platform's word with everything secret taken out. ``detail`` and ``next`` are for the person.
    """

    status: ClassVar[int] = 503
    code: ClassVar[str] = "wechat.unavailable"
    title: ClassVar[str] = "微信服务暂时不可用"
    next: ClassVar[str] = "您的操作没有生效，请稍后再试。"

    def __init__(self, call: str, errcode: int | None = None, errmsg: str = "") -> None:
        super().__init__()
        self.call = call
        self.errcode = errcode
        self.errmsg = errmsg

    def __str__(self) -> str:
        code = "" if self.errcode is None else f" {self.errcode}"
        return f"{type(self).__name__}: {self.call}{code} {self.errmsg}".rstrip()

    def __reduce__(self) -> tuple[type[Self], tuple[str, int | None, str]]:
        return type(self), (self.call, self.errcode, self.errmsg)

    def again(self) -> Self:
        """The same for another thread: one exception object raised twice grows two tracebacks."""
        return type(self)(self.call, self.errcode, self.errmsg)


class WechatBusy(WechatError):
    code = "wechat.busy"
    title = "微信服务繁忙"


class WechatCodeUsed(WechatError):
    status = 409
    code = "wechat.code_used"
    title = "微信登录凭证已失效"
    next = "请重新登录后再试。"


class HighRiskUser(WechatError):
    status = 403
    code = "wechat.high_risk_user"
    title = "微信提示该账号存在风险，暂不能登录"
    next = "请在微信中按提示解除限制，或请村（社区）工作人员代为办理。"


class WechatRefused(WechatError):
    code = "wechat.refused"
    title = "微信未受理此操作"
    next = "请稍后再试，或拨打服务热线。"


class NotReached(WechatError):
    code = "wechat.not_reached"


class NoToken(NotReached):
    pass


class AnswerLost(WechatError):
    code = "wechat.answer_lost"
    title = "没有收到微信的答复"
    next = "请稍后查看结果；如需再次登录，请重新进入小程序。"


class UnreadableAnswer(AnswerLost):
    pass


class CallbackRefused(Problem):
    """Something knocked at the callback address that is not the platform, or not now. Nothing was read from it."""

    status = 403
    code = "wechat.callback_refused"
    title = "无法确认消息来源"


class BadlySigned(CallbackRefused):
    code = "wechat.callback_badly_signed"


class StaleCallback(CallbackRefused):
    code = "wechat.callback_stale"


class UnreadableCallback(CallbackRefused):
    status = 422
    code = "wechat.callback_unreadable"
    title = "消息内容无法识别"
