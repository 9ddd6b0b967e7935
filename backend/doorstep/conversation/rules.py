"""What did somebody mean? Everyday words to one intent; what is not recognised is said to be so, never guessed. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

# What the last question was about.
CARD: Final = "card"
DANGER_CARD: Final = "danger_card"
CATEGORY: Final = "category"
WORDS: Final = "words"
BAGS: Final = "bags"
DAYS: Final = "days"
SLOT: Final = "slot"
HOUSE: Final = "house"

# What is meant.
FAULT: Final = "fault"
REPORT: Final = "report"
FUEL: Final = "fuel"
BOOK: Final = "book"
PROGRESS: Final = "progress"
PERSON: Final = "person"
SWITCH: Final = "switch"
MENU: Final = "menu"
THANKS: Final = "thanks"
YES: Final = "yes"
NO: Final = "no"
BACK: Final = "back"
CHOICE: Final = "choice"
AMOUNT: Final = "amount"
TOLD: Final = "told"
UNCLEAR: Final = "unclear"

BAG: Final = "bag"
KILOGRAM: Final = "kg"

TEXT_MAX: Final = 500
REPLY_BYTES: Final = 2000  # the platform takes 2,048 bytes in a passive reply
MENU_ITEMS: Final = {1: REPORT, 2: FUEL, 3: BOOK, 4: PROGRESS, 5: SWITCH}


@dataclass(frozen=True, slots=True)
class Intent:
    """One meaning. ``category`` is a fault's; ``number`` an option's or an amount's, of ``unit`` (bag, kg)."""

    kind: str
    category: str | None = None
    number: int | None = None
    unit: str | None = None


_NOT: Final = "(?<![不没])(?<!没有)"
_DANGERS: Final = (
    (
        "co",
        rf"{_NOT}(?:头晕|头昏|恶心|想吐|煤烟味|煤气味|煤气中毒|中毒|晕倒|昏倒)|叫不醒"
        rf"|{_NOT}一氧化碳(?!报警)|报警[器仪]?[^没不]{{0,4}}(?:响|叫)",
    ),
    ("smoke", rf"{_NOT}(?<!烟囱)冒烟|(?<!不)着火|起火|失火|火灾|{_NOT}(?:焦糊|糊味|焦味|烧焦)"),
    ("electric_shock", rf"{_NOT}(?:漏电|触电)|电到|电着|麻手|电人"),
)
_FAULTS: Final = (
    (
        "no_heat",
        "没有?(?:暖气|供暖|热气|热度)|停暖|不制热|不(?:太|怎么|咋|够)?(?:热|暖和)"
        "|(?:家|屋|房子|炕|暖气片?|炉子)[里内上]?(?:很|太|好|都|特别|非常|有点|是)*(?:冷|冰凉|凉)"
        "|冻(?:得|死|坏|醒)|受冻|太冷|好冷|冷得|冷死",
    ),
    ("leaking", "漏水|漏液|渗水|滴水|水管.{0,3}(?:冻裂|爆|裂)"),
    ("noise", "噪声|噪音|声音(?:太|很|特别|好)?大|太吵|很吵|吵得"),
    (
        "equipment",
        "坏了|故障|打不着|点不着|点不燃|不启动|启动不了|不工作|不转|开不了机|跳闸|报错|不出水",
    ),
)
_KEYWORDS: Final = (
    (PERSON, "人工|干部|村委|找人|真人|客服|书记|投诉|取消预约|改约|改期|改时间"),
    (PROGRESS, "什么时候|啥时候|几时|多久|哪天|查一?下|查询|查看"),
    (FUEL, "颗粒|燃料|柴火|申领|领柴|买柴|生物质|木屑"),
    (BOOK, r"预约|安装|约个?时间|上门|装(?:炉|空调|设备|热泵|机)"),
    (REPORT, "报修|维修|修一下|要修|来修|人修|修炉"),
    (SWITCH, "换一?户|另一户"),
)
_WHERE_IT_STANDS: Final = (
    "进度|进展|到哪(?:了|一?步)|哪一步|修好了?[没吗]|修到|还剩|剩多少|剩下多少|还有多少|排到|轮到"
)

_YES: Final = re.compile("1|1?(?:是的?|确认|对的?|好的?|行|可以|嗯+|要|同意|ok|yes|马?上?上报|提交)")
_NO: Final = re.compile("0|0?(?:否|不|不是|不要|不用(?:上报)?|取消|算了|不了|不对|不行|no)")
_BACK: Final = re.compile("0|0?(?:返回|上一步|退出|回去)")
_MENU: Final = re.compile("菜单|帮助|[你您]好|在吗|喂|hi|hello|help")
_THANKS: Final = re.compile("(?:多谢|谢谢|感谢)[你您]?|知道了|收到|辛苦了")

