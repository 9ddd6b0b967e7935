"""What installation refuses, in the order in which a household meets it."""

from __future__ import annotations

from typing import Final

from backend.core.errors import Invalid, NotPermitted, Problem, Refusal


class NotConfirmed(Refusal):
    code = "installation.not_confirmed"
    title = "还没有确户"
    next = "请居民（或代办人）在小程序确认登记，村委会现场确认；确认后即可签协议、预约，不用等乡镇锁定。"
    clause = "2"


class TakesNoPart(Refusal):
    code = "installation.takes_no_part"
    title = "该户不参与改造"
    next = "如愿意参加，请先到村委会更正登记。"
    clause = "5.4"


class ContractMissing(Refusal):
    code = "installation.contract_missing"
    title = "还没有登记改造协议"
    next = "请与本村的实施企业签订协议，由企业或村干部登记后再预约。"
    clause = "2"


class OwnerNotConfirmed(Refusal):
    code = "installation.owner_not_confirmed"
    title = "贷款或租赁还没有经户主再次确认"
    next = "请户主到期后在小程序里看清协议摘要再确认；没有手机的由村干部代办并注明见证人。"
    clause = "4.2.2"


class SignedOutside(Refusal):
    code = "contract.signed_outside"
    title = "签订日期不对"
    next = "请对照纸质协议填写实际签订的日期。"
    clause = "2"


class NotAContractor(Refusal):
    code = "contract.not_a_contractor"
    title = "没有这家实施企业"
    next = "请从企业名单中选择；新的企业由区级工作人员登记。"
    clause = "4.2.2"


class NotYourCompany(NotPermitted):
    code = "contract.not_your_company"
    title = "只能办理本企业的事项"
    next = "请选择您所在的企业，或由该企业办理。"


class ContractStands(Refusal):
    code = "contract.stands_already"
    title = "该户已有有效协议"
    next = "一户一份协议；如需换企业，请先由乡镇（街道）说明理由终止原协议。"
    clause = "2"


class ContractInUse(Refusal):
    code = "contract.in_use"
    title = "协议下还有预约"
    next = "请先取消预约或等上门结束，再终止协议。"
    clause = "2"


class ContractEnded(Refusal):
    code = "contract.ended_already"
    title = "协议已经终止"
    next = "无需再次操作。"


class NoLoanToConfirm(Refusal):
    code = "contract.no_loan"
    title = "协议没有贷款或租赁"
    next = "无需再次确认，可直接预约安装。"
    clause = "4.2.2"


class CoolingOff(Refusal):
    code = "contract.cooling_off"
    title = "还在冷静期"
    next = "请再看一看协议摘要，到期后再决定；不想贷款的，请联系村委会和企业更改协议。"
    clause = "4.2.2"


class OwnerConfirmedAlready(Refusal):
    code = "contract.owner_confirmed_already"
    title = "户主已经确认过"
    next = "无需再次确认，可直接预约安装。"


class WitnessMissing(Invalid):
    code = "contract.witness_missing"
    title = "代办须有见证人"
    next = "贷款、租赁由住户本人确认；代办人、村干部替户主确认时，请填写在场见证人的姓名。"
    clause = "4.2.2"


class UnknownVillage(Invalid):
    code = "slot.unknown_village"
    title = "没有这个村"
    next = "请从方案的行政区划中选择一个村（片区）。"


class SlotOpenAlready(Refusal):
    code = "slot.open_already"
    title = "这个时段已经开放"
    next = "请在原时段上调整名额。"


class SlotPast(Refusal):
    code = "slot.past"
    title = "这个时段已经过去"
    next = "请选择以后的时段。"


class SlotElsewhere(Refusal):
    code = "slot.elsewhere"
    title = "这个时段不是给这一户的"
    next = "请选择本村、本户协议企业开放的时段。"


class SlotFull(Refusal):
    code = "slot.full"
    title = "这个时段约满了"
    next = "请选择其他时段，或请实施企业增加名额。"


class BelowBooked(Refusal):
    code = "slot.below_booked"
    title = "名额不能少于已预约户数"
    next = "请先与住户商量改约，再减少名额。"


class BookedAlready(Refusal):
    code = "booking.standing_already"
    title = "这一户已有预约"
    next = "请在原预约上改时间，或先取消再约。"


class InstalledAlready(Refusal):
    code = "booking.installed_already"
    title = "设备已装齐"
    next = "请等待验收；有问题请报修。"


class StageFirst(Refusal):
    code = "booking.network_stage"
    title = "先等管网（热源站）到位"
    next = "这一阶段完成后会通知到户，不需要预约安装。"


class EvePassed(Refusal):
    code = "booking.eve_passed"
    title = "上门当天不能再改"
    next = "改约、取消截止到前一天；今天有变化请直接联系安装人员或村委会。"


class BookingOver(Refusal):
    code = "booking.over"
    title = "这个预约已经结束"
    next = "请查看这一户最新的预约。"


class VisitEarly(Refusal):
    code = "visit.early"
    title = "还没到预约的日子"
    next = "如已与住户说好提前，请先把预约改到今天的时段。"


class VisitOpen(Refusal):
    code = "visit.open_already"
    title = "这次上门已经开始"
    next = "请在已开始的上门记录里继续登记；同一企业的安装人员都可以登记。"


class VisitOver(Refusal):
    code = "visit.over"
    title = "这次上门已经结束"
    next = "没装完的请再约一次上门，已登记的设备会带到下一次。"


class NotOfThisKit(Refusal):
    code = "kit.not_of_this_path"
    title = "这一户的清单里没有这种设备"
    next = "请核对改造路径和设备种类；路径有变请先由村委会办理变更。"


