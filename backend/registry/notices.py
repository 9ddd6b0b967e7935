"""What the registry says to people."""

from __future__ import annotations

from collections.abc import Sequence

from backend.identity.roles import LABELS
from backend.messaging import Notice, Topic, topic
from backend.registry.queries import HouseholdView

BOUND = Topic("registration.bound", "绑定提醒", "notice")
CONFIRM = Topic("registration.confirm", "确户提醒", "confirm")
CONFIRMED = Topic("registration.confirmed", "确户结果", "confirm")
SENT_BACK = Topic("registration.sent_back", "确户退回", "confirm")
COMPLETED = Topic("registration.completed", "登记补充", "notice")
RELAY = Topic("relay", "请转告", "notice")
RELAY_NOW = Topic("relay.now", "请马上转告", "notice", safety=True, resend_unknown=True)
NUMBERS_SHOWN = Topic("registration.numbers_shown", "查看电话较多", "notice")
# What people of a house are told later: after they were bound to it, and after they confirmed its entry.
AFTER_BINDING = (CONFIRM, CONFIRMED, BOUND)
AFTER_CONFIRMATION = (CONFIRMED, SENT_BACK, COMPLETED)
TOPICS = (
    BOUND,
    CONFIRM,
    CONFIRMED,
    SENT_BACK,
    COMPLETED,
    RELAY,
    RELAY_NOW,
    NUMBERS_SHOWN,
)


def _about(home: HouseholdView, topic: str, title: str, body: str) -> Notice:
    return Notice(
        topic=topic,
        title=title,
        body=body,
        about=("household", home.id),
        household_id=home.id,
        page=f"pages/home/index?household={home.id}",
        values={"subject": title, "place": home.address, "remark": body},
    )


def bound_notice(home: HouseholdView, role: str) -> Notice:
    return _about(
        home,
        "registration.bound",
        "有人绑定了这一户",
        f"{home.address}新绑定了一位{LABELS[role]}。如不是您家里人，请马上在“我的家庭”中解除，或告诉村干部。",
    )


def unbound_notice(home: HouseholdView, role: str) -> Notice:
    return _about(
        home,
        "registration.bound",
        "绑定已解除",
        f"{home.address}解除了一位{LABELS[role]}的绑定。如有疑问，请问村干部。",
    )


def guessed_notice(home: HouseholdView) -> Notice:
    return _about(
        home,
        "registration.bound",
        "有人多次猜这一户的身份证号",
        f"今天有人多次用错误的姓名或身份证号想绑定{home.address}，都没有绑上。今天这一户暂停用身份证号绑定，"
        "用登记过的手机号或由村干部当面仍可绑定。如不是您家里人，请告诉村干部。",
    )


def please_confirm_notice(home: HouseholdView) -> Notice:
    return _about(
        home,
        "registration.confirm",
        "请确认您家的登记",
        f"{home.address}的登记还没有确认。请打开小程序核对住址、姓名和改造方式，点一下“确认”，之后才能签协议、约安装。",
    )


def confirmed_for_notice(home: HouseholdView, by: str, witness: str) -> Notice:
    return _about(
        home,
        "registration.confirmed",
        "村干部替您确认了登记",
        f"{by}在{witness}见证下替您确认了{home.address}的登记。如不属实，请马上告诉乡镇（街道）。",
    )


def confirmed_by_proxy_notice(home: HouseholdView, by: str) -> Notice:
    return _about(
        home,
        "registration.confirmed",
        "代办人替您确认了登记",
        f"{by}作为代办人确认了{home.address}的登记。如不属实，请马上告诉村干部。",
    )


_FIELDS = {
    "phone": "联系电话",
    "id_number": "身份证号",
    "people": "家庭人口",
    "floor_area_m2": "采暖面积",
    "vacant": "是否常年空置",
    "arrangement": "取暖方式",
}


def completed_notice(home: HouseholdView, fields: Sequence[str]) -> Notice:
    what = "、".join(_FIELDS[name] for name in fields)
    return _about(
        home,
        "registration.completed",
        "您家的登记有补充",
        f"村里补充或更正了{home.address}的{what}。请打开小程序核对，如不属实，请马上告诉村干部或乡镇（街道）。",
    )


def village_confirmed_notice(home: HouseholdView) -> Notice:
    after = (
        "双方都已确认，下一步签订改造协议。" if home.confirmed else "还差您自己确认，请打开小程序点“确认”。"
    )
    return _about(
        home, "registration.confirmed", "村委会已确认登记", f"村委会已上门确认{home.address}的登记。{after}"
    )


def sent_back_notice(home: HouseholdView, reason: str) -> Notice:
    return _about(
        home,
        "registration.sent_back",
        "登记被退回",
        f"{home.address}的登记被退回，原因：{reason}。请与村干部核对后重新确认。",
    )


def relay_notice(home: HouseholdView, notice: Notice) -> Notice:
    """For the cadre of a house that no message reaches: what to tell it, by word of mouth."""
    cannot_wait = topic(notice.topic).safety
    return _about(
        home,
        (RELAY_NOW if cannot_wait else RELAY).code,
        f"请{'马上' if cannot_wait else ''}转告{home.address}",
        f"这一户没有可用的手机，请当面或打电话转告：{notice.title}。{notice.body}",
    )


def undelivered_notice(home: HouseholdView, notice: Notice) -> Notice:
    """For the cadre of a house that a message which cannot wait did not reach."""
    body = f"微信提醒送不到这一户，请马上打电话或当面转告：{notice.title}。{notice.body}"
    return _about(home, RELAY_NOW.code, f"请马上转告{home.address}", body)


def for_above_notice(home: HouseholdView, notice: Notice) -> Notice:
    """For who stands above somebody that a message which cannot wait did not reach: it is theirs now."""
    body = f"微信提醒没有送到下一级负责人，请马上安排人处理：{notice.title}。{notice.body}"
    return _about(home, RELAY_NOW.code, f"请马上处理：{home.address}", body)


def many_numbers_notice(
    person_id: str, name: str | None, roles: Sequence[str], numbers: int, place: str
) -> Notice:
    """For the officers above somebody who was shown many telephone numbers in a day; without the numbers."""
    who = f"{name or '未留姓名'}（{'、'.join(dict.fromkeys(LABELS[role] for role in roles))}）"
    body = (
        f"{who}今天已查看 {numbers} 个居民电话号码，最近一次在{place}。每次查看的理由记在各户的查看记录里；"
        "如与工作不符，请向本人问明，必要时收回其身份。"
    )
    return Notice(
        NUMBERS_SHOWN.code,
        "有人一天内查看了很多电话号码",
        body,
        about=("person", person_id),
        values={"subject": "查看电话号码较多", "place": place, "remark": body},
    )