_NUMERALS: Final = {numeral: number for number, numeral in enumerate("零一二三四五六七八九")} | {"两": 2}
_NUMBER: Final = r"\d{1,6}|[一二两三四五六七八九十]{1,3}"
_UNIT: Final = "袋|包|公斤|千克|kg|斤|吨"
_WHOLE_AMOUNT: Final = re.compile(rf"(?:我?要|来|领|买|申领)?({_NUMBER}|半)({_UNIT})?(?:颗粒|燃料)?")
_AMOUNT_WITHIN: Final = re.compile(rf"(?<![\d.\-一二两三四五六七八九十百千万零半])({_NUMBER}|半)({_UNIT})")
_CHOSEN: Final = re.compile(r"第?(\d{1,2}|[一二三四五六七八九])[个号项]?")


def understand(text: str, awaiting: str | None) -> Intent:
    """The one meaning of what was written, given what was asked last.

    Danger comes before any dialogue; while a danger waits to be reported every answer but a plain no means yes.
    """
    said = plain(text)
    danger = _category(said, _DANGERS)
    if awaiting == DANGER_CARD:
        return Intent(NO) if _NO.fullmatch(said) else Intent(YES, category=danger)
    if danger:
        return Intent(FAULT, category=danger)
    if awaiting == CARD and _YES.fullmatch(said):
        return Intent(YES)
    if awaiting == CARD and (_NO.fullmatch(said) or _BACK.fullmatch(said)):
        return Intent(NO)
    if _BACK.fullmatch(said):
        return Intent(BACK)
    if not said or _MENU.fullmatch(said):
        return Intent(MENU)
    answered = _answer(said, awaiting)
    return answered or _by_keyword(said) or _without_keyword(said, awaiting)


def speaks_of_danger(text: str) -> bool:
    """Whether somebody writes of a danger, whatever was asked before."""
    return _category(plain(text), _DANGERS) is not None


def _answer(said: str, awaiting: str | None) -> Intent | None:
    """What answers the question that was asked, in its form."""
    if awaiting == BAGS:
        found = _amount(_WHOLE_AMOUNT.fullmatch(said))
        return Intent(AMOUNT, number=found[0], unit=found[1]) if found else None
    if awaiting in (CATEGORY, DAYS, SLOT, HOUSE):
        chosen = _CHOSEN.fullmatch(said)
        return Intent(CHOICE, number=whole_number(chosen[1])) if chosen else None
    return None


def _by_keyword(said: str) -> Intent | None:
    if re.search(_WHERE_IT_STANDS, said):
        return Intent(PROGRESS)
    if category := _category(said, _FAULTS):
        return Intent(FAULT, category=category)
    for kind, words in _KEYWORDS:
        if re.search(words, said):
            if kind == FUEL and (found := _amount(_AMOUNT_WITHIN.search(said))):
                return Intent(FUEL, number=found[0], unit=found[1])
            return Intent(kind)
    return None


def _without_keyword(said: str, awaiting: str | None) -> Intent:
    number = whole_number(said)
    if awaiting is None and number in MENU_ITEMS:
        return Intent(MENU_ITEMS[number])
    if awaiting == WORDS:
        return Intent(TOLD)
    if awaiting is None and (_THANKS.fullmatch(said) or _YES.fullmatch(said) or _NO.fullmatch(said)):
        return Intent(THANKS)
    return Intent(UNCLEAR)


def _category(said: str, table: tuple[tuple[str, str], ...]) -> str | None:
    return next((category for category, words in table if re.search(words, said)), None)


def _amount(found: re.Match[str] | None) -> tuple[int, str] | None:
    """(number, unit) in whole bags or kilograms; half a ton is one, an odd number of 斤 is none."""
    if found is None:
        return None
    unit = found[2] or "袋"
    if found[1] == "半":
        return (500, KILOGRAM) if unit == "吨" else None
    number = whole_number(found[1])
    if not number:
        return None
    if unit in ("袋", "包"):
        return number, BAG
    if unit == "斤":
        return (number // 2, KILOGRAM) if number % 2 == 0 else None
    return number * (1000 if unit == "吨" else 1), KILOGRAM


def whole_number(text: str) -> int | None:
    """Digits, or a Chinese numeral below one hundred (十五, 二十, 两)."""
    if re.fullmatch("[0-9]{1,6}", text):
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not text or any(part and part not in _NUMERALS for part in (tens, ones)):
        return None
    return (_NUMERALS[tens] if tens else 1 if ten else 0) * 10 + (_NUMERALS[ones] if ones else 0)


def plain(text: str) -> str:
    """Full width to half, lower case, without spaces and punctuation; a point or minus within a number stays."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[.\-](?!\d)", "", re.sub(r"[^\w.\-]|_", "", folded))


def readable(text: str) -> str:
    """A person's words as they are kept: without control characters and lone surrogates, cut to the longest kept."""
    kept = (c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Cn"))
    return "".join(kept).strip()[:TEXT_MAX]


def fit_reply(text: str) -> str:
    """A text that the platform takes as a passive reply, cut at a character."""
    raw = text.encode()
    if len(raw) <= REPLY_BYTES:
        return text
    return raw[: REPLY_BYTES - 3].decode(errors="ignore") + "…"
