"""What faults refuses. A report itself is never refused for want of a paper."""

from __future__ import annotations

from backend.core.errors import Invalid, Refusal, TooMany


class TooManyReports(TooMany):
    """Never of a danger: of a cold house, from one network or person, far beyond what a village without heat sends."""

    code = "fault.too_many_reports"
    title = "报告太频繁"
    next = "有危险先离开屋子，直接拨打 120 或 119；没有危险请过几分钟再试，或拨打服务热线。"


class TooManyPhotos(Invalid):
    """Told beside the report, which stands."""

    code = "fault.too_many_photos"
    title = "照片太多"


class WrongState(Refusal):
    code = "fault.wrong_state"
    title = "这件报修现在不能这样办"
    clause = "4.2.2"


class VouchedFor(Refusal):
    code = "fault.vouched_for"
    title = "这件报修不能按误报办结"
    next = "请由住户（或村干部代办）在报修里撤回，或由区里办结；确有危险请先处理。"
    clause = "4.2.2"


class NotARepairer(Refusal):
    code = "fault.not_a_repairer"
    title = "此人不是本企业的维修人员"
    next = "请选择本企业登记在册的维修人员，或先给此人授予维修人员身份。"
    clause = "4.2.2"


class ContractorDispatches(Refusal):
    code = "fault.contractor_dispatches"
    title = "由实施企业派单"
    next = "请催促实施企业的负责人派单；超时后系统会逐级上报。"
    clause = "4.2.2"


class CompanyMissing(Invalid):
    code = "fault.company_missing"
    title = "请写明由哪家企业维修"
    next = "这一户没有改造协议，请填写维修人员所属的企业编号。"
    clause = "4.2.2"


class SentToAnother(Refusal):
    code = "fault.sent_to_another"
    title = "这件报修没有派给您"
    next = "请联系本企业负责人核对派单，需要换人由负责人重新派。"
    clause = "4.2.2"


class PartUsed(Refusal):
    code = "fault.part_used"
    title = "这个编号的配件已经登记过"
    next = "请核对配件上的编号；一个编号只能装在一户。"
    clause = "4.2.2"


class OwnRepair(Refusal):
    code = "fault.own_repair"
    title = "维修的人不能替住户确认"
    next = "请由住户本人、代办人或其他村干部确认。"
    clause = "4.2.2"


class OpenAlready(Refusal):
    code = "fault.open_already"
    title = "这一户已有同类报修在办理"
    next = "请在正在办理的那一件里补充情况。"
    clause = "4.2.2"


class CannotPause(Refusal):
    code = "fault.cannot_pause"
    title = "这件报修不能顺延时限"
    next = "有危险的必须马上处理；没有暖气的请先借给住户电暖器（登记编号），再申请顺延。"
    clause = "2"


class PauseTooLong(Invalid):
    code = "fault.pause_too_long"
    title = "顺延的时间不合适"
    next = "请填写现在以后、规定时长以内的时间。"
    clause = "4.2.2"


class HeaterElsewhere(Refusal):
    code = "fault.heater_elsewhere"
    title = "这台电暖器登记在别处"
    next = "请核对编号；已经收回的请先登记收回。"
    clause = "2"


class HeaterNotHere(Refusal):
    code = "fault.heater_not_here"
    title = "这一户没有借用这台电暖器"
    next = "请核对编号。"
    clause = "2"
