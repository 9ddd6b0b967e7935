"""One blueprint for installation's routes."""

from __future__ import annotations

from backend.core.http import blueprint

blp = blueprint("installation", "Contracts, slots, bookings, visits, acceptance, network stages")
