"""What installation says to households, and to the contractors who come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from backend.core.law import day_in_words
from backend.installation.queries.bookings import BookingView
from backend.installation.queries.contracts import ContractView
from backend.installation.queries.visits import MissingView
from backend.installation.rules.turns import FINANCING_LABELS, HALF_DAY_LABELS
from backend.messaging import Notice, Topic
from backend.registry import HouseholdView

CONTRACTED: Final = Topic("installation.contracted", "改造协议", "notice")
BOOKED: Final = Topic("installation.booked", "预约安装", "visit")
MOVED: Final = Topic("installation.moved", "预约改期", "visit")
CANCELLED: Final = Topic("installation.cancelled", "预约取消", "visit")
VISIT_TOMORROW: Final = Topic("installation.visit_tomorrow", "明天上门安装", "visit", keeps_hours=24)
INSTALLED: Final = Topic("installation.installed", "安装情况", "visit")
ACCEPTANCE: Final = Topic("installation.acceptance", "验收结果", "notice")
STILL_COLD: Final = Topic(
    "installation.still_cold", "住户反映不热", "notice", safety=True, resend_unknown=True
)
COLD_HOUSE: Final = Topic("installation.cold_house", "有户可能受冻", None, safety=True)
TOPICS: Final = (
    CONTRACTED,
    BOOKED,
    MOVED,
    CANCELLED,
    VISIT_TOMORROW,
    INSTALLED,
    ACCEPTANCE,
    STILL_COLD,
    COLD_HOUSE,
)
# What a household is told later: after its word on the contract, and after a booking.
AFTER_CONTRACT: Final = (VISIT_TOMORROW, CONTRACTED)
AFTER_BOOKING: Final = (VISIT_TOMORROW, MOVED, CANCELLED, INSTALLED, ACCEPTANCE)


def when(booking: BookingView) -> str:
    return f"{booking.day.month}月{booking.day.day}日{HALF_DAY_LABELS[booking.half_day]}"


def _about(
    topic: Topic, home: HouseholdView, title: str, body: str, about: tuple[str, str], **values: str
) -> Notice:
    return Notice(
        topic=topic.code,
        title=title,
        body=body,
        about=about,
        household_id=home.id,
        page=f"pages/installation/index?household={home.id}",
        values={"subject": title, "place": home.address, "remark": body, **values},
    )


def _of_booking(topic: Topic, home: HouseholdView, booking: BookingView, title: str, body: str) -> Notice:
    day, hour = booking.day, "08:00" if booking.half_day == "morning" else "14:00"
    start = f"{day.year}年{day.month}月{day.day}日 {hour}"
    notice = _about(topic, home, title, body, ("booking", booking.id), time=start)
    # What changes a visit of this very day is told in time, whatever else the household was told today.
    return replace(notice, visit_on=day) if topic in (BOOKED, MOVED, CANCELLED) else notice


def _yuan(fen: int) -> str:
    yuan, rest = divmod(fen, 100)
    return f"{yuan}.{rest:02d}"


def contracted_notice(home: HouseholdView, contract: ContractView) -> Notice:
    body = f"{home.address}与{contract.contractor_name}的改造协议已登记，用户自筹{_yuan(contract.own_share_fen)}元，{FINANCING_LABELS[contract.financing]}。"
    if contract.confirmable_from is not None:
        body += f"请看清协议摘要，{day_in_words(contract.confirmable_from)}起再由户主确认一次，之后才安排施工；不愿意的可以不确认。"
    else:
        body += "下一步请预约安装。如有不符，请马上告诉村干部。"
    return _about(CONTRACTED, home, "改造协议已登记", body, ("contract", contract.id))


def confirmed_for_owner_notice(home: HouseholdView, contract: ContractView, by: str) -> Notice:
    body = (
        f"{by}已替户主确认{home.address}与{contract.contractor_name}的改造协议"
        f"（用户自筹{_yuan(contract.own_share_fen)}元，{FINANCING_LABELS[contract.financing]}），见证人{contract.witness}。"
        "这不是您的意思的，请马上告诉村干部或乡镇（街道），停止施工。"
    )
    return _about(CONTRACTED, home, "有人替户主确认了贷款或租赁", body, ("contract", contract.id))


def booked_notice(home: HouseholdView, booking: BookingView, by: str) -> Notice:
    whose = f"{by}替您" if booking.on_behalf else ""
    body = f"{whose}约好{when(booking)}上门安装，{home.address}。请留人在家；要改时间请在前一天以前办理。"
    return _of_booking(BOOKED, home, booking, "安装已预约", body)


def moved_notice(home: HouseholdView, booking: BookingView) -> Notice:
    body = f"{home.address}的上门安装改到{when(booking)}。如不合适，前一天以前还可以再改。"
    return _of_booking(MOVED, home, booking, "安装改期", body)


def cancelled_notice(home: HouseholdView, booking: BookingView, reason: str) -> Notice:
    body = f"{home.address}原定{when(booking)}的上门安装已取消，原因：{reason}。请另约时间。"
    return _of_booking(CANCELLED, home, booking, "安装预约已取消", body)


def tomorrow_notice(home: HouseholdView, booking: BookingView) -> Notice:
    body = f"明天（{when(booking)}）有人到{home.address}上门安装。请留人在家，来人请先扫他的工作码核对身份。"
    return _of_booking(VISIT_TOMORROW, home, booking, "明天上门安装", body)


def round_notice(day: date, houses: int) -> Notice:
    body = f"{day.month}月{day.day}日共有{houses}户预约上门，请在小程序“今日任务”里查看地址和时段，带齐设备和工作码。"
    return Notice(
        topic=VISIT_TOMORROW.code,
        title=f"明天上门{houses}户",
        body=body,
        page="pages/round/index",
        values={"place": "见小程序今日任务"},
    )


def installed_notice(home: HouseholdView, booking: BookingView) -> Notice:
    body = f"{home.address}的设备已装齐。下一步由验收员上门验收；用起来有问题请随时报修。"
    return _of_booking(INSTALLED, home, booking, "设备已装齐", body)


def partial_notice(home: HouseholdView, booking: BookingView, missing: tuple[MissingView, ...]) -> Notice:
    lacks = "、".join(f"{each.label}{each.count}件" for each in missing)
    body = f"{home.address}还缺{lacks}，已装的会带到下一次。请再约一次上门。"
    return _of_booking(INSTALLED, home, booking, "安装还没有完", body)


def accepted_notice(home: HouseholdView, acceptance_id: str) -> Notice:
    after = (
        "房屋空置，等您回来取暖后再确认供热。"
        if home.vacant
        else "家里暖和了，请在小程序点“确认供热”；不热请马上报修。"
    )
    body = f"{home.address}的安装已通过验收。{after}"
    return _about(ACCEPTANCE, home, "验收已通过", body, ("acceptance", acceptance_id))


def rework_notice(home: HouseholdView, acceptance_id: str, what: str) -> Notice:
    body = f"{home.address}验收要求整改：{what}。请约时间上门整改，整改不影响取暖和领燃料。"
    return _about(ACCEPTANCE, home, "验收要求整改", body, ("acceptance", acceptance_id))


def still_cold_notice(home: HouseholdView, degrees: str | None) -> Notice:
    at = f"，室温{degrees}℃" if degrees else ""
    body = f"{home.address}的住户反映不热{at}。请马上联系住户：先保证今晚不受冻（借电暖器、应急煤、村取暖点），再查原因。"
    return _about(STILL_COLD, home, "住户反映不热", body, ("household", home.id))


def alarm_fitted_notice(home: HouseholdView, room: str) -> Notice:
    body = f"{home.address}的{room}已装一氧化碳报警器并试响。请每月按一次测试键；报警响了马上开窗、出屋、打电话。"
    return _about(INSTALLED, home, "一氧化碳报警器已试响", body, ("household", home.id))


def cold_house_notice(home: HouseholdView, why: str) -> Notice:
    body = f"{home.address}办理安装时受阻：{why}采暖期不让人受冻，请今天就联系这一户，安排电暖器、清洁煤或取暖点。"
    return _about(COLD_HOUSE, home, "有户可能受冻", body, ("household", home.id))
