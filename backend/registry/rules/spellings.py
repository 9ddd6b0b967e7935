"""One place under several spellings: which are surely the same, and which somebody must be asked about (8.1)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from backend.registry.rules.list_rows import folded

# Traditional and variant forms as they occur in names of places, each before the form that is usual.
_FORMS: Final = (
    "東东莊庄溝沟灣湾嶺岭鎮镇鄉乡邨村灘滩營营橋桥龍龙馬马鳳凤豐丰興兴萬万義义華华陽阳陰阴門门關关臺台壩坝墳坟寶宝寧宁廟庙廣广"
    "張张後后峯峰崗岗島岛嶽岳樹树楊杨樑梁棗枣樓楼橫横歸归潤润澗涧濟济濱滨煙烟燒烧獅狮畢毕盤盘礦矿窯窑窰窑竇窦節节紅红聖圣聯联"
    "舊旧蓮莲蔣蒋蘇苏蘭兰蕎荞衛卫裏里裡里譚谭貴贵買买賈贾趙赵軍军遠远連连鄧邓鄭郑銀银錢钱鐵铁長长陳陈隴陇雙双離离靈灵韓韩頭头"
    "頂顶順顺領领飛飞馮冯駝驼鴨鸭鷄鸡雞鸡麥麦黃黄齊齐龜龟壟垄壠垄場场塢坞堖垴內内兩两劉刘勝胜區区協协嚴严園园圍围國国團团坵丘"
    "巖岩巗岩嵗岁呂吕吳吴盧卢羅罗鄔邬閆闫閻阎許许謝谢魯鲁葉叶蘆芦術术員员會会辦办處处衆众"
)
_DIGITS: Final = "0〇1一2二3三4四5五6六7七8八9九"
_USUAL: Final = {
    ord(form): usual for form, usual in zip((_FORMS + _DIGITS)[::2], (_FORMS + _DIGITS)[1::2], strict=True)
}
# What stands for an ending, longest first; the ending itself last.
_VILLAGE_ENDINGS: Final = (
    ("村民委员会", "村"),
    ("居民委员会", "社区"),
    ("村委会", "村"),
    ("居委会", "社区"),
    ("行政村", "村"),
    ("自然村", "自然村"),
    ("村委", "村"),
    ("片区", "片区"),
    ("社区", "社区"),
    ("村", "村"),
)
_TOWNSHIP_ENDINGS: Final = (
    ("街道办事处", "街道"),
    ("镇人民政府", "镇"),
    ("乡人民政府", "乡"),
    ("街道办", "街道"),
    ("办事处", "街道"),
    ("镇政府", "镇"),
    ("乡政府", "乡"),
    ("街道", "街道"),
    ("镇", "镇"),
    ("乡", "乡"),
)
_IN_BRACKETS: Final = re.compile(r"\(.*?\)|\[.*?\]|【.*?】")
_FEW_ROWS: Final = 2
_MANY_TIMES: Final = 10


class Reading(NamedTuple):
    """A place's name without its ending, and the kind of place that the ending says (empty: none)."""

    stem: str
    kind: str


def place_key(name: str) -> str:
    """For comparing only: width, spaces, capitals, traditional forms and digits make no difference."""
    return folded(name).translate(_USUAL)


def read_village(name: str) -> Reading:
    return _read(place_key(name), _VILLAGE_ENDINGS)


def read_township(name: str) -> Reading:
    return _read(place_key(name), _TOWNSHIP_ENDINGS)


def _read(key: str, endings: tuple[tuple[str, str], ...]) -> Reading:
    for ending, kind in endings:
        if key.endswith(ending) and len(key) > len(ending):
            stem = key[: -len(ending)]
            # 平川坡村村委会 is the committee of 平川坡村.
            return Reading(stem[: -len(kind)] if _doubled(stem, ending, kind) else stem, kind)
    return Reading(key, "")


def _doubled(stem: str, ending: str, kind: str) -> bool:
    return ending != kind and stem.endswith(kind) and len(stem) > len(kind)


@dataclass(frozen=True, slots=True)
class Question:
    """Two names that may be one place, with the rows of each; the township is None where townships are meant."""

    township: str | None
    one: str
    other: str
    rows: tuple[int, int]


@dataclass(frozen=True, slots=True)
class OneName:
    """What each spelling is called (None: it could be two places, and is none), and what is to be asked."""

    names: Mapping[str, str | None]
    questions: tuple[Question, ...]


def one_name_each(
    counted: Mapping[str, int], standing: Iterable[str], *, township: str | None, villages: bool
) -> OneName:
    """Merge the spellings of places beside one another. ``counted``: spelling → rows; ``standing``: names in force."""
    read = read_village if villages else read_township
    standing = frozenset(standing)
    alike: defaultdict[str, set[str]] = defaultdict(set)
    for name in {*counted, *standing}:
        alike[read(name).stem].add(name)
    names: dict[str, str | None] = {}
    questions: list[Question] = []

    def ask(one: str, other: str) -> None:
        pair = sorted((one, other), key=lambda name: (-counted.get(name, 0), name))
        questions.append(
            Question(township, pair[0], pair[1], (counted.get(pair[0], 0), counted.get(pair[1], 0)))
        )

    for stem in sorted(alike):
        kinds: defaultdict[str, set[str]] = defaultdict(set)
        for name in alike[stem]:
            kinds[read(name).kind].add(name)
        bare = kinds.pop("", set())
        if len(kinds) <= 1:
            kinds = defaultdict(set, {"": bare.union(*kinds.values())})
            bare = set()
        called = {kind: _call(group, counted, standing) for kind, group in kinds.items()}
        for kind, group in kinds.items():
            names |= {name: name if name in standing else called[kind] for name in group if name in counted}
        several = sorted(name for name in called.values() if name is not None)
        for place, one in enumerate(several):
            for other in several[place + 1 :]:
                if not (one in standing and other in standing):
                    ask(one, other)
        for name in sorted(bare & counted.keys()):
            names[name] = name if name in standing else None
            if name not in standing:
                ask(name, several[0] if several else name)
    for one, other in _nearly_alike(names, counted, standing):
        ask(one, other)
    return OneName(names, tuple(questions))


def _call(group: set[str], counted: Mapping[str, int], standing: frozenset[str]) -> str | None:
    """The name in force if there is one, else what most rows say; None where two are in force."""
    in_force = sorted(group & standing)
    if len(in_force) > 1:
        return None
    if in_force:
        return in_force[0]
    return min(group, key=lambda name: (-counted.get(name, 0), -len(name), name))


def _nearly_alike(
    names: Mapping[str, str | None], counted: Mapping[str, int], standing: frozenset[str]
) -> Iterable[tuple[str, str]]:
    """Names that differ by one character, or by a word in brackets: where one has hardly a row and the other many."""
    rows: defaultdict[str, int] = defaultdict(int)
    for name, called in names.items():
        if called is not None:
            rows[called] += counted[name]
    found = sorted(rows)
    for place, one in enumerate(found):
        for other in found[place + 1 :]:
            few, many = sorted((rows[one], rows[other]))
            if {one, other} <= standing:
                continue
            bare = {_IN_BRACKETS.sub("", place_key(name)) for name in (one, other)}
            if len(bare) == 1 or (
                few <= _FEW_ROWS
                and many >= few * _MANY_TIMES
                and _one_apart(place_key(one), place_key(other))
            ):
                yield one, other


def _one_apart(one: str, other: str) -> bool:
    """Whether one character was mistaken, forgotten or added."""
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    shorter, longer = sorted((one, other), key=len)
    return len(longer) - len(shorter) == 1 and any(
        longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer))
    )
