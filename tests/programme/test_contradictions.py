"""Every kind of contradiction in a programme file is refused, with its place and its line."""

from __future__ import annotations

import pytest

from backend.programme.document import read_programme
from tests.programme.files import PLAN, altered, line_of

pytestmark = pytest.mark.only_on("sqlite", "a file is judged before any database is asked")

# what is wrong: (text in the file, what stands there instead, place, part of the complaint)
MUTATIONS = {
    "path's sum": ("households: 9387", "households: 9388", "totals[0].households", "相加为23614"),
    "stated sum": ("households: 6130", "households: 6131", "totals[2].households", "相加为6130"),
    "fraction for a whole number": ("households: 5274", "households: 5274.0", "paths[1].households", "应为整数"),
    "text for a number": ("households: 856", 'households: "856"', "paths[2].households", "应为整数"),
    "truth for a number": ("townships: 3", "townships: true", "paths[3].townships", "应为整数"),
    "nothing for a number": ("villages: 35", "villages:", "paths[3].villages", "应为整数，实为空"),
    "negative number": ("villages: 75", "villages: -75", "paths[4].villages", "应在1到"),
    "more townships than there are": ("townships: 6", "townships: 15", "paths[4].townships", "多于全区的14个"),
    "more villages than households": ("villages: 14", "villages: 9999", "paths[0].villages", "多于户数"),
    "unknown clause": ('clause: "4.1.1.4"', 'clause: "4.1.1.9"', "paths[3].clause", "没有这一条款：4.1.1.9"),
    "clause as a number": ('clause: "3"}', "clause: 3}", "totals[0].clause", "应加引号"),
    "no clause and no choice": (
        "code: household_connection, label: 入户连接, choice: true",
        "code: household_connection, label: 入户连接",
        "paths[0].stages[3]",
        "既没有条款",
    ),
    "unknown key": ("    subsidised_fuel: true", "    subsidized: 1\n    subsidised_fuel: true", "paths[4].subsidized", "不认识"),
    "key written twice": ("bag_kg:\n", "bag_kg: 1\n  bag_kg:\n", "settings.bag_kg", "写了两次"),
    "unknown setting": ("  appeal_days:", "  apeal_days:", "settings.apeal_days", "不认识"),
    "missing setting": ("  appeal_days:", "  apeal_days:", "settings.appeal_days", "缺少"),
    "choice without its reason": ("    why: 与会签一致；逾期上报\n", "", "settings.review_working_days.why", "缺少"),
    "missing key": ("    own_share: false\n", "", "paths[0].own_share", "缺少"),
    "day before the programme's years": ("due: 2022-10-15", "due: 2021-10-15", "milestones[3].due", "2022至2023"),
    "day after the programme's years": ("due: 2023-03-31", "due: 2024-03-31", "milestones[9].due", "2022至2023"),
    "no such day": ("due: 2022-10-15", "due: 2022-02-30", "milestones[3].due", "应为日期"),
    "limit's day outside": ("since: 2022-05-13", "since: 2031-05-13", "fuel_limits_kg[0].since", "2022至2023"),
    "month's milestone on another day": ("due: 2022-04-30", "due: 2022-04-29", "milestones[1].due", "最后一天"),
    "path twice": ("code: heat_pump\n", "code: district_heat\n", "paths[1].code", "重复"),
    "label twice": ("label: 太阳能+\n", "label: 集中供暖\n", "paths[3].label", "重复"),
    "synonym of two paths": ("[生物质,", "[太阳能＋,", "paths[4].synonyms[0]", "重复"),
    "kit item twice": ("{kind: radiator,", "{kind: biomass_stove,", "paths[4].kit[1]", "重复"),
    "milestone twice": ("code: heat_procured", "code: heat_settled", "milestones[1].code", "重复"),
    "limit's day twice": (
        "- {value: 3000, since: 2022-05-13,",
        '- {value: 3000, since: 2022-05-13, clause: "4.1.1.5"}\n  - {value: 2000, since: 2022-05-13,',
        "fuel_limits_kg[1].since",
        "重复",
    ),
    "unknown office": ("lead: energy", "lead: nobody", "paths[2].lead", "没有这个单位"),
    "unknown path in a sum": ("paths: [solar_plus]", "paths: [solar]", "totals[3].paths[0]", "没有这个改造方式"),
    "unknown rung": ("rung: accepted", "rung: half_done", "milestones[3].rung", "之一"),
    "unknown tolerance": ("tolerance: kang_area_tolerance_m2", "tolerance: kang", "paths[1].kit[2].figures[0].tolerance", "没有这个设置"),
    "figure without a bound": (", minimum: 3000", "", "paths[1].kit[0].figures[0]", "只有一个"),
    "figure without a unit": ("name: heat_output_w", "name: heat_output", "paths[1].kit[0].figures[0].name", "单位结尾"),
    "bag that does not divide the limit": ("    value: 25\n", "    value: 70\n", "fuel_limits_kg[0].value", "整数倍"),
    "season without its first day": ("    value: calendar\n", "    value: season\n", "settings.fuel_year_first_day", "要有这一项"),
    "selling without a price": ("    value: false\n", "    value: true\n", "settings.unsubsidised_price_fen_per_kg", "要有这一项"),
    "alarm nobody needs": ("co_alarm: true", "co_alarm: false", "paths[4].co_alarm", "不一致"),
    "kit in no house": ("in_house: true", "in_house: false", "paths[1].in_house", "户内不装"),
    "severity without a fallback": ("{category: any, severity: urgent", "{category: no_heat, severity: urgent", "service_levels.levels", "urgent"),
    "times out of order": ("on_site_minutes: 1440", "on_site_minutes: 3", "service_levels.levels[3]", "依次不减"),
    "months out of order": ("missed_months: 2", "missed_months: 3", "escalations[1].missed_months", "实为3"),
    "holiday from its end": ("{first: 2022-06-03, last: 2022-06-05}", "{first: 2022-06-05, last: 2022-06-03}", "calendar.days_off[4]", "首尾"),
    "worked weekend on a Monday": ("2022-10-08", "2022-10-10", "calendar.worked_weekends[5]", "周末"),
    "season's impossible day": ('first: "10-25"', 'first: "02-30"', "heating_season.first", "应为月日"),
    "area code": ('code: "140602"', "code: 140602", "area.code", "行政区划代码"),
    "two offices without a question": (", open_question: station_plan_office", "", "plan_duties[0]", "两个单位"),
    "clause explained by nothing": ('  "9.3": 用微信、公众号', '  "9.3": \n#', "clauses.9.3", "应为文字"),
    "alias": ("title: 朔城区2022年冬季清洁取暖\ncounty: 朔州市朔城区", "title: &name 朔城区\ncounty: *name", "county", "别名"),
    "value that may not change": (
        "    value: 25\n",
        '    values: [{value: 25, since: 2022-05-13, clause: "2"}]\n',
        "settings.bag_kg.values",
        "不能随日期变化",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", MUTATIONS)
def test_refuses_a_contradiction_with_its_place(kind: str) -> None:
    old, new, place, complaint = MUTATIONS[kind]
    read = read_programme(altered(PLAN, (old, new)))
    assert read.plan is None
    found = [contradiction for contradiction in read.contradictions if contradiction.place == place]
    assert any(complaint in contradiction.text for contradiction in found), [
        str(c) for c in read.contradictions
    ]


def test_says_the_line() -> None:
    raw = altered(PLAN, ("households: 5274", "households: 5274.0"))
    found = read_programme(raw).contradictions
    assert [c.where for c in found] == [f"paths[1].households (line {line_of(raw, 'households: 5274.0')})"]


def test_a_value_that_cannot_be_read_is_not_complained_of_twice() -> None:
    raw = altered(PLAN, ("households: 9387", "households: many"))
    assert [c.place for c in read_programme(raw).contradictions] == ["paths[0].households"]


def test_collects_all_contradictions_in_the_order_of_the_file() -> None:
    raw = altered(
        PLAN,
        ("due: 2022-10-15", "due: 2020-10-15"),
        ('clause: "4.1.1.4"', 'clause: "4.1.1.9"'),
        ("households: 6130", "households: 1"),
        ("    own_share: false\n", ""),
    )
    found = read_programme(raw).contradictions
    assert [c.place for c in found] == [
        "paths[0].own_share", "paths[3].clause", "totals[2].households", "milestones[3].due",
    ]  # fmt: skip
    lines = [c.line or 0 for c in found]
    assert lines == sorted(lines) and lines[0] > 0


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"- 1\n- 2\n",
        b"just words",
        b"a: [1, 2",
        b"a: 1\n---\nb: 2\n",
        b"&a [*a, *a]",
        b"[" * 5000,
        b"x: \x00",
        b"x" * 1_000_001,
        b"? [a, b]\n: 1\n",
        PLAN[: len(PLAN) // 2],
    ],
)
def test_what_is_no_programme_is_refused_and_never_raises(raw: bytes) -> None:
    read = read_programme(raw)
    assert read.plan is None and read.contradictions


def test_a_setting_may_change_within_the_programme_each_entry_with_its_day() -> None:
    from datetime import date

    from tests.programme.files import plan_of

    entries = '[{value: 3, since: 2022-10-01, clause: "5.2"}, {value: 5, since: 2022-05-13, clause: "5.2"}]'
    raw = altered(
        PLAN,
        (
            "  split_countersign_working_days:\n    value: 5\n",
            f"  split_countersign_working_days:\n    values: {entries}\n",
        ),
    )
    days = plan_of(raw).dated_setting("split_countersign_working_days")
    asked = (date(2022, 9, 30), date(2022, 10, 1), date(2022, 10, 2))
    assert [days.on(day).value for day in asked] == [5, 3, 3]
    assert plan_of(raw).setting("split_countersign_working_days") == 3


def test_a_setting_that_may_change_is_decided_from_the_programmes_first_day_on() -> None:
    raw = altered(
        PLAN,
        (
            "  split_countersign_working_days:\n    value: 5\n",
            '  split_countersign_working_days:\n    values: [{value: 3, since: 2022-10-01, clause: "5.2"}]\n',
        ),
    )
    read = read_programme(raw)
    assert read.plan is None and "2022-05-13" in str(read.contradictions[0])
    assert len(read.contradictions) == 1
