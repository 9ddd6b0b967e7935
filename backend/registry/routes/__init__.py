"""The registry over HTTP."""

from backend.registry.routes import (  # noqa: F401  (each adds its routes to the blueprint)
    households,
    lists,
    reveals,
    ties,
)
from backend.registry.routes.blueprint import blp

__all__ = ["blp"]
