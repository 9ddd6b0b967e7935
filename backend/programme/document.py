"""From a programme file to a plan: its shape, and everything in it that could contradict itself.

All contradictions are collected; a document with one is no programme. A stored document goes through the
same door.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from backend.core.law import Dated, DatedValue
from backend.programme.located import Contradiction, Fields, Node, Reading, node_of, node_of_yaml
from backend.programme.plan import (
    ANY,
    Arrangement,
    Climb,
    CoalSampling,
    Escalation,
    Figure,
    HeatingPath,
    HeatingSeason,
    Hotline,
    Inspection,
    Item,
    KitItem,
    Milestone,
    Office,
    OpenQuestion,
    PlanDuty,
    ProgrammeView,
    ServiceLevel,
    Setting,
    Stage,
    Standard,
    Total,
    UserSide,
    WorkCalendar,
    plain_label,
)

LARGEST_FILE: Final = 1_000_000  # bytes

RUNGS: Final = (
    "listed",
    "confirmed",
    "contracted",
    "installed",
    "energised",
    "accepted",
    "heat_confirmed",
    "used",
)
SEVERITIES: Final = ("critical", "urgent", "ordinary")
UNITS: Final = ("_w", "_m2", "_kwh")

# The settings that a file must decide, and what each may be. None of them has a default.
SETTINGS: Final[Mapping[str, str | tuple[str, ...]]] = {
    "bag_kg": "count",
    "fuel_year": ("calendar", "season"),
    "fuel_year_first_day": "month_day",
    "unsubsidised_orders": "flag",
    "unsubsidised_price_fen_per_kg": "count",
    "merged_entitlement": ("one_excess_recovered",),
    "kinds_without_serial": "codes",
    "kang_area_tolerance_m2": "decimal",
    "shared_courtyard_child": ("one_household", "split"),
    "split_decided_by": ("village_committee", "township"),
    "split_countersigned_by": ("township", "district"),
    "split_countersign_working_days": "count",
    "deliberation_working_days": "count",
    "review_working_days": "count",
    "deliberation_without_quorum": ("township",),
    "claim_notice_days": "count",
    "appeal_days": "count",
    "list_notice_days": "count",
    "contract_parties": ("household_and_enterprise", "village_and_enterprise"),
    "loan_cooling_days": "count",
    "vacant_counts_as_accepted": "flag",
    "vacant_counts_as_used": "flag",
    "cold_indoor_c": "decimal",
    "village_outage_households": "count",
    "village_outage_hours": "count",
    "fault_pause_hours": "count",
}
# Decisions ask for these with their day, so they may change within a programme; `value` alone holds from its first day.
DATED_SETTINGS: Final = ("shared_courtyard_child", "split_countersign_working_days")
# Needed only where another setting has a certain value.
_DEPENDENT: Final = {
    "fuel_year_first_day": ("fuel_year", "season"),
    "unsubsidised_price_fen_per_kg": ("unsubsidised_orders", True),
}

_AREA_CODE = re.compile(r"[0-9]{6}", re.ASCII)
_CLAUSE_ID = re.compile(r"[1-9][0-9]?(\.[1-9][0-9]?){0,3}", re.ASCII)
_PLAN_ID = re.compile(r"[a-z][a-z0-9-]{1,47}", re.ASCII)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class ReadProgramme:
    """What reading gave: the plan where there is no contradiction, and the document as JSON to be stored."""

    plan: ProgrammeView | None
    document: dict[str, Any]
    contradictions: tuple[Contradiction, ...]


def read_programme(raw: bytes) -> ReadProgramme:
    """Read a programme file (YAML). Never raises: what is wrong is in the answer, by line."""
    if len(raw) > LARGEST_FILE:
        return ReadProgramme(None, {}, (Contradiction("", None, f"文件超过{LARGEST_FILE}字节"),))
    problems: list[Contradiction] = []
    root = node_of_yaml(raw, problems)
    if root is None:
        return ReadProgramme(None, {}, tuple(problems))
    return _read(root, problems)


def read_stored(document: dict[str, Any]) -> ProgrammeView:
    """The plan of a document that was stored; ValueError where it no longer passes (older than the code)."""
    read = _read(node_of(document), [])
    if read.plan is None:
        raise ValueError("stored programme: " + "; ".join(map(str, read.contradictions)))
    return read.plan


def content_hash(document: dict[str, Any]) -> str:
    """A hash of what the file says: comments, order of keys and spacing do not count."""
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _read(root: Node, problems: list[Contradiction]) -> ReadProgramme:
    reading = Reading(problems=problems)
    plain = root.plain()
    document = plain if isinstance(plain, dict) else {}
    plan = _plan(reading, root, content_hash(document))
    found = tuple(sorted(reading.problems, key=lambda problem: problem.line or 0))
    return ReadProgramme(None if found else plan, document, found)


def _plan(reading: Reading, root: Node, digest: str) -> ProgrammeView:
    top = reading.fields(
        root,
        "id title county area year last_year first_day hotline offices paths totals standards "
        "fuel_limits_kg milestones user_side public_buildings coal_sampling escalations inspections "
        "fund_sources plan_duties open_questions heating_season calendar service_levels settings clauses",
    )
    clauses = _clauses(reading, top)
    reading.clauses = frozenset(clauses)

    years = (top.whole("year", 2000, 2100), top.whole("last_year", 2000, 2100))
    if 0 not in years and not years[0] <= years[1] <= years[0] + 2:
        reading.refuse(top.here("last_year"), f"应不早于{years[0]}年、不晚于{years[0] + 2}年，实为{years[1]}")
    area = reading.fields(top.here("area"), "code townships clause")
    area.clause()
    townships = area.whole("townships", 1, 999)
    hotline = reading.fields(top.here("hotline"), "number hours synthetic", "clause choice")
    hotline.cited()

    first_day = top.day("first_day", years)
    settings = _settings(reading, top, years, first_day)
    offices = _offices(reading, top)
    paths = _paths(reading, top, offices, settings, townships)
    totals = _totals(reading, top, paths)
    questions = _coded(reading, top, "open_questions", OpenQuestion, "text")
    season = reading.fields(top.here("heating_season"), "first last", "clause choice")
    season.cited()
    levels = reading.fields(top.here("service_levels"), "levels climbs", "clause choice")
    levels.cited()
    sampling = reading.fields(top.here("coal_sampling"), "monthly_percent yearly_percent clause")
    user_side = reading.fields(top.here("user_side"), "area_m2 least_saving_percent clause")
    limits = _fuel_limits(reading, top, years, settings)
    if not limits and any(path.subsidised_fuel for path in paths):
        reading.refuse(top.here("fuel_limits_kg"), "有补贴燃料的改造方式，却没有额度")

    return ProgrammeView(
        id=reading.text(top.at("id"), pattern=_PLAN_ID, what="小写字母、数字和连字符"),
        title=top.text("title"),
        county=top.text("county"),
        area_code=reading.text(area.at("code"), pattern=_AREA_CODE, what="六位数字的行政区划代码"),
        township_count=townships,
        year=years[0],
        last_year=years[1],
        first_day=first_day,
        content_hash=digest,
        hotline=Hotline(hotline.text("number"), hotline.text("hours"), hotline.flag("synthetic")),
        offices=tuple(offices.values()),
        paths=paths,
        totals=totals,
        standards=_standards(reading, top),
        fuel_limits=Dated(limits),
        milestones=_milestones(reading, top, years),
        user_side=UserSide(
            user_side.decimal("area_m2"), user_side.whole("least_saving_percent", 1, 100), user_side.clause()
        ),
        public_buildings=_coded(reading, top, "public_buildings", Item, "label"),
        heating_season=HeatingSeason(season.month_day("first"), season.month_day("last")),
        calendar=_calendar(reading, top, years),
        service_levels=_service_levels(reading, levels),
        climbs=_climbs(reading, levels),
        coal_sampling=CoalSampling(
            sampling.whole("monthly_percent", 1, 100),
            sampling.whole("yearly_percent", 1, 100),
            sampling.clause(),
        ),
        escalations=_escalations(reading, top),
        inspections=_inspections(reading, top),
        fund_sources=_coded(reading, top, "fund_sources", Item, "label"),
        plan_duties=_plan_duties(reading, top, offices, questions),
        open_questions=questions,
        settings=MappingProxyType(settings),
        clauses=MappingProxyType(clauses),
    )


def _clauses(reading: Reading, top: Fields) -> dict[str, str]:
    node = top.here("clauses")
    if not isinstance(node.value, dict):
        if node.value is not None:
            reading.refuse(node, "应为条款编号到说明的对照", broken=True)
        return {}
    for clause, summary in node.value.items():
        if not _CLAUSE_ID.fullmatch(clause):
            reading.refuse(summary, f"条款编号应形如 4.1.1.5，实为{clause}")
    return {clause: reading.text(summary) for clause, summary in node.value.items()}


def _settings(reading: Reading, top: Fields, years: tuple[int, int], first_day: date) -> dict[str, Setting]:
    required = " ".join(name for name in SETTINGS if name not in _DEPENDENT)
    decided = reading.fields(top.here("settings"), required, " ".join(_DEPENDENT))
    settings: dict[str, Setting] = {}
    for name, node in decided.members.items():
        parts = reading.fields(node, "label why", "value values clause choice")
        clause, choice = parts.cited()
        if ("value" in parts) == ("values" in parts):
            reading.refuse(parts.here("value"), "value 和 values 应当有且只有一个", broken=True)
        if "values" in parts and name not in DATED_SETTINGS:
            reading.refuse(parts.here("values"), "这一项不能随日期变化", broken=True)
        entries = _dated_values(reading, parts, years, SETTINGS[name])
        if not entries:
            value = _setting_value(reading, parts.at("value"), SETTINGS[name])
            entries = (DatedValue(value, clause or "", first_day),)
        elif date.min < first_day < entries[0].since and reading.sound(parts.place("values")):
            reading.refuse(parts.here("values"), f"方案从{first_day}起，那一天还没有取值")
        settings[name] = Setting(
            name,
            Dated(entries),
            parts.text("label"),
            clause,
            choice,
            parts.text("why"),
        )
    for name, (other, value) in _DEPENDENT.items():
        needed = other in settings and settings[other].value == value
        if needed and name not in settings:
            reading.refuse(decided.here(name), f"{other} 为 {value} 时要有这一项")
        if name in settings and not needed:
            reading.refuse(decided.here(name), f"只有 {other} 为 {value} 时才用得上")
    return settings


def _dated_values(
    reading: Reading, parts: Fields, years: tuple[int, int], kind: str | tuple[str, ...]
) -> tuple[DatedValue, ...]:
    entries, days = [], []
    for node in reading.items(parts.at("values"), least=1):
        one = reading.fields(node, "value since clause")
        entries.append(
            DatedValue(_setting_value(reading, one.at("value"), kind), one.clause(), one.day("since", years))
        )
        days.append((one.here("since"), None if entries[-1].since == date.min else entries[-1].since))
    reading.unique(days, "起始日期")
    return tuple(sorted(entries, key=lambda entry: entry.since))


def _setting_value(reading: Reading, node: Node | None, kind: str | tuple[str, ...]) -> Any:
    if isinstance(kind, tuple):
        return reading.one_of(node, kind)
    if kind == "count":
        return reading.whole(node, 1)
    if kind == "decimal":
        return reading.decimal(node)
    if kind == "flag":
        return reading.flag(node)
    if kind == "month_day":
        return str(reading.month_day(node))
    return tuple(reading.code(item) for item in reading.items(node))


def _offices(reading: Reading, top: Fields) -> dict[str, Office]:
    offices: dict[str, Office] = {}
    nodes = reading.items(top.at("offices"), least=1)
    codes: list[tuple[Node, Any]] = []
    for node in nodes:
        parts = reading.fields(node, "code label kind clause")
        office = Office(
            parts.code("code"),
            parts.text("label"),
            parts.one_of("kind", ("department", "enterprise")),
            parts.clause(),
        )
        codes.append((parts.here("code"), office.code))
        offices.setdefault(office.code, office)
    reading.unique(codes, "单位代码")
    return offices


def _paths(
    reading: Reading,
    top: Fields,
    offices: Mapping[str, Office],
    settings: Mapping[str, Setting],
    townships: int,
) -> tuple[HeatingPath, ...]:
    nodes = reading.items(top.at("paths"), least=1)
    paths = tuple(_path(reading, node, offices, settings, townships) for node in nodes)
    codes, names = [], []
    for node, path in zip(nodes, paths, strict=True):
        parts = node.value if isinstance(node.value, dict) else {}
        codes.append((parts.get("code", node), path.code))
        names.append((parts.get("label", node), plain_label(path.label)))
        synonyms = parts.get("synonyms", node).value
        own = {plain_label(path.label)}
        for position, synonym in enumerate(path.synonyms):
            # Two spellings of one path that fold into one are no contradiction; of two paths they are.
            if (folded := plain_label(synonym)) not in own:
                own.add(folded)
                names.append((synonyms[position], folded))
    reading.unique(codes, "改造方式代码")
    reading.unique(names, "改造方式名称")

    kinds = {item.kind for path in paths for item in path.kit}
    kinds.update(path.co_alarm.kind for path in paths if path.co_alarm)
    unnumbered = settings.get("kinds_without_serial")
    for kind in unnumbered.value if unnumbered and reading.sound("paths") else ():
        if kind and kind not in kinds:
            reading.refuse(_below(top, "settings", "kinds_without_serial", "value"), f"没有这种设备：{kind}")
    return paths


def _path(
    reading: Reading,
    node: Node,
    offices: Mapping[str, Office],
    settings: Mapping[str, Setting],
    townships: int,
) -> HeatingPath:
    parts = reading.fields(
        node,
        "code label synonyms clause households townships villages lead in_house own_share "
        "electricity_subsidy subsidised_fuel operation_clause",
        "named_villages stages kit arrangements co_alarm",
    )
    lead = reading.pick(parts.at("lead"), offices, "单位")
    kit_nodes = reading.items(parts.at("kit"))
    kit = tuple(_kit_item(reading, item, settings) for item in kit_nodes)
    reading.unique([(item, made.kind) for item, made in zip(kit_nodes, kit, strict=True)], "设备")
    alarm = parts.at("co_alarm")
    path = HeatingPath(
        code=parts.code("code"),
        label=parts.text("label"),
        synonyms=parts.texts("synonyms"),
        clause=parts.clause(),
        households=parts.whole("households", 1),
        townships=parts.whole("townships", 1, 999),
        villages=parts.whole("villages", 1),
        lead=lead or Office("", "", "", ""),
        named_villages=parts.texts("named_villages"),
        in_house=parts.flag("in_house"),
        own_share=parts.flag("own_share"),
        electricity_subsidy=parts.flag("electricity_subsidy"),
        subsidised_fuel=parts.flag("subsidised_fuel"),
        operation_clause=reading.clause(parts.at("operation_clause")),
        stages=_stages(reading, parts),
        kit=kit,
        arrangements=_arrangements(reading, parts),
        co_alarm=None if alarm is None else _kit_item(reading, alarm, settings),
    )
    _check_path(reading, parts, path, townships)
    return path


def _check_path(reading: Reading, parts: Fields, path: HeatingPath, townships: int) -> None:
    if path.villages > path.households and reading.sound(parts.place("villages"), parts.place("households")):
        reading.refuse(parts.here("villages"), f"村数{path.villages}多于户数{path.households}")
    if path.townships > path.villages and reading.sound(parts.place("townships"), parts.place("villages")):
        reading.refuse(parts.here("townships"), f"乡镇数{path.townships}多于村数{path.villages}")
    if path.townships > townships and reading.sound(parts.place("townships"), "area.townships"):
        reading.refuse(parts.here("townships"), f"乡镇数{path.townships}多于全区的{townships}个")
    if len(path.named_villages) > path.villages and reading.sound(parts.place("villages")):
        reading.refuse(parts.here("named_villages"), f"点名的村多于{path.villages}个")
    if path.in_house and not path.kit:
        reading.refuse(parts.here("kit"), "户内要装设备，却没有设备清单")
    if path.kit and not path.in_house and reading.sound(parts.place("in_house")):
        reading.refuse(parts.here("in_house"), "有户内设备清单，却写明户内不装设备")
    if not path.kit and not path.stages and not path.in_house:
        reading.refuse(parts.here("stages"), "既没有户内设备，也没有管网阶段")
    if path.needs_co_alarm != (path.co_alarm is not None):
        reading.refuse(parts.here("co_alarm"), "一氧化碳报警器与供热形式不一致")
    if path.subsidised_fuel and not path.arrangements:
        reading.refuse(parts.here("arrangements"), "有补贴燃料，却没有写明供热形式")


def _kit_item(reading: Reading, node: Node, settings: Mapping[str, Setting]) -> KitItem:
    parts = reading.fields(node, "kind label count clause", "figures")
    nodes = reading.items(parts.at("figures"))
    figures = tuple(_figure(reading, item, settings) for item in nodes)
    reading.unique([(item, made.name) for item, made in zip(nodes, figures, strict=True)], "参数")
    kind = parts.code("kind")
    unnumbered = settings.get("kinds_without_serial")
    serial = unnumbered is None or kind not in unnumbered.value
    return KitItem(kind, parts.text("label"), parts.whole("count", 1, 99), parts.clause(), serial, figures)


def _figure(reading: Reading, node: Node, settings: Mapping[str, Setting]) -> Figure:
    parts = reading.fields(node, "name label clause", "minimum nominal tolerance programme_average")
    name = parts.code("name")
    if name and not name.endswith(UNITS):
        reading.refuse(parts.here("name"), f"名称应以单位结尾（{'、'.join(UNITS)}）：{name}")
    given = [kind for kind in ("minimum", "nominal", "programme_average") if kind in parts]
    if len(given) != 1:
        reading.refuse(node, "minimum、nominal、programme_average 应当只有一个")
    if ("nominal" in parts) != ("tolerance" in parts):
        reading.refuse(parts.here("tolerance"), "标称值要有允许偏差，其他值不能有")
    allowed = {name: setting.value for name, setting in settings.items() if SETTINGS[name] == "decimal"}
    values: dict[str, Decimal] = {kind: parts.decimal(kind) for kind in given}
    return Figure(
        name,
        parts.text("label"),
        parts.clause(),
        tolerance=reading.pick(parts.at("tolerance"), allowed, "设置"),
        **values,
    )


def _stages(reading: Reading, parts: Fields) -> tuple[Stage, ...]:
    stages = []
    nodes = reading.items(parts.at("stages"))
    for node in nodes:
        stage = reading.fields(node, "code label", "clause choice")
        stages.append(Stage(stage.code("code"), stage.text("label"), *stage.cited()))
    reading.unique([(node, stage.code) for node, stage in zip(nodes, stages, strict=True)], "阶段代码")
    return tuple(stages)


def _arrangements(reading: Reading, parts: Fields) -> tuple[Arrangement, ...]:
    found = []
    nodes = reading.items(parts.at("arrangements"))
    for node in nodes:
        one = reading.fields(node, "code label clause preferred co_alarm fuel_to")
        found.append(
            Arrangement(
                one.code("code"),
                one.text("label"),
                one.clause(),
                one.flag("preferred"),
                one.flag("co_alarm"),
                one.one_of("fuel_to", ("household", "boiler")),
            )
        )
    reading.unique([(node, one.code) for node, one in zip(nodes, found, strict=True)], "供热形式代码")
    return tuple(found)


def _totals(reading: Reading, top: Fields, paths: tuple[HeatingPath, ...]) -> tuple[Total, ...]:
    known = {path.code: index for index, path in enumerate(paths)}
    totals, codes = [], []
    for node in reading.items(top.at("totals"), least=1):
        parts = reading.fields(node, "code label paths households clause")
        named = reading.items(parts.at("paths"), least=1)
        picked = [reading.pick(name, known, "改造方式") for name in named]
        positions = [position for position in picked if position is not None]
        reading.unique([(name, name.value) for name in named if isinstance(name.value, str)], "改造方式")
        total = Total(
            parts.code("code"),
            parts.text("label"),
            tuple(paths[position].code for position in positions),
            parts.whole("households", 1),
            parts.clause(),
        )
        summed = sum(paths[position].households for position in positions)
        places = [f"paths[{position}].households" for position in positions]
        if summed != total.households and reading.sound(
            *places, parts.place("households"), parts.place("paths")
        ):
            reading.refuse(parts.here("households"), f"各项相加为{summed}，此处写{total.households}")
        totals.append(total)
        codes.append((parts.here("code"), total.code))
    reading.unique(codes, "合计代码")
    if reading.sound("totals", "paths") and not any(len(total.paths) == len(paths) for total in totals):
        reading.refuse(top.here("totals"), "缺少全部改造方式的合计")
    return tuple(totals)


def _standards(reading: Reading, top: Fields) -> tuple[Standard, ...]:
    standards, subjects = [], []
    for node in reading.items(top.at("standards")):
        parts = reading.fields(node, "subject accepts contract_grade clause")
        accepts = []
        for item in reading.items(parts.at("accepts"), least=1):
            named = reading.fields(item, "code title")
            accepts.append((named.text("code"), named.text("title")))
        standard = Standard(
            parts.code("subject"), tuple(accepts), parts.flag("contract_grade"), parts.clause()
        )
        standards.append(standard)
        subjects.append((node, standard.subject))
    reading.unique(subjects, "标准对象")
    return tuple(standards)


def _fuel_limits(
    reading: Reading, top: Fields, years: tuple[int, int], settings: Mapping[str, Setting]
) -> tuple[DatedValue, ...]:
    limits, days = [], []
    bag = settings.get("bag_kg")
    for node in reading.items(top.at("fuel_limits_kg")):
        parts = reading.fields(node, "value since clause")
        limit = DatedValue(parts.whole("value", 1, 1_000_000), parts.clause(), parts.day("since", years))
        if bag is not None and bag.value and limit.value % bag.value:
            reading.refuse(parts.here("value"), f"不是每袋{bag.value}千克的整数倍：{limit.value}")
        limits.append(limit)
        days.append((parts.here("since"), None if limit.since == date.min else limit.since))
    reading.unique(days, "起始日期")
    return tuple(limits)


def _milestones(reading: Reading, top: Fields, years: tuple[int, int]) -> tuple[Milestone, ...]:
    milestones, codes = [], []
    for node in reading.items(top.at("milestones"), least=1):
        parts = reading.fields(node, "code side label due by clause", "rung")
        due = parts.day("due", years)
        by_month = parts.one_of("by", ("month", "day")) == "month"
        if by_month and due != date.min and (due + timedelta(days=1)).month == due.month:
            reading.refuse(parts.here("due"), f"只写到月份的节点，应为当月最后一天：{due}")
        milestone = Milestone(
            parts.code("code"),
            parts.one_of("side", ("heat", "user")),
            parts.text("label"),
            due,
            by_month,
            parts.one_of("rung", RUNGS) or None,
            parts.clause(),
        )
        milestones.append(milestone)
        codes.append((parts.here("code"), milestone.code))
    reading.unique(codes, "节点代码")
    return tuple(milestones)


def _coded(reading: Reading, top: Fields, name: str, make: Any, words: str) -> tuple[Any, ...]:
    """A short list of coded entries, each made as ``make(code, words, clause)``."""
    entries, codes = [], []
    for node in reading.items(top.at(name)):
        parts = reading.fields(node, f"code {words} clause")
        entries.append(make(parts.code("code"), parts.text(words), parts.clause()))
        codes.append((parts.here("code"), entries[-1].code))
    reading.unique(codes, "代码")
    return tuple(entries)


def _calendar(reading: Reading, top: Fields, years: tuple[int, int]) -> WorkCalendar:
    parts = reading.fields(top.here("calendar"), "days_off worked_weekends", "clause choice")
    parts.cited()
    off: set[date] = set()
    for node in reading.items(parts.at("days_off")):
        span = reading.fields(node, "first last")
        first, last = span.day("first", years), span.day("last", years)
        if date.min in (first, last):
            continue
        if not first <= last <= first + timedelta(days=30):
            reading.refuse(node, f"假期首尾不对：{first}至{last}")
            continue
        off.update(first + timedelta(days=count) for count in range((last - first).days + 1))
    worked: set[date] = set()
    for node in reading.items(parts.at("worked_weekends")):
        day = reading.day(node, years)
        if day == date.min:
            continue
        if day.weekday() < _SATURDAY or day in off or day in worked:
            reading.refuse(node, f"调休上班日应为不在假期内的周末，且不重复：{day}")
        worked.add(day)
    return WorkCalendar(frozenset(off), frozenset(worked))


def _service_levels(reading: Reading, parts: Fields) -> tuple[ServiceLevel, ...]:
    levels = []
    nodes = reading.items(parts.at("levels"), least=1)
    for node in nodes:
        one = reading.fields(node, "category severity label answer_minutes on_site_minutes restored")
        same_day = one.here("restored").value == "same_day"
        level = ServiceLevel(
            one.code("category"),
            one.one_of("severity", SEVERITIES),
            one.text("label"),
            one.whole("answer_minutes", 1),
            one.whole("on_site_minutes", 1),
            None if same_day else one.whole("restored", 1),
            same_day,
        )
        restored = level.restore_minutes or level.on_site_minutes
        if not level.answer_minutes <= level.on_site_minutes <= restored and reading.sound(node.place):
            reading.refuse(node, "答复、到场、恢复的时限应依次不减")
        levels.append(level)
    reading.unique(
        [(node, (level.category, level.severity)) for node, level in zip(nodes, levels, strict=True)], "时限"
    )
    for severity in SEVERITIES:
        anyhow = any(level.severity == severity and level.category == ANY for level in levels)
        if not anyhow and reading.sound(parts.place("levels")):
            reading.refuse(parts.here("levels"), f"缺少 {severity} 的通用时限（category: any）")
    return tuple(levels)


def _climbs(reading: Reading, parts: Fields) -> tuple[Climb, ...]:
    climbs: list[Climb] = []
    nodes = reading.items(parts.at("climbs"), least=1)
    for node in nodes:
        one = reading.fields(node, "role label after_minutes")
        climb = Climb(one.code("role"), one.text("label"), one.whole("after_minutes"))
        if (
            climbs
            and climb.after_minutes <= climbs[-1].after_minutes
            and reading.sound(one.place("after_minutes"))
        ):
            reading.refuse(one.here("after_minutes"), "逐级上报的时间应依次增大")
        climbs.append(climb)
    return tuple(climbs)


def _escalations(reading: Reading, top: Fields) -> tuple[Escalation, ...]:
    steps = []
    for position, node in enumerate(reading.items(top.at("escalations"))):
        one = reading.fields(node, "missed_months step label clause")
        step = Escalation(
            one.whole("missed_months", 1, 12), one.code("step"), one.text("label"), one.clause()
        )
        if step.missed_months != position + 1 and reading.sound(one.place("missed_months")):
            reading.refuse(one.here("missed_months"), f"应依次为一、二、三个月，实为{step.missed_months}")
        steps.append(step)
    return tuple(steps)


def _inspections(reading: Reading, top: Fields) -> tuple[Inspection, ...]:
    found, codes = [], []
    for node in reading.items(top.at("inspections")):
        one = reading.fields(node, "code label clause", "choice")
        found.append(Inspection(one.code("code"), one.text("label"), one.clause(), one.flag("choice")))
        codes.append((one.here("code"), found[-1].code))
    reading.unique(codes, "质检代码")
    return tuple(found)


def _plan_duties(
    reading: Reading, top: Fields, offices: Mapping[str, Office], questions: tuple[OpenQuestion, ...]
) -> tuple[PlanDuty, ...]:
    known = {question.code: question.code for question in questions}
    duties = []
    for node in reading.items(top.at("plan_duties")):
        one = reading.fields(node, "subject label offices clause", "open_question")
        named = [reading.pick(item, offices, "单位") for item in reading.items(one.at("offices"), least=1)]
        question = reading.pick(one.at("open_question"), known, "待明确事项")
        if len(named) > 1 and question is None and reading.sound(one.place("open_question")):
            reading.refuse(node, "写了两个单位，应注明待明确事项（open_question）")
        duties.append(
            PlanDuty(
                one.code("subject"),
                one.text("label"),
                tuple(office for office in named if office is not None),
                one.clause(),
                question,
            )
        )
    return tuple(duties)


def _below(top: Fields, *names: str) -> Node:
    node = top.node
    for name in names:
        if not isinstance(node.value, dict) or name not in node.value:
            return node
        node = node.value[name]
    return node
