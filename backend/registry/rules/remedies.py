"""For each code of a finding: how heavy it is, and what the township is told to do (8.1)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple


class Outcome(StrEnum):
    """What becomes of a row, from light to heavy. A finding is mended, flagged or held; a row imported, flagged or held."""

    IMPORTED = "imported"
    MENDED = "mended"
    FLAGGED = "flagged"
    HELD = "held"


class Remedy(NamedTuple):
    outcome: Outcome
    problem_zh: str
    remedy_zh: str


def _mended(problem: str) -> Remedy:
    return Remedy(Outcome.MENDED, problem, "已按本意自动更正，无需处理")


def _flagged(problem: str, remedy: str) -> Remedy:
    return Remedy(Outcome.FLAGGED, problem, remedy)


def _held(problem: str, remedy: str) -> Remedy:
    return Remedy(Outcome.HELD, problem, remedy)


_COMPLETE_LATER: Final = "已导入，请村里补齐"

REMEDIES: Final[Mapping[str, Remedy]] = {
    "cell.formula": _held("单元格里是公式", "系统不计算公式，请直接填写内容"),
    "row.too_long": _held("内容过长", "请缩短后重新填写"),
    "township.missing": _held("没有填写乡镇（街道）", "请填写乡镇（街道）"),
    "township.unknown": _held("乡镇（街道）不在本区名单内", "请从本区乡镇（街道）中选择"),
    "township.spelling": _mended("乡镇（街道）名称书写不规范"),
    "village.missing": _held("没有填写村（片区）", "请填写村（片区）"),
    "village.unknown": _held("该乡镇（街道）下没有这个村（片区）", "请核对村（片区）与乡镇（街道）"),
    "village.suffix": _mended("村名少写或多写了后缀"),
    "village.spelling": _mended("村名书写不规范"),
    "head.missing": _held("没有填写户主姓名", "户主姓名为必填，请补填"),
    "head.minor": _flagged("户主未满18周岁", "请核实户主是谁"),
    "name.numbered": _flagged("户主姓名带有数字", "请核实是否为单独一户"),
    "name.spaces": _mended("姓名中有空格"),
    "id.missing": _flagged("没有填写身份证号", _COMPLETE_LATER),
    "id.spaces": _mended("身份证号中有空格"),
    "id.apostrophe": _mended("身份证号带有撇号"),
    "id.fullwidth": _mended("身份证号为全角字符"),
    "id.lowercase_x": _mended("身份证号末位为小写x"),
    "id.separators": _mended("身份证号中有分隔符"),
    "id.number": _mended("身份证号为数字格式"),
    "id.fifteen": _flagged("15位旧身份证号，已换算为18位", "请与身份证核对"),
    "id.digits_lost": _held("身份证号被表格存成数字，末几位已丢失", "请把单元格设为文本后重新填写身份证号"),
    "id.length": _held("身份证号位数不对", "请与身份证核对后重新填写"),
    "id.characters": _held("身份证号含有不该有的字符", "请与身份证核对后重新填写"),
    "id.checksum": _held("身份证号校验不通过", "请与身份证核对"),
    "id.birthdate": _held("身份证号中的出生日期不成立", "请与身份证核对"),
    "id.duplicate": _held("同一身份证号出现在多户", "相关各行均暂不计入，请说明此人属于哪一户"),
    "entry.repeated": _held("同一村、同一住址、同一户主重复填报", "请保留一行；确属两户的，请写明区别"),
    "phone.missing": _flagged("没有填写联系电话", _COMPLETE_LATER),
    "phone.length": _flagged("联系电话位数不对", _COMPLETE_LATER),
    "phone.format": _flagged("联系电话不是有效号码", _COMPLETE_LATER),
    "phone.number": _mended("联系电话为数字格式"),
    "phone.spelling": _mended("联系电话书写不规范"),
    "phone.several": _flagged("一格填了多个电话，已取第一个手机号", "请核实常用号码"),
    "phone.landline": _flagged("联系电话为固定电话", "如有手机号请补填，固定电话收不到短信"),
    "phone.shared": _flagged("一个电话用于三户及以上", "请核实各户电话"),
    "register.police_missing": _flagged("没有派出所户号", "请核实户口情况"),
    "register.village_missing": _flagged("村委无登记", "请核实村委登记"),
    "register.none": _flagged("派出所、村委均无登记", "请核实该户是否存在"),
    "register.village_unknown": _flagged("没有填写村委登记", _COMPLETE_LATER),
    "register.village_unclear": _flagged("村委登记填写不明", "请填“是”或“否”"),
    "register.police_shared": _flagged("多户使用同一派出所户号", "请按第五部分核实是否应为一户"),
    "people.missing": _flagged("没有填写家庭人口", _COMPLETE_LATER),
    "people.not_number": _flagged("家庭人口不是整数", "已导入（不含家庭人口），请补填"),
    "people.out_of_range": _flagged("家庭人口数不合常理", "已导入（不含家庭人口），请核实"),
    "people.spelling": _mended("家庭人口带有单位"),
    "address.missing": _held("没有填写住址", "住址为必填，请补填"),
    "courtyard.missing": _flagged("没有填写院落号", _COMPLETE_LATER),
    "courtyard.date": _flagged("院落号被表格变成了日期", "如3-5变成3月5日，请设为文本后重新填写"),
    "courtyard.shared": _flagged("同一院落有多户", "请按第五部分核实是否应为一户"),
    "path.missing": _held("没有填写改造路径", "请选择改造路径"),
    "path.unknown": _held("改造路径不在方案之内", "请从方案的改造路径中选择"),
    "path.synonym": _mended("改造路径写法不规范"),
    "path.not_planned_here": _flagged(
        "方案未给该村安排这一改造路径", "如确需变更，按第四部分（一）1（6）办理；如为笔误请更正"
    ),
    "area.missing": _flagged("没有填写采暖面积", _COMPLETE_LATER),
    "area.not_number": _flagged("采暖面积不是数字", "已导入（不含面积），请补填"),
    "area.negative": _flagged("采暖面积为负数", "已导入（不含面积），请更正"),
    "area.zero": _flagged("采暖面积为零", "已导入（不含面积），请补填"),
    "area.spelling": _mended("采暖面积带有单位"),
    "remark.cut": _flagged("备注过长，已截短", "请精简备注"),
}
