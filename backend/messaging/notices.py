"""Messaging's own words: to the administrators when a template fails, and on what became of a message."""

from __future__ import annotations

from typing import Final

from backend.messaging.rules import Notice, Topic

TROUBLE: Final = Topic("messaging.trouble", "消息通道异常")
TOPICS: Final = (TROUBLE,)

STATE_LABELS: Final = {
    "kept": "已放入站内消息",
    "read": "已读",
    "waiting": "等待发送",
    "accepted": "微信已受理",
    "arrived": "已送达微信",
    "failed": "微信未能送达",
    "refused": "微信未受理",
    "unknown": "是否送达不明",
    "given_up": "多次未发出，已停止",
    "no_consent": "未订阅微信提醒",
}
MESSAGE_LABELS: Final = {
    "waiting": "等待发送",
    "sending": "正在发送",
    "sent": "微信已受理",
    "refused": "未发送",
    "unknown": "是否送达不明",
    "dead": "多次未发出，已停止",
}
REASON_LABELS: Final = {
    "needs_consent": "需要本人重新允许提醒",
    "consent_doubted": "微信提示未订阅，稍后再试一次",
    "quiet_hours": "夜间不打扰，早上七点后发送",
    "daily_cap": "当日提醒已满，次日早上发送",
    "template_paused": "消息模板暂停使用，待管理员处理",
    "too_old": "已过时效，不再发送",
    "unfit_value": "内容不符合微信模板要求",
    "field_refused": "微信认为某项内容不合要求",
    "platform_refused": "微信拒绝发送",
    "not_reached": "微信暂时无法连接，稍后再试",
    "answer_lost": "没有收到微信的答复",
    "sender_lost": "发送中途中断",
    "not_delivered": "微信受理后没能送到",
    "quota_spent": "当日发送额度已用完，次日继续",
    "tried_again": "工作人员安排再发一次",
}


def template_paused(template_id: str, errcode: int, errmsg: str) -> Notice:
    return Notice(
        topic=TROUBLE.code,
        title="微信消息模板已暂停",
        body=f"微信拒绝了模板 {template_id} 的发送（{errcode}：{errmsg}）。该模板的消息已停发，站内消息不受影响；"
        "请在微信公众平台核对模板和页面设置，处理好后在“暂停的模板”里恢复发送；急事已请村干部转告。",
        about=("template", template_id),
    )


def account_refused(word: str) -> Notice:
    return Notice(
        topic=TROUBLE.code,
        title="微信接口暂不可用",
        body=f"微信拒绝了本账号的调用（{word}）。消息会自动再试，多次不成会停下等人处理；请核对小程序的 AppID、密钥、"
        "服务器 IP 白名单和接口权限。",
        about=("channel", "wechat"),
    )


def field_refused(template_id: str, errmsg: str) -> Notice:
    return Notice(
        topic=TROUBLE.code,
        title="微信消息内容不合要求",
        body=f"模板 {template_id} 的一条消息因内容不合要求未发出（{errmsg}），系统不会重发，站内消息已送达；"
        "请核对模板的字段设置。",
        about=("template", template_id),
    )
