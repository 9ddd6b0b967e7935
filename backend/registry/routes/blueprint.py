"""One blueprint for the registry's routes."""

from __future__ import annotations

from backend.core.http import blueprint

blp = blueprint("registry", "Lists, households, stickers, ties, confirmations")
