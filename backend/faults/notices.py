"""What faults say to people. What a reporter wrote is never repeated here: it is read under permission."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from backend.core import clock
from backend.core.http import KeptUnheard
from backend.faults.queries import FaultView, OutageView
from backend.faults.rules.advice import safety_advice
from backend.faults.rules.categories import LABELS
from backend.faults.rules.service import STAGE_LABELS
from backend.faults.rules.states import PHRASES, WHO_ENDS_A_FALSE_ONE
from backend.messaging import Notice, Topic
from backend.registry import HouseholdView

CRITICAL: Final = Topic("fault.critical", "紧急报修", "fault", safety=True, resend_unknown=True)
OUTAGE: Final = Topic("fault.outage", "成片故障", "fault", safety=True, resend_unknown=True)
COMING: Final = Topic("fault.dispatched", "维修上门", "fault", safety=True, resend_unknown=True)
REPORTED: Final = Topic("fault.reported", "故障报修", "fault")
ARRIVED: Final = Topic("fault.arrived", "维修签到", "fault")
DONE: Final = Topic("fault.done", "维修完成，请确认", "fault")
REOPENED: Final = Topic("fault.reopened", "重新报修", "fault")
CLIMBED: Final = Topic("fault.climbed", "报修超时", "fault")
CHANGED: Final = Topic("fault.changed", "报修进展", "fault")
TOPICS: Final = (CRITICAL, OUTAGE, COMING, REPORTED, ARRIVED, DONE, REOPENED, CLIMBED, CHANGED)

AFTER_REPORT: Final = (COMING, DONE, CHANGED)  # what whoever reported is told later
_ALWAYS_AS_IS: Final = (COMING, DONE, CHANGED)


def _when(instant: datetime) -> str:
    local = clock.local_time(instant)
    return f"{local.month}月{local.day}日{local:%H:%M}"


def _of(fault: FaultView, topic: Topic, title: str, body: str) -> Notice:
    kind = CRITICAL if fault.critical and topic not in _ALWAYS_AS_IS else topic
    return Notice(
        topic=kind.code,
        title=title,
        body=body,
        about=("fault", fault.id),
        household_id=fault.household_id,
        page=f"pages/fault/index?fault={fault.id}",
        values={
            "number": fault.id[-10:],
            "subject": title,
            "place": fault.address,
            "state": PHRASES[fault.state],
            "category": fault.category_label,
            "remark": body,
        },
    )


def _first_of_all(fault: FaultView) -> str:
    return "".join(f"{step.number}. {step.text}" for step in safety_advice(fault.category))


def _doubts(fault: FaultView) -> str:
    """What staff must know of a passer-by's report: that it may be one of a flood, and who ends a false one."""
    if not fault.only_passers_by:
        return ""
    many = (
        "短时间内有大量路人报告，可能是大面积险情，也可能有人乱报：有住户或干部担保的先办，这一户也请尽快核实。"
        if fault.flood
        else ""
    )
    return f"{many}{fault.vouched_label}。{WHO_ENDS_A_FALSE_ONE}"


def _flood_mark(fault: FaultView) -> str:
    return "（短时间大量报告）" if fault.flood else ""


def _times(fault: FaultView) -> str:
    return f"派人不晚于{_when(fault.answer_due_at)}，到家不晚于{_when(fault.on_site_due_at)}。"


def received(fault: FaultView, via: str) -> Notice:
    """To the household: its report is in; what to do first stands first."""
    who = {"officer": "有干部替您报修", "passer_by": "有人在您家门口扫码报告"}.get(via, "已收到您的报修")
    body = f"{_first_of_all(fault)}{who}：{fault.category_label}。{_times(fault)}不属实请在报修里撤回。"
    return _of(fault, REPORTED, f"{who}：{fault.category_label}", body)


def please_dispatch(fault: FaultView) -> Notice:
    """To the enterprise responsible, or to the township where there is no contract."""
    whose = "" if fault.contractor_id else "这一户没有改造协议，请乡镇（街道）安排维修。"
    body = f"{fault.address}报修：{fault.category_label}（{fault.severity_label}）。{whose}{_times(fault)}{_doubts(fault)}"
    return _of(fault, REPORTED, f"请派人维修：{fault.category_label}{_flood_mark(fault)}", body)


def for_cadres(fault: FaultView) -> Notice:
    danger = "请马上叫人离开屋子、上门看护。" if fault.danger else "请关照这一户，必要时安排过夜取暖。"
    body = f"{fault.address}报修：{fault.category_label}（{fault.severity_label}）。{danger if fault.critical else ''}{_doubts(fault)}"
    return _of(fault, REPORTED, f"村里有户报修：{fault.category_label}{_flood_mark(fault)}", body)


def for_officers(fault: FaultView) -> Notice:
    """To township (and district, for a danger), at once."""
    what = (
        "危及生命，请马上核实人员安全。"
        if fault.danger
        else "今晚可能受冻，请先落实取暖：借电暖器、应急清洁煤、取暖点。"
    )
    body = f"{fault.address}：{fault.category_label}。{what}企业：{fault.contractor_name or '没有协议，请安排维修'}。{_doubts(fault)}"
    return _of(fault, REPORTED, f"紧急报修：{fault.category_label}{_flood_mark(fault)}", body)


def sent_to_you(fault: FaultView) -> Notice:
    body = f"请上门维修：{fault.address}，{fault.category_label}（{fault.severity_label}），到家不晚于{_when(fault.on_site_due_at)}。到门口先扫户码牌。"
    return _of(fault, COMING, f"派给您的维修：{fault.category_label}", body)


