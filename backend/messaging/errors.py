"""What messaging refuses."""

from __future__ import annotations

from backend.core.errors import Invalid, Refusal, Unavailable


class UndefinedTopic(LookupError):
    """A notice of a topic that nobody defined: a mistake in code, not of a person's."""


class UnknownTemplate(Invalid):
    code = "consent.unknown_template"
    title = "没有这个消息模板"
    next = "请更新小程序后再试；站内消息不受影响。"


class MessageNotStopped(Refusal):
    code = "message.not_stopped"
    title = "这条消息没有停下"
    next = "只有未发送、已停止或是否送达不明的消息可以再发；请刷新后查看它的状态。"


class MessageTooOld(Refusal):
    code = "message.too_old"
    title = "这条消息已过时效"
    next = "内容可能已不属实，请用电话或上门告知；站内消息仍可看到。"


class TemplateNotPaused(Refusal):
    code = "template.not_paused"
    title = "这个消息模板没有暂停"
    next = "不用恢复；请刷新后查看暂停的模板。"


class NotACode(Invalid):
    code = "poster.not_a_code"
    title = "这些内容做不成小程序码"
    next = "请改用户码或简短的字母、数字，再试一次。"


class NoCodeMade(Unavailable):
    code = "poster.no_code"
    title = "微信没有生成小程序码"
    next = "请稍后再试；张贴户码可改用普通二维码，效果相同。"


class NoWechatAccount(Refusal):
    code = "consent.no_wechat_account"
    title = "当前账号没有在小程序登录过"
    next = "请在微信小程序中登录后再开启提醒；站内消息不受影响。"
