"""A YAML document whose every value knows its place, and a reader that collects everything wrong.

Numbers are read from their text: whole ones as int, others as Decimal. There is never a float.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import yaml

from backend.programme.rules import MonthDay

LONGEST_TEXT = 400
LARGEST_NUMBER = 2_000_000_000

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,11})", re.ASCII)
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,11})\.[0-9]{1,6}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_CODE = re.compile(r"[a-z][a-z0-9_]{0,47}", re.ASCII)

_Known = TypeVar("_Known")


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One thing wrong: its place in the document, its line (None for a stored one), and what (Chinese)."""

    place: str
    line: int | None
    text: str

    @property
    def where(self) -> str:
        return self.place if self.line is None else f"{self.place} (line {self.line})"

    def __str__(self) -> str:
        return f"{self.where}：{self.text}"


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its place: a dict or list of nodes, or a str, int, Decimal, bool or None."""

    value: Any
    place: str
    line: int | None

    def plain(self) -> Any:
        """The value as JSON holds it; decimals as text, so that none becomes a float."""
        if isinstance(self.value, dict):
            return {name: node.plain() for name, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return str(self.value) if isinstance(self.value, Decimal) else self.value


def node_of(value: Any, place: str = "") -> Node:
    """The reverse of ``plain``: a stored document as nodes without lines."""
    if isinstance(value, dict):
        return Node({name: node_of(item, _below(place, name)) for name, item in value.items()}, place, None)
    if isinstance(value, list):
        return Node([node_of(item, f"{place}[{index}]") for index, item in enumerate(value)], place, None)
    return Node(value, place, None)


def node_of_yaml(raw: bytes, problems: list[Contradiction]) -> Node | None:
    """The document in ``raw``, None where it is no YAML; what is wrong with it goes to ``problems``."""
    try:
        root = yaml.compose(raw.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        problems.append(Contradiction("", None, f"不是UTF-8编码的文件（第{error.start}字节）"))
        return None
    except RecursionError:
        problems.append(Contradiction("", None, "层次太深"))
        return None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        told = getattr(error, "problem", None) or "无法读取"
        problems.append(Contradiction("", mark.line + 1 if mark else None, f"不是有效的YAML：{told}"))
        return None
    if root is None:
        problems.append(Contradiction("", None, "文件是空的"))
        return None
    return _located(root, "", problems, set())


def _below(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _located(node: Any, place: str, problems: list[Contradiction], seen: set[int]) -> Node:
    line = node.start_mark.line + 1
    if id(node) in seen:
        # An alias: nothing here needs one, and a few lines of them expand without end.
        problems.append(Contradiction(place, line, "不能使用别名（* 引用）"))
        return Node(None, place, line)
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        members: dict[str, Node] = {}
        for key, item in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            member = _located(item, _below(place, name), problems, seen)
            if name in members:
                problems.append(Contradiction(member.place, key.start_mark.line + 1, "同一项写了两次"))
            else:
                members[name] = member
        return Node(members, place, line)
    if isinstance(node, yaml.SequenceNode):
        items = [_located(item, f"{place}[{index}]", problems, seen) for index, item in enumerate(node.value)]
        return Node(items, place, line)
    return Node(_scalar(node.tag, node.value), place, line)


def _scalar(tag: str, text: str) -> str | int | Decimal | bool | None:
    if tag.endswith(":int") and _WHOLE.fullmatch(text):
        return int(text)
    if tag.endswith(":float") and _DECIMAL.fullmatch(text):
        return Decimal(text)
    if tag.endswith(":bool") and text in ("true", "false"):
        return text == "true"
    return None if tag.endswith(":null") else text


@dataclass(slots=True)
class Reading:
    """What has been found wrong so far.

    A value that cannot be read becomes an empty one, so that reading goes on; checks that would then only
    repeat the complaint ask ``sound`` first.
    """

    problems: list[Contradiction] = field(default_factory=list)
    clauses: frozenset[str] = frozenset()
    _broken: set[str] = field(default_factory=set)

    def refuse(self, node: Node, text: str, *, broken: bool = False) -> None:
        self.problems.append(Contradiction(node.place, node.line, text))
        if broken:
            self._broken.add(node.place)

    def sound(self, *places: str) -> bool:
        """Whether everything at, above and below these places could be read."""
        return not any(_related(broken, place) for broken in self._broken for place in places)

    def fields(self, node: Node, required: str, optional: str = "") -> Fields:
        """The members of a mapping; both lists are names parted by blanks, and any other name is refused."""
        members = node.value
        if not isinstance(members, dict):
            self.refuse(node, f"应为一组字段，实为{_shown(members)}", broken=True)
            return Fields(self, node, {})
        wanted, allowed = required.split(), {*required.split(), *optional.split()}
        for name in wanted:
            if name not in members:
                self.refuse(Node(None, _below(node.place, name), node.line), "缺少这一项", broken=True)
        for name, member in members.items():
            if name not in allowed:
                self.refuse(member, "不认识的字段")
        return Fields(self, node, {name: member for name, member in members.items() if name in allowed})

    def items(self, node: Node | None, *, least: int = 0) -> list[Node]:
        if node is None:
            return []
        if not isinstance(node.value, list):
            self.refuse(node, f"应为列表，实为{_shown(node.value)}", broken=True)
            return []
        if len(node.value) < least:
            self.refuse(node, f"至少要有{least}项", broken=True)
        return node.value

    def unique(self, nodes: Iterable[tuple[Node, Any]], what: str) -> None:
        """Refuse every node whose key an earlier one has; empty keys are somebody else's complaint."""
        seen: set[Any] = set()
        for node, key in nodes:
            if key in seen and key not in ("", None):
                self.refuse(node, f"{what}重复：{key}")
            seen.add(key)

    def pick(self, node: Node | None, known: Mapping[str, _Known], what: str) -> _Known | None:
        """The thing that a code refers to; None and a complaint where there is no such code."""
        if node is None:
            return None
        if isinstance(node.value, str) and node.value in known:
            return known[node.value]
        self.refuse(node, f"没有这个{what}：{_shown(node.value)}", broken=True)
        return None

    def text(self, node: Node | None, *, pattern: re.Pattern[str] | None = None, what: str = "文字") -> str:
        if node is None:
            return ""
        value = node.value
        fits = isinstance(value, str) and 0 < len(value.strip()) <= LONGEST_TEXT and value.isprintable()
        if not fits:
            self.refuse(node, f"应为{what}，实为{_shown(value)}", broken=True)
            return ""
        if pattern is not None and not pattern.fullmatch(value):
            self.refuse(node, f"应为{what}，实为{_shown(value)}", broken=True)
            return ""
        return str(value)

    def code(self, node: Node | None) -> str:
        return self.text(node, pattern=_CODE, what="小写字母代码")

    def one_of(self, node: Node | None, choices: Iterable[str]) -> str:
        if node is None:
            return ""
        listed = list(choices)
        if node.value not in listed or not isinstance(node.value, str):
            self.refuse(node, f"应为{'、'.join(listed)}之一，实为{_shown(node.value)}", broken=True)
            return ""
        return node.value

    def whole(self, node: Node | None, least: int = 0, most: int = LARGEST_NUMBER) -> int:
        if node is None:
            return 0
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int):
            self.refuse(node, f"应为整数，实为{_shown(value)}", broken=True)
            return 0
        if not least <= value <= most:
            self.refuse(node, f"应在{least}到{most}之间，实为{value}", broken=True)
            return 0
        return value

    def decimal(self, node: Node | None) -> Decimal:
        """A measured figure above zero; stored documents hold decimals as text."""
        if node is None:
            return Decimal(0)
        value = node.value
        if isinstance(value, str) and _DECIMAL.fullmatch(value):
            value = Decimal(value)
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 < value <= LARGEST_NUMBER:
            self.refuse(node, f"应为大于零的数，实为{_shown(node.value)}", broken=True)
            return Decimal(0)
        return Decimal(value)

    def flag(self, node: Node | None) -> bool:
        if node is None:
            return False
        if not isinstance(node.value, bool):
            self.refuse(node, f"应为 true 或 false，实为{_shown(node.value)}", broken=True)
            return False
        return node.value

    def day(self, node: Node | None, years: tuple[int, int]) -> date:
        """A day within the years of the programme, both included."""
        if node is None:
            return date.min
        value = node.value
        try:
            if not isinstance(value, str) or not _DAY.fullmatch(value):
                raise ValueError
            day = date.fromisoformat(value)
        except ValueError:
            self.refuse(node, f"应为日期（如 2022-10-15），实为{_shown(value)}", broken=True)
            return date.min
        if 0 not in years and not years[0] <= day.year <= years[1]:
            self.refuse(node, f"不在方案的年份{years[0]}至{years[1]}之内：{value}", broken=True)
            return date.min
        return day

    def month_day(self, node: Node | None) -> MonthDay:
        if node is not None:
            try:
                return MonthDay.read(node.value if isinstance(node.value, str) else "")
            except ValueError:
                self.refuse(node, f"应为月日（如 10-01），实为{_shown(node.value)}", broken=True)
        return MonthDay(1, 1)

    def clause(self, node: Node | None) -> str:
        if node is None:
            return ""
        value = node.value
        if not isinstance(value, str):
            self.refuse(node, f"条款编号应加引号写成文字，实为{_shown(value)}", broken=True)
            return ""
        if value not in self.clauses and self.sound("clauses"):
            self.refuse(node, f"没有这一条款：{value}", broken=True)
            return ""
        return value


