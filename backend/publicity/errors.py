"""What publicity refuses."""

from __future__ import annotations

from backend.core.errors import Refusal


class TwoPeopleNeeded(Refusal):
    code = "publicity.two_people"
    title = "编辑和审发不能是同一人"
    next = "请由另一位审发人员核对后发布。"
    clause = "9.3"


class NotADraft(Refusal):
    code = "publicity.not_a_draft"
    title = "这条宣传已发布或已停止"
    next = "如需修改，请另写一条。"
    clause = "9.3"


class NotRunning(Refusal):
    code = "publicity.not_running"
    title = "这条宣传没有在发送"
    next = "请刷新查看发送情况。"
    clause = "9.3"


class NobodyToReach(Refusal):
    code = "publicity.nobody"
    title = "所选范围内还没有人可以收到"
    next = "请扩大范围，或先请村里组织居民绑定户码；也可以用村村响广播。"
    clause = "9.3"
