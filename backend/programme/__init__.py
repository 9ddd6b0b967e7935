"""One county's plan for one year as data, and the areas that it covers."""

from backend.programme.actions import (
    AreasReport,
    LoadReport,
    load_areas,
    load_areas_from_list,
    load_programme,
    preview_areas_from_list,
)
from backend.programme.areas import AreaPreview, AreaRow, areas_from_list
from backend.programme.errors import (
    AreasContradictory,
    LoadedMeanwhile,
    NoProgramme,
    ProgrammeContradictory,
)
from backend.programme.hotline import KnownHotline
from backend.programme.plan import (
    Arrangement,
    Figure,
    HeatingPath,
    KitItem,
    Milestone,
    Office,
    ProgrammeView,
    ServiceLevel,
    Setting,
    Stage,
    plain_label,
)
from backend.programme.queries import (
    AreaView,
    Places,
    area,
    area_label,
    area_named,
    area_names,
    areas_below,
    areas_under,
    areas_with,
    places_of,
    programme_for,
    programmes,
    the_programme,
    village_named,
)
from backend.programme.rules import FuelYear, MonthDay

__all__ = [
    "AreaPreview", "AreaRow", "AreaView", "AreasContradictory", "AreasReport", "Arrangement", "Figure", "FuelYear",
    "HeatingPath", "KitItem", "KnownHotline", "LoadReport", "LoadedMeanwhile", "Milestone", "MonthDay", "NoProgramme",
    "Office", "Places", "ProgrammeContradictory", "ProgrammeView", "ServiceLevel", "Setting", "Stage", "area",
    "area_label", "area_named", "area_names", "areas_below", "areas_from_list", "areas_under", "areas_with",
    "load_areas", "load_areas_from_list", "load_programme", "places_of", "plain_label", "preview_areas_from_list",
    "programme_for", "programmes", "the_programme", "village_named",
]  # fmt: skip