class FigureUnknown(Invalid):
    code = "kit.figure_unknown"
    title = "没有这项指标"
    next = "请只填写清单上列出的指标。"


class FigureMissing(Invalid):
    code = "kit.figure_missing"
    title = "缺少设备指标"
    next = "请照设备铭牌填写。"


class FigureShort(Refusal):
    code = "kit.figure_short"
    title = "设备达不到要求"
    next = "请核对铭牌；确实不达标的不要安装，换一台达标的设备，今天先装其他设备，缺的下次补装。"


class SerialMissing(Invalid):
    code = "kit.serial_missing"
    title = "缺少设备编号"
    next = "请照设备铭牌扫描或填写编号。"


class NoSerialHere(Invalid):
    code = "kit.no_serial_here"
    title = "这种设备不登记编号"
    next = "请填写数量，不填编号。"


class SerialTaken(Refusal):
    code = "kit.serial_taken"
    title = "这个编号已经登记过"
    next = "请核对铭牌。装错或登记错的先在原处拆除登记；确是别家厂商的同号产品，请在编号前加厂商简称。"
    clause = "8.4"


class ItemGone(Refusal):
    code = "kit.removed_already"
    title = "这件设备已登记拆除"
    next = "无需再次操作。"


class AlarmSilent(Refusal):
    code = "co_alarm.silent"
    title = "报警器没有响"
    next = "没响的不算。请换电池或换一个报警器，重新试响后再登记；试响前不要点火过夜。"
    clause = "4.1.1.5"


class NotInstalled(Refusal):
    code = "installation.not_installed"
    title = "设备还没有装齐"
    next = "请先完成安装；缺的设备请约下一次上门。"


class EnergisedAlready(Refusal):
    code = "installation.energised_already"
    title = "通电点火已登记"
    next = "无需再次登记。"


class OwnWork(Refusal):
    code = "acceptance.own_work"
    title = "不能验收自己安装的"
    next = "请换一位没有参加安装的验收员。"
    clause = "8.4"


class BuildFirst(Refusal):
    code = "acceptance.build_first"
    title = "先立后破"
    next = "先让新的取暖暖起来，再拆旧的。"
    clause = "2"


class KitIncomplete(Refusal):
    code = "acceptance.kit_incomplete"
    title = "设备没有装齐"
    next = "请实施企业补装，完工后再来验收；验收没办不影响取暖和领燃料。"


class AlarmUntested(Refusal):
    code = "acceptance.co_alarm_untested"
    title = "一氧化碳报警器没有试响记录"
    next = "在场的安装人员、配送员或村干部现在就可以装上并试响，登记后再验收。"
    clause = "4.1.1.5"


class ReworkOpen(Refusal):
    code = "acceptance.rework_open"
    title = "整改还没有完成"
    next = "请实施企业约上门整改，完成后再验收。"
    clause = "8.4"


class ChecklistOpen(Refusal):
    code = "acceptance.checklist_open"
    title = "验收清单有未通过的项"
    next = "请把结论改为“需整改”并写明问题。"
    clause = "8.4"


class ReworkUnexplained(Invalid):
    code = "acceptance.rework_unexplained"
    title = "没有写明要整改什么"
    next = "请写明问题，实施企业才知道改哪里。"


class AcceptedAlready(Refusal):
    code = "acceptance.done_already"
    title = "这一户已经验收"
    next = "无需再次验收；有问题请报修。"


class HeatConfirmedAlready(Refusal):
    code = "heat.confirmed_already"
    title = "已经确认供热"
    next = "无需再次确认；不热请报修。"


class WarmthByOwnHand(Refusal):
    code = "heat.own_hand"
    title = "安装或验收的人不能替住户确认供热"
    next = "请住户本人、家里其他人或另一位村干部确认。"
    clause = "8.4"


class HouseVacant(Refusal):
    code = "heat.vacant"
    title = "空置户暂不确认供热"
    next = "住户回来后请村委会更正登记，再确认。"
    clause = "6.1.4"


class NotAccepted(Refusal):
    code = "heat.not_accepted"
    title = "还没有验收"
    next = "请等验收后再确认；家里不热请马上报修。"
    clause = "6.1.4"


class StageUnknown(Invalid):
    code = "network_stage.unknown"
    title = "没有这个阶段"
    next = "请从该改造路径的阶段中选择。"


class OwnerUnknown(Invalid):
    code = "network_stage.owner_unknown"
    title = "没有这个责任单位"
    next = "请从方案的单位名单中选择。"


class StageOrder(Refusal):
    code = "network_stage.order"
    title = "前一阶段还没有完成"
    next = "请先登记前一阶段完成。"


class StageDone(Refusal):
    code = "network_stage.done_already"
    title = "这一阶段已经完成"
    next = "无需再次登记。"


class StageAhead(Refusal):
    code = "network_stage.day_ahead"
    title = "完成日期还没到"
    next = "请在实际完成之后登记。"


# What a rule's reason is raised as, by its code.
BY_CODE: Final[dict[str, type[Problem]]] = {
    refusal.code: refusal
    for refusal in (
        NotConfirmed, TakesNoPart, ContractMissing, OwnerNotConfirmed, SignedOutside, InstalledAlready,
        FigureUnknown, FigureMissing, FigureShort, OwnWork, BuildFirst, KitIncomplete, AlarmUntested,
        ReworkOpen, ChecklistOpen, HeatConfirmedAlready, HouseVacant, NotAccepted,
    )
}  # fmt: skip

# Refused because the house is warm, said to be warm, or empty: nobody freezes behind these.
WARM: Final[frozenset[type[Problem]]] = frozenset(
    {InstalledAlready, HeatConfirmedAlready, HouseVacant, NotAccepted}
)
