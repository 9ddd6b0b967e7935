"""Reads of a desk."""

from backend.doorstep.desk.queries.counts import Desk, desk_of
from backend.doorstep.desk.queries.lists import DeskRow, houses_waiting
from backend.doorstep.desk.queries.walk import Walk, walk_of

__all__ = ["Desk", "DeskRow", "Walk", "desk_of", "houses_waiting", "walk_of"]
