"""Values by field type, checked twice: by our rules, and by the stand-in that was written apart from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.wechat import UnfitValue, fit_page, fit_scene, fit_value, fit_values
from scripts.wechat_standin import TEMPLATE_IDS, TEMPLATES
from scripts.wechat_standin.fields import first_wrong_field

KINDS = [
    *("thing", "number", "letter", "symbol", "character_string", "time", "date"),
    *("amount", "phone_number", "car_number", "name", "phrase"),
]


@pytest.mark.parametrize(
    ("field", "given_value", "fitted"),
    [
        ("thing1", "二十个字以内的原样保留", "二十个字以内的原样保留"),
        ("thing1", "一" * 21, "一" * 19 + "…"),
        ("thing1", " 两行\n变一行\t", "两行 变一行"),
        ("name2", "阿卜杜热合曼·买买提艾力江", "阿卜杜热合曼·买买提"),
        ("name2", "Alexander Hamilton the Second", "Alexander Hamilton t"),
        ("number3", "500", "500"),
        ("amount4", "¥1200.50", "¥1200.50"),
        ("time5", "2022年9月15日 08:00~10:00", "2022年9月15日 08:00~10:00"),
        ("time5", "08:30", "08:30"),
        ("date6", "2022年9月15日", "2022年9月15日"),
        ("date6", "2022-09-15", "2022-09-15"),
        ("phrase7", "已受理", "已受理"),
        ("phone_number8", "0350-1234567", "0350-1234567"),
        ("character_string9", "SQ-20220915-0001", "SQ-20220915-0001"),
        ("time5", "23:59~00:00", "23:59~00:00"),
        ("letter10", "ABC", "ABC"),
        ("letter10", "a" * 32, "a" * 32),
        ("symbol11", "***", "***"),
        ("car_number12", "晋H12345", "晋H12345"),
        ("car_number12", "晋H123456", "晋H123456"),
    ],
)
def test_duty_12_prose_is_cut_and_the_rest_kept(field: str, given_value: str, fitted: str) -> None:
    assert fit_value(field, given_value) == fitted
    assert fit_value(field, fitted) == fitted


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[(f"{kind}1", "") for kind in KINDS],
        ("thing1", " \n "),
        ("name1", "王2"),
        ("number1", "1" * 33),
        ("number1", "五百"),
        ("letter1", "A1"),
        ("letter1", "a" * 33),
        ("symbol1", "******"),
        ("character_string1", "编号1"),
        ("character_string1", "a" * 33),
        ("time1", "24:00"),
        ("time1", "25:00"),
        ("time1", "08:60"),
        ("time1", "08:00~25:00"),
        ("time1", "2022年9月15日 08:00~2022年9月31日 08:00"),
        ("time1", "明天上午"),
        ("time1", "2022年2月30日 08:00"),
        ("time1", "08:00~09:00~10:00"),
        ("date1", "2022年13月1日"),
        ("date1", "08:00"),
        ("amount1", "1200"),
        ("amount1", "¥12345678901"),
        ("phone_number1", "1" * 18),
        ("car_number1", "晋H1234567"),
        ("phrase1", "已经受理了吧"),
        ("phrase1", "OK"),
        ("colour1", "red"),
    ],
)
def test_duty_12_what_would_be_refused_or_would_lie_when_cut_is_unfit(field: str, value: str) -> None:
    with pytest.raises(UnfitValue) as unfit:
        fit_value(field, value)
    assert unfit.value.field == field
    if len(value) > 3:
        assert value not in str(unfit.value)


def test_a_message_without_fields_is_unfit() -> None:
    with pytest.raises(UnfitValue):
        fit_values({})


@given(st.sampled_from(KINDS), st.text(max_size=60) | st.from_regex(r"[¥]?\d{1,40}(:\d\d)?", fullmatch=True))
def test_what_we_let_through_the_platform_takes(kind: str, value: str) -> None:
    field = f"{kind}1"
    try:
        fitted = fit_value(field, value)
    except UnfitValue:
        return
    assert first_wrong_field({field: "x"}, {field: {"value": fitted}}) is None, fitted


def test_each_template_of_the_demo_has_fields_that_we_know() -> None:
    assert set(TEMPLATE_IDS) == {"visit", "fuel", "fault", "confirm", "notice", "service"}
    for template in TEMPLATES.values():
        for field in template["fields"]:
            with pytest.raises(UnfitValue, match="empty"):
                fit_value(field, "")


@pytest.mark.parametrize("scene", ["A1B2C3D4E5", "h=A1B2C3D4E5&v=2", "a" * 32, "0!#$&'()*+,/:;=?@-._~"])
def test_a_scene_of_the_platforms_characters_fits(scene: str) -> None:
    assert fit_scene(scene) == scene


@pytest.mark.parametrize("scene", ["", "a" * 33, "户码", "a b", "a%20", "a\n"])
def test_any_other_scene_is_unfit(scene: str) -> None:
    with pytest.raises(UnfitValue):
        fit_scene(scene)


@pytest.mark.parametrize("page", ["", "/pages/index", "https://example.invalid/"])
def test_a_page_is_a_path_without_leading_slash(page: str) -> None:
    assert fit_page("pages/index?id=1") == "pages/index?id=1"
    with pytest.raises(UnfitValue):
        fit_page(page)
