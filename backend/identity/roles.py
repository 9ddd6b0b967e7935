"""Roles, what each may do, and who may give them: the one table that permissions are decided from.

A role is held for an area (its code and everything below it), for a company, or for a household (the ties that registry
keeps). An act lists the roles that may do it; where the act concerns a place, the role must reach that place.
"""

from __future__ import annotations

from typing import Final

RESIDENT: Final = "resident"
PROXY: Final = "household_proxy"
CADRE: Final = "village_cadre"
TOWNSHIP: Final = "township_officer"
DISTRICT: Final = "district_officer"
INSTALLER: Final = "installer"
ACCEPTOR: Final = "acceptor"
CONTRACTOR: Final = "contractor_manager"
DRIVER: Final = "driver"
SUPPLIER: Final = "supplier_manager"
REPAIRER: Final = "repairer"
EDITOR: Final = "media_editor"
RELEASER: Final = "media_releaser"
POWER: Final = "power_company_clerk"
INSPECTOR: Final = "inspector"
FINANCE: Final = "finance_officer"
AUDITOR: Final = "auditor"
ADMINISTRATOR: Final = "administrator"

LABELS: Final = {
    RESIDENT: "居民",
    PROXY: "家庭代办人",
    CADRE: "村干部",
    TOWNSHIP: "乡镇（街道）干部",
    DISTRICT: "区级工作人员",
    INSTALLER: "安装人员",
    ACCEPTOR: "验收员",
    CONTRACTOR: "实施企业负责人",
    DRIVER: "配送员",
    SUPPLIER: "燃料供应商负责人",
    REPAIRER: "维修人员",
    EDITOR: "融媒体编辑",
    RELEASER: "融媒体审发人",
    POWER: "供电公司人员",
    INSPECTOR: "监管检查人员",
    FINANCE: "财政人员",
    AUDITOR: "审计人员",
    ADMINISTRATOR: "系统管理员",
}

OF_A_HOUSEHOLD: Final = frozenset({RESIDENT, PROXY})
OF_A_COMPANY: Final = frozenset({INSTALLER, CONTRACTOR, DRIVER, SUPPLIER, REPAIRER})
OF_AN_AREA: Final = frozenset(LABELS) - OF_A_HOUSEHOLD - OF_A_COMPANY

# How long the area code of a role is, where a role belongs to one level: district 6, township 9, village 12 digits.
CODE_LENGTHS: Final = {CADRE: 12, TOWNSHIP: 9, DISTRICT: 6}

HOUSEHOLD: Final = frozenset({RESIDENT, PROXY})
VILLAGE_UP: Final = frozenset({CADRE, TOWNSHIP, DISTRICT})
TOWNSHIP_UP: Final = frozenset({TOWNSHIP, DISTRICT})
LOOKERS: Final = frozenset({INSPECTOR, AUDITOR})
EVERYBODY: Final = frozenset(LABELS) | {"anybody"}

