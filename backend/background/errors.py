"""What background jobs refuse, and how one ends that nobody can help."""

from __future__ import annotations

from backend.core.errors import NotFound, Refusal


class TooManyOpen(Refusal):
    code = "job.too_many_open"
    title = "您还有没办完的任务"
    next = "请等前面的任务办完，或取消不需要的任务，再提交新的。"


class NotDone(Refusal):
    code = "job.not_done"
    title = "任务没有结果"
    next = "还在办理的，请稍后再查看结果；没有办成的，按提示处理后重新提交。"


class Ended(Refusal):
    code = "job.ended"
    title = "任务已经结束"
    next = "无需取消；办成的可以查看结果，没有办成的请重新提交。"


class ResultGone(NotFound):
    code = "job.result_gone"
    title = "结果已过保存期"
    next = "结果只保存七天，请重新提交任务。"


class GivenUp(Refusal):
    code = "job.given_up"
    title = "任务多次中断"
    next = "没有办成，请重新提交一次；如仍不行，请拨打服务热线。"


class Broken(Refusal):
    code = "job.broken"
    title = "任务出现意外"
    next = "没有办成，请重新提交一次；如仍不行，请拨打服务热线并报上任务编号。"
