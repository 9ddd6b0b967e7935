"""Loading a plan and its areas: once, again, changed, contradictory, by several at once."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from backend.core.audit import AuditEntry
from backend.core.db import Database
from backend.programme import (
    AreasContradictory,
    LoadedMeanwhile,
    NoProgramme,
    ProgrammeContradictory,
    area,
    area_label,
    area_named,
    areas_from_list,
    areas_under,
    load_areas,
    load_areas_from_list,
    load_programme,
    places_of,
    preview_areas_from_list,
    programme_for,
    programmes,
    the_programme,
    village_named,
)
from backend.programme.models import Area, Programme
from tests.harness.races import race
from tests.programme.files import AREAS, DISTRICT, PLAN, altered, line_of, sample_plan
from tests.sizes import SIZES

NEXT_YEAR = altered(
    PLAN,
    ("id: shuocheng-2022", "id: shuocheng-2023"),
    ("\nyear: 2022", "\nyear: 2023"),
    ("first_day: 2022-05-13", "first_day: 2023-05-13"),
    ("since: 2022-05-13", "since: 2023-05-13"),
)
LISTED = [
    ("利民镇", "新一村", "biomass", 3),
    ("利民镇", "新二村", "biomass", 4),
    ("神头镇", "崔家窑村", "heat_pump_station", 2),
]


def next_year() -> bytes:
    """The plan of 2023: its milestones and holidays of 2022 left out."""
    kept = []
    for line in NEXT_YEAR.decode().splitlines():
        if "worked_weekends" in line:
            line = "  worked_weekends: [2023-04-23]"
        elif "2022-" in line and "first_day" not in line:
            continue
        kept.append(line)
    return "\n".join(kept).encode()


def counted(db: Database, table: type) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def load(db: Database, plan: bytes = PLAN, areas: bytes | None = AREAS) -> None:
    with db.writing() as session:
        load_programme(session, plan, None)
        if areas is not None:
            load_areas(session, areas, None)


def test_loading_the_same_plan_twice_changes_nothing(db: Database) -> None:
    with db.writing() as session:
        first = load_programme(session, PLAN, None)
    reformatted = PLAN.replace(b"\n# ", b"\n#   ") + b"\n# a remark\n"
    with db.writing() as session:
        second = load_programme(session, PLAN, None)
        third = load_programme(session, reformatted, None)
    assert first.changed and first.version == 1
    assert not second.changed and not third.changed
    assert first.id == second.id == third.id
    assert counted(db, Programme) == counted(db, AuditEntry) == 1


def test_another_content_is_a_new_version_in_force_and_audited(db: Database) -> None:
    load(db, areas=None)
    changed = altered(PLAN, ("    value: 25\n", "    value: 50\n"))
    with db.writing() as session:
        report = load_programme(session, changed, "0" * 26)
        assert (report.changed, report.version) == (True, 2)
        assert the_programme(session).bag_kg == 50
    with db.writing() as session:
        again = load_programme(session, PLAN, None)
        assert (again.changed, again.version) == (True, 3), "going back is a version too"
        assert the_programme(session).bag_kg == 25
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [(e.event, e.by, e.facts["version"], e.area) for e in entries] == [
            ("programme.loaded", None, 1, DISTRICT),
            ("programme.loaded", "0" * 26, 2, DISTRICT),
            ("programme.loaded", None, 3, DISTRICT),
        ]


def test_a_contradictory_plan_is_refused_whole_and_every_place_is_named(db: Database) -> None:
    raw = altered(PLAN, ("households: 6130", "households: 1"), ("lead: energy", "lead: nobody"))
    with pytest.raises(ProgrammeContradictory) as refused, db.writing() as session:
        load_programme(session, raw, None)
    assert set(refused.value.errors) == {
        f"paths[2].lead (line {line_of(raw, 'lead: nobody')})",
        f"totals[2].households (line {line_of(raw, 'households: 1,')})",
    }
    assert (refused.value.status, refused.value.code) == (422, "programme.contradictory")
    assert counted(db, Programme) == 0


def test_the_stored_plan_is_the_plan_that_was_read(db: Database) -> None:
    load(db, areas=None)
    from backend.programme import queries

    queries._read.clear()
    with db.reading() as session:
        assert the_programme(session) == sample_plan()
        assert the_programme(session) is programme_for(session, "140602001003"), "read once for each content"


def test_the_plan_of_the_latest_year_holds_and_an_earlier_day_finds_its_own(db: Database) -> None:
    load(db, areas=None)
    with db.writing() as session:
        load_programme(session, next_year(), None)
    with db.reading() as session:
        assert programme_for(session, DISTRICT).id == "shuocheng-2023"
        assert programme_for(session, DISTRICT, on=date(2023, 5, 12)).id == "shuocheng-2022"
        assert programme_for(session, DISTRICT, on=date(2023, 5, 13)).id == "shuocheng-2023"
        with pytest.raises(NoProgramme):
            programme_for(session, DISTRICT, on=date(2022, 5, 12))


def test_counties_keep_their_own_plans(db: Database) -> None:
    load(db, areas=None)
    elsewhere = altered(PLAN, ('"140602"', '"150102"'), ("id: shuocheng-2022", "id: elsewhere-2022"))
    with db.writing() as session:
        load_programme(session, elsewhere, None)
    with db.reading() as session:
        assert programme_for(session, "150102003").id == "elsewhere-2022"
        assert programme_for(session, "140602003").id == "shuocheng-2022"
        assert [plan.area_code for plan in programmes(session)] == ["140602", "150102"]
        for code in ("14", "140603", "", "1"):
            with pytest.raises(NoProgramme):
                programme_for(session, code)


def test_asks_for_a_plan_before_anything_else(db: Database) -> None:
    with db.writing() as session:
        with pytest.raises(NoProgramme):
            the_programme(session)
        with pytest.raises(NoProgramme):
            load_areas(session, AREAS, None)
        with pytest.raises(NoProgramme):
            load_areas_from_list(session, LISTED, DISTRICT, None)


def test_loading_the_same_areas_twice_changes_nothing(db: Database) -> None:
    load(db)
    audited = counted(db, AuditEntry)
    with db.writing() as session:
        report = load_areas(session, AREAS, None)
    assert (report.changed, report.townships, report.villages) == (False, 14, 146)
    assert sum(report.households.values()) == 23_613
    assert counted(db, Area) == 1 + 14 + 146
    assert counted(db, AuditEntry) == audited


AREA_MUTATIONS = {
    "households": (",biomass,56", ",biomass,57", "biomass.households", "共3924户，方案为3923户"),
    "path": (",biomass,56", ",solar_plus,56", "solar_plus.villages", "36个村"),
    "unknown path": (",biomass,56", ",gas,56", "path", "没有这种改造方式：gas"),
    "village missing": ("village,140602005001,平川坡村,biomass,56\n", "", "biomass.villages", "共74个村"),
    "village the notice names": ("崔家窑村", "崔家沟村", "heat_pump_station.named_villages", "崔家窑村"),
    "township that is not there": ("township,140602014,南城街道,,\n", "", "code", "上级不在清单"),
    "code twice": ("140602005002", "140602005001", "code", "代码重复"),
    "name twice": ("双井坡村", "平川坡村", "name", "名称重复"),
    "code of another county": ("district,140602,", "district,140603,", "-", ""),
    "short code": ("village,140602005001", "village,14060200501", "code", "应为12位数字"),
    "level": ("village,140602005001", "hamlet,140602005001", "level", "之一"),
    "fraction": (",biomass,56", ",biomass,56.0", "households", "应为大于零的整数"),
    "no households": (",biomass,56", ",biomass,", "households", "实为空"),
    "households of a township": ("利民镇,,", "利民镇,,5", "households", "只有村"),
    "columns": (",biomass,56", ",biomass,56,1", "row", "应有5列"),
    "header": ("level,code,name", "code,level,name", "header", "表头应为"),
}


@pytest.mark.parametrize("kind", AREA_MUTATIONS)
def test_areas_that_do_not_add_up_are_refused_whole(db: Database, kind: str) -> None:
    old, new, place, complaint = AREA_MUTATIONS[kind]
    load(db, areas=None)
    raw = altered(AREAS, (old, new))
    with pytest.raises((AreasContradictory, NoProgramme)) as refused, db.writing() as session:
        load_areas(session, raw, None)
    if isinstance(refused.value, AreasContradictory):
        found = [c for c in refused.value.contradictions if c.place == place]
        assert any(complaint in c.text for c in found), refused.value.errors
    assert counted(db, Area) == 0


@pytest.mark.parametrize("raw", [b"", b"\xff", b"# only a remark\n", b"level,code,name,path,households\n"])
def test_what_is_no_area_file_is_refused(db: Database, raw: bytes) -> None:
    load(db, areas=None)
    with pytest.raises(AreasContradictory), db.writing() as session:
        load_areas(session, raw, None)


def test_a_code_never_changes_its_meaning(db: Database) -> None:
    load(db)
    renamed = altered(AREAS, ("平川坡村", "平川梁村"))
    moved = altered(AREAS, ("140602005001,", "140602005099,"))
    for raw in (renamed, moved):
        with pytest.raises(AreasContradictory, match="已"), db.writing() as session:
            load_areas(session, raw, None)


def test_finds_areas_by_code_by_name_and_by_what_contains_them(db: Database) -> None:
    load(db)
    with db.reading() as session:
        village = village_named(session, DISTRICT, "神头镇", "崔家窑村")
        assert village is not None
        assert (village.path, village.households, village.level) == ("heat_pump_station", 409, "village")
        assert area(session, village.code) == village
        assert area(session, "140602999") is None
        assert village_named(session, DISTRICT, "北城街道", "崔家窑村") is None
        assert village_named(session, DISTRICT, "神头镇", "崔家窑") is None
        township = area_named(session, DISTRICT, "神头镇")
        assert township is not None and township.code == village.parent_code == village.township_code
        assert area_label(session, village.code) == "神头镇崔家窑村"
        assert area_label(session, township.code) == "神头镇"
        assert area_label(session, DISTRICT) == "朔州市朔城区"
        assert area_label(session, "999999") == ""
        assert len(areas_under(session, DISTRICT, "township")) == 14
        assert [a.name for a in areas_under(session, township.code, "village")][-1] == "崔家窑村"
        assert areas_under(session, "1406020%") == ()
        places = places_of(session, DISTRICT)
        assert len(places.townships) == 14 and len(places.villages) == 146
        assert places.villages["神头镇", "崔家窑村"] == village


def test_a_list_gives_areas_codes_that_neither_order_nor_repetition_changes() -> None:
    forwards, backwards = areas_from_list(LISTED, DISTRICT), areas_from_list(LISTED[::-1], DISTRICT)
    assert forwards == backwards
    assert [(row.code, row.name, row.households) for row in forwards.added] == [
        ("140602001", "利民镇", None),
        ("140602002", "神头镇", None),
        ("140602001001", "新一村", 3),
        ("140602001002", "新二村", 4),
        ("140602002001", "崔家窑村", 2),
    ]
    assert dict(forwards.households) == {"biomass": 7, "heat_pump_station": 2}
    more = areas_from_list([*LISTED, ("丁乡", "甲村", None, 1)], DISTRICT, forwards.added)
    assert [(row.code, row.path) for row in more.added] == [("140602003", None), ("140602003001", None)]


def test_a_village_with_several_paths_is_shown_and_takes_the_commonest() -> None:
    preview = areas_from_list([*LISTED, ("利民镇", "新一村", "solar_plus", 9)], DISTRICT)
    assert preview.mixed == (("利民镇", "新一村", ("solar_plus", "biomass")),)
    village = next(row for row in preview.added if row.name == "新一村")
    assert (village.path, village.households) == ("solar_plus", 12)


def test_areas_of_a_list_are_added_to_those_of_the_plan_and_the_difference_is_told(db: Database) -> None:
    load(db)
    with db.writing() as session:
        preview = preview_areas_from_list(session, LISTED, DISTRICT)
        assert [row.name for row in preview.added] == ["新一村", "新二村"]
        report = load_areas_from_list(session, LISTED, DISTRICT, None)
        assert (report.added, report.updated, report.villages) == (2, 0, 3)
        assert "biomass.villages" in {difference.place for difference in report.differences}
        planned = village_named(session, DISTRICT, "神头镇", "崔家窑村")
        assert planned is not None and planned.households == 409, "what the plan said stands"
    with db.writing() as session:
        again = load_areas_from_list(session, LISTED, DISTRICT, None)
        assert not again.changed


def test_areas_may_come_from_a_list_alone(db: Database) -> None:
    load(db, areas=None)
    with db.writing() as session:
        report = load_areas_from_list(session, LISTED, DISTRICT, None)
        assert report.added == 1 + 2 + 3
        assert area_label(session, "140602001002") == "利民镇新二村"
    with pytest.raises(AreasContradictory), db.writing() as session:
        load_areas_from_list(session, [("甲乡", "乙村", "gas", 1)], DISTRICT, None)


def test_of_several_that_load_the_same_plan_at_once_one_makes_the_version(db: Database) -> None:
    def load_once(_runner: int) -> bool:
        with db.writing() as session:
            return load_programme(session, PLAN, None).changed

    result = race(SIZES.racers, load_once)
    assert sum(result.values) == 1
    assert all(isinstance(error, LoadedMeanwhile) for error in result.errors)
    assert counted(db, Programme) == counted(db, AuditEntry) == 1


def test_lists_that_are_loaded_at_once_never_give_one_code_to_two_villages(db: Database) -> None:
    load(db, areas=None)

    def load_own(runner: int) -> None:
        with db.writing() as session:
            listed = [(f"{runner}乡", f"{runner}村", "biomass", 1), ("同乡", f"{runner}村", "biomass", 1)]
            load_areas_from_list(session, listed, DISTRICT, None)

    result = race(SIZES.racers, load_own)
    assert result.errors == []
    with db.reading() as session:
        villages = areas_under(session, DISTRICT, "village")
        assert len(villages) == 2 * SIZES.racers
        assert len(areas_under(session, DISTRICT, "township")) == SIZES.racers + 1