# act → roles. "anybody" is every signed-in person, with or without a role.
ACTS: Final[dict[str, frozenset[str]]] = {
    # identity
    "me.see": EVERYBODY,
    "me.change": EVERYBODY,
    "role.give": frozenset({TOWNSHIP, DISTRICT, CONTRACTOR, SUPPLIER, ADMINISTRATOR}),
    "role.accept": EVERYBODY,
    "role.end": frozenset({TOWNSHIP, DISTRICT, CONTRACTOR, SUPPLIER, ADMINISTRATOR}),
    "role.see": frozenset({TOWNSHIP, DISTRICT, CONTRACTOR, SUPPLIER, ADMINISTRATOR, AUDITOR}),
    # background jobs: one's own, while one holds the role that was needed to ask
    "job.see": EVERYBODY,
    "job.cancel": EVERYBODY,
    # registry
    "list.import": TOWNSHIP_UP,
    "list.see": TOWNSHIP_UP | LOOKERS,
    "list.held": VILLAGE_UP | LOOKERS,
    "household.see": HOUSEHOLD | VILLAGE_UP | LOOKERS | OF_A_COMPANY | {ACCEPTOR},
    "household.list": HOUSEHOLD | VILLAGE_UP | LOOKERS,
    "household.complete": VILLAGE_UP,
    "household.settle": VILLAGE_UP,
    "sticker.print": VILLAGE_UP,
    "sticker.replace": VILLAGE_UP,
    "household.bind": EVERYBODY,
    "household.vouch": frozenset({CADRE}),
    "proxy.give": HOUSEHOLD | {CADRE},
    "tie.end": HOUSEHOLD | {CADRE},
    "household.confirm": HOUSEHOLD,
    "household.confirm_for": frozenset({CADRE}),
    "household.lock": frozenset({TOWNSHIP}),
    "household.send_back": frozenset({CADRE, TOWNSHIP}),
    "scan.see": HOUSEHOLD | VILLAGE_UP | LOOKERS,
    "scan.trace": VILLAGE_UP | LOOKERS,
    "household.call": VILLAGE_UP,
    "household.reveals": HOUSEHOLD | TOWNSHIP_UP | LOOKERS,
    # doorstep
    "home.see": HOUSEHOLD | VILLAGE_UP | LOOKERS,
    "desk.see": VILLAGE_UP | LOOKERS,
    # eligibility
    "eligibility.ask": VILLAGE_UP | LOOKERS,
    # supervision
    "company.register": frozenset({DISTRICT, ADMINISTRATOR}),
    "company.see": EVERYBODY,
    # installation
    "contract.record": frozenset({CONTRACTOR, CADRE, DISTRICT}),
    "contract.confirm": HOUSEHOLD | {CADRE},
    "contract.end": TOWNSHIP_UP,
    "slot.open": frozenset({CONTRACTOR}),
    "slot.see": EVERYBODY,
    "booking.make": HOUSEHOLD | {CADRE, CONTRACTOR},
    "booking.change": HOUSEHOLD | {CADRE, CONTRACTOR},
    "booking.list": HOUSEHOLD | VILLAGE_UP | LOOKERS | {INSTALLER, CONTRACTOR},
    "visit.work": frozenset({INSTALLER}),
    "co_alarm.fit": frozenset({INSTALLER, DRIVER, CADRE}),
    "household.brief": frozenset({INSTALLER, DRIVER, CADRE}),
    "household.energise": frozenset({INSTALLER, REPAIRER, CADRE}),
    "acceptance.record": frozenset({ACCEPTOR}),
    "heat.confirm": HOUSEHOLD | {CADRE},
    "installation.see": HOUSEHOLD | VILLAGE_UP | LOOKERS | OF_A_COMPANY | {ACCEPTOR},
    "network_stage.plan": frozenset({DISTRICT}),
    "network_stage.see": EVERYBODY,
    # fuel
    "fuel.see_balance": HOUSEHOLD | VILLAGE_UP | LOOKERS,
    "fuel.see": HOUSEHOLD | VILLAGE_UP | LOOKERS | {DRIVER, SUPPLIER},
    "fuel.order": HOUSEHOLD | {CADRE},
    "fuel.cancel": HOUSEHOLD | {CADRE},
    "fuel.deliver": frozenset({DRIVER}),
    "fuel.report_failure": VILLAGE_UP | {DRIVER, SUPPLIER},
    "fuel.confirm": HOUSEHOLD | {CADRE},
    "fuel.correct": TOWNSHIP_UP,
    "fuel.register_batch": frozenset({SUPPLIER}),
    "fuel.see_batches": LOOKERS | {DISTRICT, DRIVER, SUPPLIER},
    "fuel.report_test": frozenset({SUPPLIER, INSPECTOR, DISTRICT}),
    "fuel.decide_test": frozenset({INSPECTOR, DISTRICT}),
    "fuel.quarantine": frozenset({INSPECTOR, DISTRICT}),
    "fuel.assign_supplier": frozenset({DISTRICT}),
    # faults
    "fault.report": HOUSEHOLD | VILLAGE_UP,
    "fault.see": HOUSEHOLD | VILLAGE_UP | LOOKERS | {CONTRACTOR, REPAIRER},
    "fault.dispatch": frozenset({CONTRACTOR}) | TOWNSHIP_UP,
    "fault.repair": frozenset({REPAIRER}),
    "fault.pause": frozenset({CONTRACTOR}),
    "fault.call_back": VILLAGE_UP | {CONTRACTOR, REPAIRER},
    "fault.confirm": HOUSEHOLD | {CADRE},
    "fault.reopen": HOUSEHOLD | VILLAGE_UP,
    "fault.close": HOUSEHOLD | {CADRE, DISTRICT},
    "fault.call_false": VILLAGE_UP,
    "heater.lend": VILLAGE_UP | {CONTRACTOR, REPAIRER},
    "outage.see": VILLAGE_UP | LOOKERS | {CONTRACTOR},
    # photos: by the place of what they belong to
    "photo.see": HOUSEHOLD | VILLAGE_UP | LOOKERS | OF_A_COMPANY | {ACCEPTOR},
    # publicity
    "campaign.write": frozenset({EDITOR}),
    "campaign.release": frozenset({RELEASER}),
    "campaign.see": frozenset({EDITOR, RELEASER, DISTRICT}) | LOOKERS,
    # conversation
    "conversation.use": EVERYBODY,
    "conversation.see": HOUSEHOLD | {CADRE, TOWNSHIP},
    "conversation.answer": frozenset({CADRE, TOWNSHIP}),
    # messaging
    "inbox.see": EVERYBODY,
    "inbox.read": EVERYBODY,
    "consent.report": EVERYBODY,
    "poster.make": VILLAGE_UP | {EDITOR, RELEASER, ADMINISTRATOR},
    "message.see": frozenset({DISTRICT, AUDITOR, ADMINISTRATOR}),
    "message.retry": frozenset({DISTRICT, ADMINISTRATOR}),
}


# role → roles that may give and end it, within their own area or company.
GIVERS: Final[dict[str, frozenset[str]]] = {
    CADRE: frozenset({TOWNSHIP, DISTRICT}),
    TOWNSHIP: frozenset({DISTRICT}),
    DISTRICT: frozenset({ADMINISTRATOR}),
    INSTALLER: frozenset({CONTRACTOR}),
    REPAIRER: frozenset({CONTRACTOR}),
    CONTRACTOR: frozenset({DISTRICT}),
    ACCEPTOR: frozenset({TOWNSHIP, DISTRICT}),
    DRIVER: frozenset({SUPPLIER}),
    SUPPLIER: frozenset({DISTRICT}),
    EDITOR: frozenset({DISTRICT}),
    RELEASER: frozenset({DISTRICT}),
    POWER: frozenset({DISTRICT}),
    INSPECTOR: frozenset({DISTRICT}),
    FINANCE: frozenset({DISTRICT}),
    AUDITOR: frozenset({ADMINISTRATOR}),
    ADMINISTRATOR: frozenset({ADMINISTRATOR}),
}

ROLES_TO_GIVE: Final = tuple(sorted(GIVERS))
