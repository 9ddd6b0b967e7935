"""The nouns of one county's plan, frozen: what a programme file says once it is free of contradiction.

Every part names the clause it rests on; one that the notice leaves open has ``choice`` True and may have none;
units stand in the names (``heat_output_w``, ``area_m2``); kilograms are integers, measured figures decimals.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from backend.core.law import Dated, DatedValue, clause_label
from backend.programme import rules
from backend.programme.rules import FuelYear, MonthDay

ANY = "any"
HOUSEHOLD_STOVE = "household"


def plain_label(text: str) -> str:
    """A label as it is compared: one width, no blanks, no quotation marks (太阳能＋ is 太阳能+)."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(mark for mark in folded if not mark.isspace() and mark not in "“”‘’\"'「」『』")


@dataclass(frozen=True, slots=True)
class Office:
    """A department, enterprise or committee of the programme; never a person."""

    code: str
    label: str
    kind: str
    clause: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a kit item. A minimum or a nominal value gates a house; a programme's average never."""

    name: str
    label: str
    clause: str
    minimum: Decimal | None = None
    nominal: Decimal | None = None
    tolerance: Decimal | None = None
    programme_average: Decimal | None = None

    @property
    def gates(self) -> bool:
        return self.programme_average is None

    def holds(self, value: Decimal) -> bool:
        """Whether one installed item meets the figure; always True for a figure that is only watched."""
        if self.minimum is not None and value < self.minimum:
            return False
        return self.nominal is None or abs(value - self.nominal) <= (self.tolerance or Decimal(0))


@dataclass(frozen=True, slots=True)
class KitItem:
    """What must stand in the house, and how many; ``serial``: whether each is recorded by serial number."""

    kind: str
    label: str
    count: int
    clause: str
    serial: bool
    figures: tuple[Figure, ...] = ()

    def figure(self, name: str) -> Figure | None:
        return next((figure for figure in self.figures if figure.name == name), None)


@dataclass(frozen=True, slots=True)
class Stage:
    """A dated step of a shared work that households wait for, in the file's order."""

    code: str
    label: str
    clause: str | None
    choice: bool


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How a path's heat is made: in the house, or shared. ``fuel_to`` is ``household`` or ``boiler``."""

    code: str
    label: str
    clause: str
    preferred: bool
    co_alarm: bool
    fuel_to: str


@dataclass(frozen=True, slots=True)
class HeatingPath:
    """One way to clean heat with its quota, its kit or its network's stages, and the office that leads it."""

    code: str
    label: str
    synonyms: tuple[str, ...]
    clause: str
    households: int
    townships: int
    villages: int
    lead: Office
    named_villages: tuple[str, ...]
    in_house: bool
    own_share: bool
    electricity_subsidy: bool
    subsidised_fuel: bool
    operation_clause: str
    stages: tuple[Stage, ...]
    kit: tuple[KitItem, ...]
    arrangements: tuple[Arrangement, ...]
    co_alarm: KitItem | None

    @property
    def needs_co_alarm(self) -> bool:
        """Whether any arrangement of this path needs a carbon-monoxide alarm where people stay."""
        return any(arrangement.co_alarm for arrangement in self.arrangements)

    def co_alarm_with(self, arrangement: str | None) -> bool:
        """The same for one arrangement; one that is not recorded is taken for a household's own stove."""
        known = self.arrangement(arrangement or HOUSEHOLD_STOVE)
        return self.needs_co_alarm if known is None else known.co_alarm

    def kit_with(self, arrangement: str | None) -> tuple[KitItem, ...]:
        """The whole kit of a house under an arrangement, with the alarm where it is needed."""
        if self.co_alarm is not None and self.co_alarm_with(arrangement):
            return (*self.kit, self.co_alarm)
        return self.kit

    def kit_item(self, kind: str) -> KitItem | None:
        alarm = () if self.co_alarm is None else (self.co_alarm,)
        return next((item for item in (*self.kit, *alarm) if item.kind == kind), None)

    def stage(self, code: str) -> Stage | None:
        return next((stage for stage in self.stages if stage.code == code), None)

    def arrangement(self, code: str) -> Arrangement | None:
        return next((arrangement for arrangement in self.arrangements if arrangement.code == code), None)


