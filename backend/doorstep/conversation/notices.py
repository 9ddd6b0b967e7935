"""What the conversation says: its replies, and the notices that it sends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from backend.core.errors import Problem
from backend.core.law import clause_label
from backend.doorstep.conversation import rules
from backend.doorstep.conversation.queries import CardView, OptionView, Question
from backend.faults import CATEGORY_LABELS, Step
from backend.messaging import Notice, Topic
from backend.registry import HouseholdView

NEEDS_PERSON: Final = Topic("conversation.needs_person", "对话待答复", "notice")
DANGER: Final = Topic("conversation.danger", "对话里有险情", "notice", safety=True, resend_unknown=True)
ANSWERED: Final = Topic("conversation.answered", "对话有答复", "notice")
TOPICS: Final = (NEEDS_PERSON, DANGER, ANSWERED)

BACK: Final = OptionView("0", "返回")
YES_OR_NO: Final = (OptionView("1", "确认"), OptionView("0", "取消"))
_MENU: Final = (
    OptionView("1", "报修"),
    OptionView("2", "领燃料"),
    OptionView("3", "预约"),
    OptionView("4", "查进度"),
)
_SWITCH: Final = OptionView("5", "换一户")
# The kinds of fault in the order in which they are offered.
CATEGORIES: Final = ("no_heat", "co", "smoke", "leaking", "electric_shock", "equipment", "noise", "other")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the service says, what it asks with it, and the card that waits for a yes."""

    text: str
    options: tuple[OptionView, ...] = ()
    asks: str | None = None
    memo: Mapping[str, Any] = field(default_factory=dict)
    card: CardView | None = None
    household_id: str | None = None  # the thread that is spoken in from now on, where another was chosen

    @property
    def as_text(self) -> str:
        """For a chat without buttons: the options as lines to answer with their number."""
        lines = (f"{option.key} {option.label}" for option in self.options)
        return "\n".join((self.text, *lines))


def steps_text(steps: Iterable[Step]) -> str:
    return "\n".join(f"{step.number}. {step.text}" for step in steps)


def day_text(day: date) -> str:
    return f"{day.month}月{day.day}日"


def menu(home: HouseholdView, several: bool, before: str = "") -> Reply:
    which = f"（{home.address}）" if several else ""
    options = (*_MENU, _SWITCH) if several else _MENU
    return Reply(f"{before}请回复数字，或直接说要办的事{which}：", options)


def menu_unbound(hotline: str | None) -> Reply:
    call = f"急事请拨打服务热线 {hotline}。" if hotline else ""
    return Reply(
        "您还没有绑定住户。请打开小程序，扫家门上的户码牌绑定，或请村干部代办；绑定后就能在这里报修、领燃料、预约、查进度。"
        f"{call}没有暖气、头晕、冒烟、漏电，不绑定也能扫户码牌直接报告。"
    )


def advice_unbound(steps: Sequence[Step], hotline: str | None) -> Reply:
    call = f"马上拨打服务热线 {hotline}，" if hotline else ""
    return Reply(
        f"{steps_text(steps)}\n{call}或扫家门上的户码牌直接报告，不用登录；绑定住户后也可以在这里报告。"
    )


def refused(problem: Problem, card: CardView | None = None) -> Reply:
    """An action's refusal in its own words; the card, where there is one, stays open."""
    cited = f"（依据：{clause_label(problem.cited)}）" if problem.cited else ""
    detail = "" if problem.detail.rstrip("。") == problem.title else problem.detail
    text = f"{problem.title}。{detail}{cited}\n{problem.next_step}"
    return Reply(text, YES_OR_NO, rules.CARD, card=card) if card else Reply(text)


def ask_category() -> Reply:
    options = tuple(OptionView(str(n), CATEGORY_LABELS[code]) for n, code in enumerate(CATEGORIES, 1))
    return Reply("是哪一种情况？", (*options, BACK), rules.CATEGORY)


def ask_words() -> Reply:
    return Reply("请用一句话说明是什么情况。", (BACK,), rules.WORDS)


def fault_card(card: CardView) -> Reply:
    return Reply(f"{card.title}。{card.body}要办吗？", YES_OR_NO, rules.CARD, card=card)


