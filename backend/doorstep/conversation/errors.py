"""What the conversation refuses; what an action refuses is answered in the thread, in the action's words."""

from __future__ import annotations

from backend.core.errors import Refusal


class CardClosed(Refusal):
    code = "conversation.card_closed"
    title = "这张卡片已经失效"
    next = "请在对话里重新说一遍要办的事。"


class DoneAlready(Refusal):
    code = "conversation.done_already"
    title = "这件事已经办理"
    next = "要撤回请打开小程序，在对应的页面里取消。"
