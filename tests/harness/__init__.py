"""What tests stand on: databases, the served product, races, the browser. Nothing here knows the programme."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = ROOT.parent / "shared" / "data"
