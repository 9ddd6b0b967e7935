"""What messaging refuses."""

from __future__ import annotations

from backend.core.errors import Invalid, Refusal


class UndefinedTopic(LookupError):
    """A notice of a topic that nobody defined: a mistake in code, not of a person's."""


class UnknownTemplate(Invalid):
    code = "consent.unknown_template"
    title = "没有这个消息模板"
    next = "请更新小程序后再试；站内消息不受影响。"


class NoWechatAccount(Refusal):
    code = "consent.no_wechat_account"
    title = "当前账号没有在小程序登录过"
    next = "请在微信小程序中登录后再开启提醒；站内消息不受影响。"
