"""Why a file cannot be read as a list."""

from __future__ import annotations

from backend.core.errors import Invalid, TooLarge, WrongMedia


class NotAList(WrongMedia):
    code = "import.not_a_list"
    title = "读不出清单"
    next = "请用系统提供的模板填写，保存为 xlsx 或 csv 后再上传。"
    clause = "8.1"


class ListTooLarge(TooLarge):
    code = "import.too_large"
    title = "清单过大"
    next = "请按村或乡镇（街道）分开，删去空白行列后再上传。"
    clause = "8.1"


class ColumnsMissing(Invalid):
    code = "import.columns_missing"
    title = "清单缺少必要的列"
    next = "请补上缺少的列（表头写在同一行）后再上传。"
    clause = "8.1"


class ColumnsRepeated(Invalid):
    code = "import.columns_repeated"
    title = "清单中有重复的列"
    next = "请每种内容只保留一列后再上传。"
    clause = "8.1"


class SeveralLists(Invalid):
    code = "import.several_lists"
    title = "文件中有多张清单"
    next = "请合并为一个工作表，或分成几个文件上传。"
    clause = "8.1"
