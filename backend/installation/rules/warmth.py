"""What can be done tonight in a house without heat, whatever paper is missing (2): worded here and nowhere else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

BORROW: Final = "向村委会借用电暖器（登记编号），今晚先用上。"
CLEAN_COAL: Final = "到应急供应点领清洁煤；分户炉具要先测试一氧化碳报警器，没有的由上门的人当场装好测好。"
WARM_ROOM: Final = "屋里太冷就到村里的取暖点（暖房）过夜，老人、孩子先去。"

_WORD_HOLDS: Final = timedelta(days=7)


def way_to_warmth(in_season: bool, hotline: str) -> str:
    """The ways in one breath, for the end of a refusal; nothing outside the cold season."""
    if not in_season:
        return ""
    return f"手续没办完也不让人受冻。{BORROW}{CLEAN_COAL}{WARM_ROOM}服务热线 {hotline}。"


def says_it_is_cold(cold_at: datetime | None, warm_at: datetime | None, now: datetime) -> bool:
    """Whether a household's last word is that it is cold.

    "It is warm" is said once; of a house that was warm before, a word of cold is old news after a week.
    """
    if cold_at is None:
        return False
    return warm_at is None or (cold_at > warm_at and cold_at > now - _WORD_HOLDS)
