"""What fuel refuses."""

from __future__ import annotations

from typing import ClassVar

from backend.core.errors import Invalid, Refusal


class FuelNotOpen(Refusal):
    """This house may not draw now. ``not_yet``: it is entitled, and somebody can change that at the door today."""

    not_yet: ClassVar[bool] = False


class HouseholdEnded(FuelNotOpen):
    code, clause, title = "fuel.household_ended", "5", "这一户没有单独的额度"
    next = "请查看合并后的那一户；如有疑问，请联系村委会。"


class TakesNoPart(FuelNotOpen):
    code, clause, title = "fuel.takes_no_part", "5.4", "没有参加改造的户不享受补贴燃料"
    next = "如愿意参加改造，请向村委会提出，登记后按程序办理。"


class NotOnThisPath(FuelNotOpen):
    code, clause, title = "fuel.not_on_this_path", "4.1.1.5", "这一户的改造方式不使用补贴燃料"
    next = "如登记的改造方式有误，请联系村委会更正；取暖有困难请报修或拨打服务热线。"


class GoesToBoiler(FuelNotOpen):
    code, clause, title = "fuel.goes_to_boiler", "4.1.1.5", "燃料直接送到锅炉房"
    next = "不用您自己申领；家里不热请报修，由锅炉房的运行单位处理。"


class NotInstalled(FuelNotOpen):
    code, clause, title, not_yet = "fuel.not_installed", "4.1.1.5", "炉具还没有装好", True
    next = "请先预约安装；炉具装好、报警器测试、用法讲解后即可申领，不必等验收。"


class NoCoAlarm(FuelNotOpen):
    code, clause, title, not_yet = "fuel.no_co_alarm", "4.1.1.5", "还没有测试合格的一氧化碳报警器", True
    next = "到场的安装人员、配送员或村干部都可以当场装上并测试，登记后马上可以申领，不必等验收。"


class NoBriefing(FuelNotOpen):
    code, clause, title, not_yet = "fuel.no_briefing", "8.3", "还没有讲解安全用法", True
    next = "到场的安装人员、配送员或村干部都可以当面讲解并登记，登记后马上可以申领。"


class EntitlementClosed(FuelNotOpen):
    code, clause, title = "fuel.entitlement_closed", "4.1.1.6", "这一户的额度已关闭"
    next = "请刷新后查看本户的改造方式；如有疑问，请联系村委会。"


class NoLimitYet(Refusal):
    code, clause, title = "fuel.no_limit_yet", "4.1.1.5", "补贴额度还没有开始执行"
    next = "请在方案开始执行后再申领。"


class AboveLimit(Refusal):
    code, clause, title = "fuel.above_limit", "4.1.1.5", "超出本年度补贴额度"
    next = "请按剩余数量申领，或等下一个燃料年度。"


class NotInBags(Refusal):
    code, clause, title = "fuel.not_in_bags", "4.1.1.5", "数量不是整袋"
    next = "请按整袋的公斤数填写。"


class WindowPast(Refusal):
    code, title = "fuel.window_past", "希望送达的日期不对"
    next = "请选择今天或以后的日期，结束日期不早于开始日期。"


class NoSupplier(Refusal):
    code, clause, title = "fuel.no_supplier", "4.2.2", "这个村还没有指定燃料供应商"
    next = "请联系乡镇（街道），由区级工作人员指定供应商后再申领。"


class NotASupplier(Refusal):
    code, clause, title = "fuel.not_a_supplier", "4.2.2", "这家企业不是燃料供应商"
    next = "请选择登记为燃料供应商的企业。"


class WorksElsewhere(Refusal):
    code, clause, title = "fuel.works_elsewhere", "4.2.2", "这家企业不在这个区域供应"
    next = "请选择在这个区域登记的燃料供应商。"


class OrderClosed(Refusal):
    code, title = "fuel.order_closed", "这张申领单已经结束"
    next = "请刷新查看申领单的状态；还需要燃料的，请重新申领。"


class MovedMeanwhile(Refusal):
    code, title = "fuel.moved_meanwhile", "额度刚刚有变动"
    next = "请刷新后再试一次。"


class BatchKnown(Refusal):
    code, title = "fuel.batch_known", "这个批次号已经登记"
    next = "请核对批次号，在已登记的批次里继续办理。"


class UnknownBatch(Invalid):
    code, clause, title = "fuel.unknown_batch", "4.1.1.5", "没有这个燃料批次"
    next = "请扫描或选择本企业登记的批次。"


class BatchNotPassed(Refusal):
    code, clause, title = "fuel.batch_not_passed", "4.1.1.5", "这批燃料还没有合格的检测报告"
    next = "请换一批有合格报告的燃料；报告已上传的，请区级工作人员或检查人员确认。"


class BatchQuarantined(Refusal):
    code, clause, title = "fuel.batch_quarantined", "4.1.1.5", "这批燃料已封存"
    next = "请不要交付，拉回封存，换一批合格的燃料送来。"


class WrongGrade(Refusal):
    code, clause, title = "fuel.wrong_grade", "4.1.1.5", "燃料等级与合同不符"
    next = "请换一批合同约定等级的燃料。"


class BatchUsedUp(Refusal):
    code, clause, title = "fuel.batch_used_up", "4.1.1.5", "超出这批燃料的数量"
    next = "请核对批次号和称重数量；数量登记有误的，请供应商更正。"


class WrongStandard(Refusal):
    code, clause, title = "fuel.wrong_standard", "4.1.1.5", "检测依据的标准不在方案之内"
    next = "请按方案列出的标准检测。"


class ReportWaiting(Refusal):
    code, title = "fuel.report_waiting", "已有一份报告等待确认"
    next = "请等区级工作人员或检查人员确认后再上传。"


class NoReportWaiting(Refusal):
    code, title = "fuel.no_report_waiting", "没有等待确认的检测报告"
    next = "请先上传检测报告。"


class SameHand(Refusal):
    code, clause, title = "fuel.same_hand", "4.1.1.5", "上传报告的人不能自己确认"
    next = "请由另一位区级工作人员或检查人员确认。"


class MadeAtWrong(Refusal):
    code, title = "fuel.made_at_wrong", "交付时间不对"
    next = "请核对手机的日期和时间后再提交。"


class ConfirmedAlready(Refusal):
    code, title = "fuel.confirmed_already", "这次交付已经有答复"
    next = "请刷新查看；仍有异议的，请联系乡镇（街道）核实。"


class OwnDelivery(Refusal):
    code, title = "fuel.own_delivery", "送货的人不能替住户确认"
    next = "请由住户在自己的手机上确认，没有手机的由村干部和见证人确认。"


class HouseholdConfirms(Refusal):
    code, title = "fuel.household_confirms", "请由住户自己确认"
    next = "这一户有人登记了手机，请居民或代办人在自己的手机上确认收货。"


class WitnessMissing(Invalid):
    code, title = "fuel.witness_missing", "缺少见证人"
    next = "住户没有手机时，请写明在场见证人的姓名，见证人不能是送货的人。"


class AnswerContradicts(Invalid):
    code, title = "fuel.answer_contradicts", "确认的数量与交付数量不一致"
    next = "数量一致请选“无误”；数量不一致请选“有异议”并写明实收数量。"


REFUSAL_OF = {
    refusal.code: refusal
    for refusal in (
        HouseholdEnded,
        TakesNoPart,
        NotOnThisPath,
        GoesToBoiler,
        NotInstalled,
        NoCoAlarm,
        NoBriefing,
    )
}
