"""Imported by every Python process that the tests start: they too stay on this machine, and start quickly."""

import gc
import importlib.util
from pathlib import Path

gc.set_threshold(50_000, 20, 100)  # a third of a start is spent on garbage that imports do not make

_place = Path(__file__).resolve().parent.parent / "loopback.py"
_spec = importlib.util.spec_from_file_location("only_loopback", _place)
assert _spec is not None and _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
_module.only_loopback()
