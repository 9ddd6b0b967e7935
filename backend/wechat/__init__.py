"""The WeChat platform: the only importer of wechatpy, and the only place that knows its endpoints, codes and crypto."""

from backend.wechat.callbacks import (
    CallbackMessage,
    ConsentChange,
    MediaVerdict,
    SendReport,
    echo,
    open_callback,
    reply_text,
)
from backend.wechat.client import LoginResult, SendOutcome, TextVerdict, Wechat
from backend.wechat.codes import mini_program_code
from backend.wechat.errors import (
    CONCURRENT_SEND,
    FIELD_REFUSED,
    NO_GRANT,
    QUOTA_SPENT,
    TEMPLATE_TROUBLE,
    AnswerLost,
    BadlySigned,
    CallbackRefused,
    HighRiskUser,
    NotReached,
    StaleCallback,
    UnreadableAnswer,
    UnreadableCallback,
    WechatBusy,
    WechatCodeUsed,
    WechatError,
    WechatRefused,
)
from backend.wechat.models import WechatToken
from backend.wechat.oauth import SnapshotVisitor, authorize_address, login_on_page
from backend.wechat.rules import UnfitValue, fit_page, fit_scene, fit_value, fit_values
from backend.wechat.settings import WechatSettings

__all__ = [
    "CONCURRENT_SEND",
    "FIELD_REFUSED",
    "NO_GRANT",
    "QUOTA_SPENT",
    "TEMPLATE_TROUBLE",
    "AnswerLost",
    "BadlySigned",
    "CallbackMessage",
    "CallbackRefused",
    "ConsentChange",
    "HighRiskUser",
    "LoginResult",
    "MediaVerdict",
    "NotReached",
    "SendOutcome",
    "SendReport",
    "SnapshotVisitor",
    "StaleCallback",
    "TextVerdict",
    "UnfitValue",
    "UnreadableAnswer",
    "UnreadableCallback",
    "Wechat",
    "WechatBusy",
    "WechatCodeUsed",
    "WechatError",
    "WechatRefused",
    "WechatSettings",
    "WechatToken",
    "authorize_address",
    "echo",
    "fit_page",
    "fit_scene",
    "fit_value",
    "fit_values",
    "login_on_page",
    "mini_program_code",
    "open_callback",
    "reply_text",
]
