"""Installation over HTTP."""

from backend.installation.routes import (  # noqa: F401  (each adds its routes to the blueprint)
    bookings,
    contracts,
    endings,
    stages,
    visits,
)
from backend.installation.routes.blueprint import blp

__all__ = ["blp"]
