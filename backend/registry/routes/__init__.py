"""The registry over HTTP."""

from backend.registry.routes import households, lists, ties  # noqa: F401  (each adds its routes to the blueprint)
from backend.registry.routes.blueprint import blp

__all__ = ["blp"]