@dataclass(frozen=True, slots=True)
class Fields:
    """The members of one mapping, each read as what it should be; a member that is absent reads as empty."""

    reading: Reading
    node: Node
    members: Mapping[str, Node]

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def at(self, name: str) -> Node | None:
        return self.members.get(name)

    def place(self, name: str) -> str:
        return _below(self.node.place, name)

    def here(self, name: str) -> Node:
        """The member, or its place where it is absent: something to complain about."""
        return self.members.get(name) or Node(None, self.place(name), self.node.line)

    def text(self, name: str) -> str:
        return self.reading.text(self.at(name))

    def code(self, name: str) -> str:
        return self.reading.code(self.at(name))

    def whole(self, name: str, least: int = 0, most: int = LARGEST_NUMBER) -> int:
        return self.reading.whole(self.at(name), least, most)

    def decimal(self, name: str) -> Decimal:
        return self.reading.decimal(self.at(name))

    def flag(self, name: str) -> bool:
        return self.reading.flag(self.at(name))

    def day(self, name: str, years: tuple[int, int]) -> date:
        return self.reading.day(self.at(name), years)

    def one_of(self, name: str, choices: Iterable[str]) -> str:
        return self.reading.one_of(self.at(name), choices)

    def month_day(self, name: str) -> MonthDay:
        return self.reading.month_day(self.at(name))

    def clause(self) -> str:
        """The clause of a part that always has one."""
        return self.reading.clause(self.at("clause"))

    def cited(self) -> tuple[str | None, bool]:
        """The clause, and whether the notice leaves this open; one of the two must be there."""
        choice = self.flag("choice")
        if "clause" in self.members:
            return self.clause() or None, choice
        if not choice:
            self.reading.refuse(self.node, "既没有条款（clause），也没有注明是自行选择（choice: true）")
        return None, choice

    def each(self, name: str, read: Callable[[Node], _Known], *, least: int = 0) -> tuple[_Known, ...]:
        return tuple(read(node) for node in self.reading.items(self.at(name), least=least))

    def texts(self, name: str) -> tuple[str, ...]:
        nodes = self.reading.items(self.at(name))
        self.reading.unique([(node, node.value) for node in nodes if isinstance(node.value, str)], "名称")
        return tuple(self.reading.text(node) for node in nodes)


def _related(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return longer == shorter or shorter == "" or longer.startswith((f"{shorter}.", f"{shorter}["))


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "一组字段"
    if isinstance(value, list):
        return "列表"
    return "空" if value is None else str(value)[:60]
