"""Items against the figures of the sample programme's kits."""

from __future__ import annotations

from decimal import Decimal

import pytest

from backend.installation.rules.kit import figures_hold, missing_of, plain_serial, rooms_without_alarm
from tests.programme.files import sample_plan as sample_programme


def item(path: str, kind: str):  # type: ignore[no-untyped-def]  # the programme's own KitItem
    found = sample_programme().path(path).kit_item(kind)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("path", "kind", "figure", "value", "code"),
    [
        ("heat_pump", "heat_pump_water", "heat_output_w", "2999.99", "kit.figure_short"),
        ("heat_pump", "heat_pump_water", "heat_output_w", "3000", None),
        ("heat_pump", "heat_pump_water", "heat_output_w", "8000", None),
        ("solar_plus", "air_source_hot_air", "heat_output_w", "2999", "kit.figure_short"),
        ("solar_plus", "direct_heater", "heat_output_w", "1999", "kit.figure_short"),
        ("solar_plus", "direct_heater", "heat_output_w", "2000", None),
        ("heat_pump", "heated_kang", "area_m2", "4.49", "kit.figure_short"),
        ("heat_pump", "heated_kang", "area_m2", "4.5", None),
        ("heat_pump_station", "heated_kang", "area_m2", "5.5", None),
        ("heat_pump_station", "heated_kang", "area_m2", "5.51", "kit.figure_short"),
        ("solar_plus", "photovoltaic", "area_m2", "12", None),
    ],
)
def test_figures_gate_at_their_limit_and_the_average_never_does(
    path: str, kind: str, figure: str, value: str, code: str | None
) -> None:
    decision = figures_hold(item(path, kind), {figure: Decimal(value)})
    assert [reason.code for reason in decision.reasons] == ([code] if code else [])
    for reason in decision.reasons:
        assert reason.clause == sample_programme().path(path).clause
        assert value in reason.text


def test_a_gating_figure_cannot_be_left_out_and_a_watched_one_can() -> None:
    missing = figures_hold(item("heat_pump", "heat_pump_water"), {})
    assert [reason.code for reason in missing.reasons] == ["kit.figure_missing"]
    assert figures_hold(item("solar_plus", "photovoltaic"), {}).outcome == "yes"


def test_a_figure_that_the_plan_does_not_know_is_told() -> None:
    decision = figures_hold(item("heat_pump", "induction_cooker"), {"colour": Decimal(1)})
    assert [reason.code for reason in decision.reasons] == ["kit.figure_unknown"]


def test_what_is_missing_is_counted_and_the_alarm_belongs_to_a_stove_of_ones_own() -> None:
    path = sample_programme().path("biomass")
    own = {each.kind: each.count for each in missing_of(path.kit_with(None), {"radiator": 1})}
    assert own == {"biomass_stove": 1, "radiator": 1, "co_alarm": 1}
    shared = {each.kind for each in missing_of(path.kit_with("central"), {})}
    assert "co_alarm" not in shared
    assert missing_of(path.kit_with(None), {"biomass_stove": 1, "radiator": 3, "co_alarm": 2}) == ()


@pytest.mark.parametrize("typed", ["ab-12 34", "AB1234", "ＡＢ１２３４", "ab 12/34"])
def test_spellings_of_one_serial_are_one(typed: str) -> None:
    assert plain_serial(typed) == "AB1234"


def test_rooms_without_an_alarm_are_flagged() -> None:
    assert rooms_without_alarm(["卧室", "堂屋", "卧室"], ["堂屋"]) == ("卧室",)