def somebody_comes(fault: FaultView) -> Notice:
    who = f"{fault.contractor_name or ''}{fault.repairer_name or '维修人员'}"
    body = f"已派{who}上门，到家不晚于{_when(fault.on_site_due_at)}。来人可请他出示工作码核对。"
    return _of(fault, COMING, "维修人员要来了", body)


def somebody_arrived(fault: FaultView) -> Notice:
    return _of(
        fault, ARRIVED, "维修人员已到", f"{fault.repairer_name or '维修人员'}已在您家门口扫码签到，开始维修。"
    )


def please_confirm(fault: FaultView) -> Notice:
    body = f"{fault.category_label}：维修人员登记已修完。请看看是不是真的好了，再点“确认”；没修好点“重新报修”，马上再派人。"
    return _of(fault, DONE, "修好了没有？请您确认", body)


def confirmed(fault: FaultView, on_behalf: bool) -> Notice:
    body = f"{fault.address}的{fault.category_label}已确认修好，评分 {fault.rating} 分。"
    if on_behalf:
        body += "这是村干部替住户确认的；没修好可以马上重新报修。"
    return _of(fault, CHANGED, "维修已确认", body)


def opened_again(fault: FaultView) -> Notice:
    body = f"{fault.address}的{fault.category_label}没有修好，第 {fault.round} 次重新报修。{_times(fault)}"
    return _of(fault, REOPENED, "没修好，请重新派人", body)


def more_urgent(fault: FaultView) -> Notice:
    body = f"{fault.address}的{fault.category_label}升为{fault.severity_label}。{_times(fault)}"
    return _of(fault, REPORTED, f"报修升为{fault.severity_label}", body)


def better_vouched(fault: FaultView) -> Notice:
    """To those who must go, once more: what a passer-by reported is now reported by somebody who is better known."""
    body = f"{fault.address}的{fault.category_label}（{fault.severity_label}）又有人报告：{fault.vouched_label}。{_times(fault)}"
    return _of(fault, REPORTED, f"又有人报告：{fault.category_label}", body)


def called_false(fault: FaultView, on_site: bool) -> Notice:
    how = "到过现场" if on_site else "已回电话"
    body = f"{fault.address}的{fault.category_label}核实为误报，已办结（{how}）。真有危险请马上再报，会立即通知。"
    return _of(fault, CHANGED, "核实为误报，已办结", body)


def paused(fault: FaultView, reason: str) -> Notice:
    until = _when(fault.paused_until) if fault.paused_until else ""
    body = f"{fault.address}的{fault.category_label}顺延到{until}，原因：{reason}。恢复不晚于{_when(fault.restore_due_at)}。"
    return _of(fault, CHANGED, "维修时限顺延", body)


def heater_lent(fault: FaultView, serial: str) -> Notice:
    body = f"已借给{fault.address}一台电暖器（编号 {serial}），修好后归还；维修继续，恢复不晚于{_when(fault.restore_due_at)}。"
    return _of(fault, CHANGED, "借出电暖器", body)


def closed(fault: FaultView, how: str, on_behalf: bool) -> Notice:
    whose = "（村干部代办）" if on_behalf else ""
    body = f"{fault.address}的{fault.category_label}已办结：{how}{whose}。没有解决可以重新报修。"
    return _of(fault, CHANGED, "报修已办结", body)


def overdue(fault: FaultView, stage: str) -> Notice:
    company = fault.contractor_name or "没有改造协议的企业"
    body = f"{fault.address}的{fault.category_label}（{fault.severity_label}）{STAGE_LABELS[stage]}已超时，负责：{company}，现在：{fault.state_label}。请马上督办。{_doubts(fault)}"
    return _of(fault, CLIMBED, f"报修{STAGE_LABELS[stage]}超时", body)


def village_outage(outage: OutageView) -> Notice:
    body = f"{outage.village}已有 {outage.open} 户报修：{outage.category_label}。请查管网、线路或同批设备，并先安排住户取暖。"
    return Notice(
        topic=OUTAGE.code,
        title=f"成片故障：{outage.category_label}",
        body=body,
        about=("outage", outage.id),
        page=f"pages/fault/outage?outage={outage.id}",
        values={
            "number": outage.id[-10:],
            "subject": "成片故障",
            "place": outage.village,
            "state": "成片故障",
            "category": outage.category_label,
            "remark": body,
        },
    )


_REFUSED: Final = {
    401: "报告人的登录已失效",
    403: "报告人没有这一户的权限",
    404: "报的户码或住户查不到",
    409: "报告与已登记的内容冲突",
    422: "报告内容不完整",
}


def could_not_be_taken(unheard: KeptUnheard, home: HouseholdView | None) -> Notice:
    """To officers: somebody was told that the report is in, and it is not on record."""
    body = unheard.body or {}
    label = LABELS.get(str(body.get("category")), "险情")
    place = home.address if home else "地址不明"
    at = f"{_when(unheard.heard_at)}" if unheard.heard_at else "系统中断期间"
    why = _REFUSED.get(unheard.status, "系统没能登记")
    text = (
        f"{place}：{at}有人报告{label}，当时系统中断，只答复“已收下”，恢复后没能登记（{why}）。"
        "请马上核实人员安全，真有险情请替住户报修；原文请系统管理员查看。"
    )
    return Notice(
        topic=CRITICAL.code,
        title=f"没能登记的险情报告：{label}",
        body=text,
        household_id=home.id if home else None,
        values={
            "number": unheard.key[-10:],
            "subject": f"没能登记的险情报告：{label}",
            "place": place,
            "state": "没能登记",
            "category": label,
            "remark": text,
        },
    )