@dataclass(frozen=True, slots=True)
class Standard:
    """What an equipment or a fuel must meet; any one of ``accepts`` (code, title) will do."""

    subject: str
    accepts: tuple[tuple[str, str], ...]
    contract_grade: bool
    clause: str


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over paths that the notice states, or by which the city counts."""

    code: str
    label: str
    paths: tuple[str, ...]
    households: int
    clause: str


@dataclass(frozen=True, slots=True)
class Milestone:
    """A step of one side of the plan and its last day; ``by_month`` when the notice names only the month.

    ``rung`` is the step of the ladder by which it is measured, None where offices report it.
    """

    code: str
    side: str
    label: str
    due: date
    by_month: bool
    rung: str | None
    clause: str

    @property
    def due_label(self) -> str:
        if self.by_month:
            return f"{self.due.year}年{self.due.month}月"
        return f"{self.due.year}年{self.due.month}月{self.due.day}日"


@dataclass(frozen=True, slots=True)
class UserSide:
    """The building-envelope target (4.1.2): square metres and the least saving against before."""

    area_m2: Decimal
    least_saving_percent: int
    clause: str


@dataclass(frozen=True, slots=True)
class CoalSampling:
    """Shares of the outlets whose coal is tested, at least (7.2.8.2)."""

    monthly_percent: int
    yearly_percent: int
    clause: str


@dataclass(frozen=True, slots=True)
class Escalation:
    """What so many missed months in a row bring (9.2)."""

    missed_months: int
    step: str
    label: str
    clause: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """One of the equipment's inspections, in order (8.4)."""

    code: str
    label: str
    clause: str
    choice: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A coded and labelled entry of a short list: public-building kinds, sources of funds."""

    code: str
    label: str
    clause: str


@dataclass(frozen=True, slots=True)
class PlanDuty:
    """Which offices write which plan (8.2)."""

    subject: str
    label: str
    offices: tuple[Office, ...]
    clause: str
    open_question: str | None


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A place where the notice contradicts itself or is silent, shown as such."""

    code: str
    text: str
    clause: str


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """Minutes to answer, to stand at the door and to restore, for a category (or any) and a severity.

    ``restored_same_day`` instead of minutes: warm again, or a spare heater, before the day ends.
    """

    category: str
    severity: str
    label: str
    answer_minutes: int
    on_site_minutes: int
    restore_minutes: int | None
    restored_same_day: bool


@dataclass(frozen=True, slots=True)
class Climb:
    """To whom an overdue report climbs, so many minutes after its time."""

    role: str
    label: str
    after_minutes: int


@dataclass(frozen=True, slots=True)
class Setting:
    """One decision that the notice leaves open, with its reason and, where it may change, its entries by day."""

    name: str
    values: Dated
    label: str
    clause: str | None
    choice: bool
    why: str

    @property
    def value(self) -> Any:
        return self.values.entries[-1].value

    @property
    def value_text(self) -> str:
        """The value as text for people and for the wire."""
        if isinstance(self.value, bool):
            return "是" if self.value else "否"
        return "、".join(self.value) if isinstance(self.value, tuple) else str(self.value)


@dataclass(frozen=True, slots=True)
class Hotline:
    number: str
    hours: str
    synthetic: bool


