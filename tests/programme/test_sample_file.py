"""The sample programme's files against the figures that the public notice gives."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from backend.core.law import NotInForce
from backend.programme.areas import TOWNSHIP, VILLAGE, area_contradictions, read_area_file
from tests.harness import ROOT, SHARED
from tests.harness.outcomes import ABSENT_DATA
from tests.programme.files import AREAS, DISTRICT, PLAN, sample_plan

# clause, path, households, townships, villages, office that leads
PATHS = """
4.1.1.1  district_heat       9387   5  14  区住房和城乡建设局
4.1.1.2  heat_pump           5274   4  20  市生态环境局朔城分局
4.1.1.3  heat_pump_station    856   2   2  区能源局
4.1.1.4  solar_plus          4173   3  35  市生态环境局朔城分局
4.1.1.5  biomass             3923   6  75  市生态环境局朔城分局
"""
# path, kind, count, figure that gates
KITS = """
heat_pump          heat_pump_water     1  heat_output_w>=3000
heat_pump          induction_cooker    1
heat_pump          heated_kang         1  area_m2=5
heat_pump          wiring              1
heat_pump_station  induction_cooker    1
heat_pump_station  heated_kang         1  area_m2=5
solar_plus         air_source_hot_air  1  heat_output_w>=3000
solar_plus         direct_heater       1  heat_output_w>=2000
solar_plus         induction_cooker    1
solar_plus         heated_kang         1  area_m2=5
solar_plus         wiring              1
solar_plus         photovoltaic        1
biomass            biomass_stove       1
biomass            radiator            2
"""
MILESTONES = """
heat  6.1.1  2022-02-28
heat  6.1.2  2022-04-30
heat  6.1.3  2022-05-31
heat  6.1.4  2022-10-15
heat  6.1.4  2022-10-31
user  6.2.1  2022-02-28
user  6.2.2  2022-04-30
user  6.2.3  2022-05-31
user  6.2.4  2022-10-31
user  6.2.5  2023-03-31
"""
TOWNSHIPS = "北旺庄街道 北城街道 神头街道 神头镇 利民镇 小平易乡 下团堡乡 贾庄乡 滋润乡 南榆林乡 沙塄河乡 窑子头乡 张蔡庄乡 南城街道"


def cells(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()]


def test_has_each_path_with_the_notices_households_townships_villages_and_office() -> None:
    plan = sample_plan()
    found = [
        [
            path.clause,
            path.code,
            str(path.households),
            str(path.townships),
            str(path.villages),
            path.lead.label,
        ]
        for path in plan.paths
    ]
    assert found == cells(PATHS)
    assert (plan.households, plan.villages) == (23_613, 146)
    assert plan.path("heat_pump_station").named_villages == ("崔家窑村", "东邵庄村")


def test_counts_heat_pumps_of_both_kinds_as_one_figure() -> None:
    total = sample_plan().total("coal_to_electricity")
    assert (total.label, total.households, total.clause) == ("煤改电", 5274 + 856, "3")


def test_has_each_kit_with_the_notices_figures() -> None:
    found = []
    for path in sample_plan().paths:
        for item in path.kit:
            row = [path.code, item.kind, str(item.count)]
            for figure in item.figures:
                assert item.clause == figure.clause == path.clause
                if figure.minimum is not None:
                    row.append(f"{figure.name}>={figure.minimum}")
                if figure.nominal is not None:
                    row.append(f"{figure.name}={figure.nominal}")
            found.append(row)
    assert found == cells(KITS)


def test_photovoltaic_area_is_watched_and_never_gates_a_house() -> None:
    panels = sample_plan().path("solar_plus").kit_item("photovoltaic")
    assert panels is not None
    figure = panels.figure("area_m2")
    assert figure is not None and figure.programme_average == 70
    assert not figure.gates and figure.holds(Decimal(1))


def test_a_kang_may_differ_by_the_tolerance_and_a_heat_pump_may_not_be_weaker() -> None:
    path = sample_plan().path("heat_pump")
    kang, pump = path.kit_item("heated_kang"), path.kit_item("heat_pump_water")
    assert kang is not None and pump is not None
    area, heat = kang.figures[0], pump.figures[0]
    assert [area.holds(Decimal(text)) for text in ("4.49", "4.5", "5.5", "5.51")] == [
        False,
        True,
        True,
        False,
    ]
    assert [heat.holds(Decimal(text)) for text in ("2999.9", "3000", "9000")] == [False, True, True]


def test_a_carbon_monoxide_alarm_goes_with_a_households_own_stove_only() -> None:
    plan = sample_plan()
    biomass = plan.path("biomass")
    assert [path.code for path in plan.paths if path.needs_co_alarm] == ["biomass"]
    assert biomass.co_alarm_with("household") and not biomass.co_alarm_with("central")
    assert biomass.co_alarm_with(None), "where the arrangement is not recorded, the alarm is not spared"
    assert "co_alarm" in [item.kind for item in biomass.kit_with("household")]
    assert "co_alarm" not in [item.kind for item in biomass.kit_with("distributed")]
    assert {one.code for one in biomass.arrangements if one.preferred} == {"central", "distributed"}


def test_shared_works_have_their_stages_in_order() -> None:
    plan = sample_plan()
    assert [stage.code for stage in plan.path("district_heat").stages] == [
        "exchange_station", "primary_network", "secondary_network", "household_connection", "commissioning",
    ]  # fmt: skip
    assert [stage.code for stage in plan.path("heat_pump_station").stages] == [
        "heat_station", "pipe_network", "household_connection", "commissioning",
    ]  # fmt: skip
    assert not plan.path("district_heat").in_house and plan.path("heat_pump_station").in_house


def test_has_the_milestones_of_both_sides() -> None:
    plan = sample_plan()
    found = [[m.side, m.clause, m.due.isoformat()] for m in plan.milestones]
    assert found == cells(MILESTONES)
    assert plan.milestone("heat_settled").due_label == "2022年2月"
    assert plan.milestone("heat_accepted").due_label == "2022年10月15日"


def test_has_the_other_facts_of_the_notice() -> None:
    plan = sample_plan()
    assert (plan.user_side.area_m2, plan.user_side.least_saving_percent) == (Decimal(372_400), 30)
    assert (plan.coal_sampling.monthly_percent, plan.coal_sampling.yearly_percent) == (20, 100)
    assert [(e.missed_months, e.label) for e in plan.escalations] == [
        (1, "通报"),
        (2, "约谈"),
        (3, "报请处理"),
    ]
    assert [code for code, _ in plan.standard("stove").accepts] == ["DB14/1929-2019"]
    assert [code for code, _ in plan.standard("pellets").accepts] == ["NB/T 34024-2015", "T/SXERA 007-2020"]
    assert [kind.label for kind in plan.public_buildings] == ["卫生所", "学校", "派出所", "福利院"]
    assert plan.hotline.synthetic


def test_names_both_offices_of_the_station_plan_as_an_open_question() -> None:
    plan = sample_plan()
    duty = next(duty for duty in plan.plan_duties if duty.subject == "heat_pump_station")
    assert [office.code for office in duty.offices] == ["energy", "ecology"]
    assert duty.open_question in {question.code for question in plan.open_questions}


def test_fuel_limit_raises_before_the_first_day_and_holds_from_it_on() -> None:
    plan = sample_plan()
    with pytest.raises(NotInForce):
        plan.fuel_limit_kg(date(2022, 5, 12))
    for day in (date(2022, 5, 13), date(2022, 5, 14), date(2023, 12, 31)):
        limit = plan.fuel_limit_kg(day)
        assert (limit.value, limit.clause, limit.since) == (3000, "4.1.1.5", plan.first_day)
    assert 3000 % plan.bag_kg == 0


def test_settings_are_marked_as_choices_with_their_reason() -> None:
    plan = sample_plan()
    assert all(setting.choice and setting.why for setting in plan.settings.values())
    assert plan.setting("unsubsidised_orders") is False
    assert plan.setting("kang_area_tolerance_m2") == Decimal("0.5")
    with pytest.raises(KeyError):
        plan.setting("no_such_setting")
    days = plan.dated_setting("split_countersign_working_days")
    assert days.on(plan.first_day).value == 5
    with pytest.raises(NotInForce):
        days.on(date(2022, 5, 12))


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("集中供暖", "district_heat"),
        ("热电联产集中供暖", "district_heat"),
        ("分户式“煤改电”", "heat_pump"),
        ("分布式煤改电", "heat_pump_station"),
        ("太阳能+", "solar_plus"),
        ("太阳能＋", "solar_plus"),
        (" 太阳能 + ", "solar_plus"),
        ("生物质", "biomass"),
        ("生物质炉具", "biomass"),
        ("生物质炉具＋燃料", "biomass"),
        ("煤改电", None),
        ("天然气", None),
        ("", None),
    ],
)
def test_finds_the_path_that_a_list_means(written: str, code: str | None) -> None:
    found = sample_plan().path_by_label(written)
    assert (found.code if found else None) == code


def test_an_emergency_answers_sooner_than_any_other_report() -> None:
    plan = sample_plan()
    cold = plan.service_level("no_heat", "critical")
    assert (cold.answer_minutes, cold.on_site_minutes, cold.restored_same_day) == (60, 120, True)
    assert plan.service_level("no_heat", "ordinary").category == "any"
    assert plan.service_level("co", "critical").answer_minutes <= cold.answer_minutes
    with pytest.raises(KeyError):
        plan.service_level("no_heat", "no_such_severity")


def test_every_clause_that_the_product_cites_is_explained_in_the_file() -> None:
    plan = sample_plan()
    cited = set()
    for module in (ROOT / "backend").rglob("*.py"):
        cited.update(
            re.findall(r"\bclause(?:: ClassVar\[str \| None\])? ?= ?\"([0-9.]+)\"", module.read_text("utf-8"))
        )
    assert cited - set(plan.clauses) == set()
    assert plan.clause("5.1.3") and plan.clause_list[-1].label == "第九部分（三）"


def test_no_summary_is_a_sentence_of_the_notice() -> None:
    file = SHARED.parent / "spec" / "notice-2022.txt"
    if not file.is_file():
        pytest.skip(f"{ABSENT_DATA}: {file}")
    notice = file.read_text("utf-8")
    plain = re.sub(r"[\s，。；、：“”\"（）()]", "", notice)
    for clause in sample_plan().clause_list:
        for sentence in re.split(r"[。；]", clause.summary):
            words = re.sub(r"[\s，。；、：“”\"（）()]", "", sentence)
            assert len(words) < 12 or words not in plain, clause.id


def test_the_area_file_adds_up_to_the_plan() -> None:
    plan = sample_plan()
    rows, found = read_area_file(AREAS)
    assert found == () and area_contradictions(rows, plan) == ()
    villages = [row for row in rows if row.level == VILLAGE]
    assert sum(row.households or 0 for row in villages) == 23_613
    assert len(villages) == 146
    assert [row.name for row in rows if row.level == TOWNSHIP] == TOWNSHIPS.split()
    for clause, code, households, townships, count, _ in cells(PATHS):
        on_path = [row for row in villages if row.path == code]
        figures = (
            sum(row.households or 0 for row in on_path),
            len({row.code[:9] for row in on_path}),
            len(on_path),
        )
        assert figures == (int(households), int(townships), int(count)), clause
    assert {row.name for row in villages if row.path == "heat_pump_station"} == {"崔家窑村", "东邵庄村"}
    assert all(row.code.startswith(DISTRICT) for row in rows)


def test_files_of_invented_data_say_so() -> None:
    assert AREAS.decode().startswith("# 合成数据")
    assert "invented" in PLAN.decode().split("hotline:")[1][:80]