def danger_card(card: CardView, steps: Sequence[Step], hotline: str) -> Reply:
    text = (
        f"先保命：\n{steps_text(steps)}\n人到安全处后，回复任意内容，马上替您上报并派人（{card.title}）。"
        f"也可以直接拨打服务热线 {hotline}。"
    )
    return Reply(
        text, (OptionView("1", "马上上报"), OptionView("0", "不用上报")), rules.DANGER_CARD, card=card
    )


def danger_dismissed(steps: Sequence[Step], hotline: str) -> Reply:
    return Reply(f"没有上报。如果还有不舒服或危险：\n{steps_text(steps)}\n服务热线 {hotline}。")


def ask_bags(left_kg: int, bag_kg: int, before: str = "") -> Reply:
    most = left_kg // bag_kg
    text = f"{before}还可以领 {left_kg} 公斤（最多 {most} 袋，每袋 {bag_kg} 公斤）。要几袋？请回复数字。"
    return Reply(text, (BACK,), rules.BAGS)


def ask_days(kilograms: int, choices: Mapping[int, tuple[str, int]]) -> Reply:
    options = tuple(OptionView(str(n), label) for n, (label, _days) in choices.items())
    return Reply(
        f"{kilograms} 公斤，希望多久送到？", (*options, BACK), rules.DAYS, memo={"kilograms": kilograms}
    )


def ask_slot(slots: Sequence[tuple[str, str]]) -> Reply:
    """``slots``: (id, label) in the order in which they are offered."""
    options = tuple(OptionView(str(n), label) for n, (_id, label) in enumerate(slots, 1))
    return Reply("可以约这些时间，请选一个：", (*options, BACK), rules.SLOT, memo={"slots": list(slots)})


def no_slots() -> Reply:
    return Reply(
        "实施企业在本村暂时没有空的上门时段。企业放出时段后即可预约，也可以请村干部催一下。", (BACK,)
    )


def ask_house(homes: Sequence[HouseholdView]) -> Reply:
    options = tuple(OptionView(str(n), home.address) for n, home in enumerate(homes, 1))
    return Reply(
        "要办哪一户的事？", (*options, BACK), rules.HOUSE, memo={"homes": [home.id for home in homes]}
    )


def not_understood(hotline: str) -> Reply:
    return Reply(
        f"这句话我没看懂，已经转给村干部，答复会出现在这里；急事请拨打服务热线 {hotline}。也可以回复数字：",
        _MENU,
    )


def passed_on(hotline: str) -> Reply:
    return Reply(f"已经转给村干部，答复会出现在这里；急事请拨打服务热线 {hotline}。", _MENU)


def again(question: Question) -> Reply:
    """The same question once more; a second answer that does not fit goes to a person."""
    memo = {**question.memo, "again": True}
    return Reply(f"没看懂您的回答。{question.text}", question.options, question.asks, memo, question.card)


def _about(topic: Topic, home: HouseholdView, title: str, body: str) -> Notice:
    return Notice(
        topic=topic.code,
        title=title,
        body=body,
        about=("household", home.id),
        household_id=home.id,
        page=f"pages/conversation/index?household={home.id}",
        values={"subject": title, "place": home.address, "remark": body},
    )


def needs_person_notice(home: HouseholdView) -> Notice:
    body = f"{home.address}在对话里有话要问，系统没看懂或住户要求人工。请打开对话查看并答复。"
    return _about(NEEDS_PERSON, home, "有住户等您答复", body)


def danger_notice(home: HouseholdView, category: str, hotline: str) -> Notice:
    body = f"{home.address}刚在对话里说到“{CATEGORY_LABELS[category]}”，还没有点确认。请马上打电话或上门看人，必要时拨打 120、119，热线 {hotline}。"
    return _about(DANGER, home, "请马上联系这一户", body)


def danger_unanswered_notice(home: HouseholdView, category: str, hotline: str) -> Notice:
    body = f"{home.address}在对话里说到“{CATEGORY_LABELS[category]}”，一直没有点确认，也没有说不用。请马上核实这一户是否平安，必要时拨打 120、119，热线 {hotline}。"
    return _about(DANGER, home, "请核实这一户是否平安", body)


def answered_notice(home: HouseholdView, by: str | None, text: str) -> Notice:
    return _about(ANSWERED, home, "村里答复了您", f"{by or '工作人员'}答复：{text}")