@dataclass(frozen=True, slots=True)
class HeatingSeason:
    """First and last day of the cold season, each year anew."""

    first: MonthDay
    last: MonthDay


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Days off and worked weekend days as announced for the programme's years."""

    days_off: frozenset[date]
    worked_weekends: frozenset[date]


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause and what it says, in the project's own words."""

    id: str
    summary: str

    @property
    def label(self) -> str:
        return clause_label(self.id)


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """One county's plan, read and free of contradiction. Safe to keep: nothing in it changes."""

    id: str
    title: str
    county: str
    area_code: str
    township_count: int
    year: int
    last_year: int
    first_day: date
    content_hash: str
    hotline: Hotline
    offices: tuple[Office, ...]
    paths: tuple[HeatingPath, ...]
    totals: tuple[Total, ...]
    standards: tuple[Standard, ...]
    fuel_limits: Dated
    milestones: tuple[Milestone, ...]
    user_side: UserSide
    public_buildings: tuple[Item, ...]
    heating_season: HeatingSeason
    calendar: WorkCalendar
    service_levels: tuple[ServiceLevel, ...]
    climbs: tuple[Climb, ...]
    coal_sampling: CoalSampling
    escalations: tuple[Escalation, ...]
    inspections: tuple[Inspection, ...]
    fund_sources: tuple[Item, ...]
    plan_duties: tuple[PlanDuty, ...]
    open_questions: tuple[OpenQuestion, ...]
    settings: Mapping[str, Setting]
    clauses: Mapping[str, str]

    @property
    def households(self) -> int:
        return sum(path.households for path in self.paths)

    @property
    def villages(self) -> int:
        return sum(path.villages for path in self.paths)

    @property
    def path_codes(self) -> tuple[str, ...]:
        return tuple(path.code for path in self.paths)

    def path(self, code: str) -> HeatingPath:
        """The path of this code; KeyError for a code that is not in the plan."""
        return _only(code, (path for path in self.paths if path.code == code))

    def path_by_label(self, text: str) -> HeatingPath | None:
        """The path that lists mean by ``text``: label or synonym, any width or quotation marks; or None."""
        wanted = plain_label(text)
        for path in self.paths:
            if wanted in (plain_label(name) for name in (path.label, *path.synonyms)):
                return path
        return None

    def office(self, code: str) -> Office:
        return _only(code, (office for office in self.offices if office.code == code))

    def total(self, code: str) -> Total:
        return _only(code, (total for total in self.totals if total.code == code))

    def standard(self, subject: str) -> Standard:
        return _only(subject, (standard for standard in self.standards if standard.subject == subject))

    def milestone(self, code: str) -> Milestone:
        return _only(code, (milestone for milestone in self.milestones if milestone.code == code))

    def setting(self, name: str) -> Any:
        """The latest value of a named setting; KeyError for a name that is none. There are no defaults.

        Decisions ask ``dated_setting``, with their day.
        """
        return self.settings[name].value

    def dated_setting(self, name: str) -> Dated:
        """A setting with its entries by first day; ``.on(day)`` raises NotInForce before the first."""
        return self.settings[name].values

    def clause(self, clause: str) -> str:
        """What a clause says, in the project's own words; KeyError for one that the file does not have."""
        return self.clauses[clause]

    def fuel_limit_kg(self, on: date) -> DatedValue:
        """Kilograms of subsidised fuel a household may draw in a year (4.1.1.5); NotInForce before its day.

        Ask with the day of the request, not with the first day of its fuel year.
        """
        return self.fuel_limits.on(on)

    @property
    def clause_list(self) -> tuple[Clause, ...]:
        """All clauses in the order of the notice."""
        ordered = sorted(self.clauses, key=lambda clause: [int(level) for level in clause.split(".")])
        return tuple(Clause(clause, self.clauses[clause]) for clause in ordered)

    @property
    def bag_kg(self) -> int:
        kilograms: int = self.setting("bag_kg")
        return kilograms

    def fuel_year_of(self, day: date) -> FuelYear:
        """The fuel year to which a request of ``day`` belongs."""
        if self.setting("fuel_year") == "calendar":
            return rules.calendar_fuel_year(day)
        return rules.season_fuel_year(day, MonthDay.read(self.setting("fuel_year_first_day")))

    def in_heating_season(self, day: date) -> bool:
        return rules.within_season(day, self.heating_season.first, self.heating_season.last)

    def heating_season_of(self, day: date) -> tuple[date, date]:
        """First and last day of the season that ``day`` lies in, or else of the next one."""
        return rules.season_at_or_after(day, self.heating_season.first, self.heating_season.last)

    def is_working_day(self, day: date) -> bool:
        return rules.is_working_day(day, self.calendar.days_off, self.calendar.worked_weekends)

    def working_days_after(self, day: date, count: int) -> date:
        """The last day of a time limit of ``count`` working days that begins the day after ``day``."""
        return rules.working_days_after(day, count, self.calendar.days_off, self.calendar.worked_weekends)

    def service_level(self, category: str, severity: str) -> ServiceLevel:
        """The hours for a report: those of its category, or else those of any category at this severity."""
        at_severity = [level for level in self.service_levels if level.severity == severity]
        for wanted in (category, ANY):
            for level in at_severity:
                if level.category == wanted:
                    return level
        raise KeyError(severity)


_Noun = TypeVar("_Noun")


def _only(code: str, found: Iterable[_Noun]) -> _Noun:
    for noun in found:
        return noun
    raise KeyError(code)
