"""The Chinese face for print: Noto Sans SC (OFL), made static at its regular weight once and kept.

The font comes variable from the wheel ``justmytype-intl-cjk``, thin by default, and reportlab knows no weights. Making it
static takes some ten seconds; the result is kept in a folder that the caller names, under a name that tells the source.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from importlib.resources import files
from pathlib import Path
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

WEIGHT: Final = 400
_IN_WHEEL: Final = "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"
# Horizontal print of single characters needs no layout tables, and they are a third of the work.
_NOT_NEEDED: Final = ("GSUB", "GPOS", "GDEF", "BASE", "STAT", "HVAR", "vhea", "vmtx")
_registering = threading.Lock()


def chinese_face(cache: Path) -> TTFont:
    """The face, registered with reportlab under its ``fontName``; made and kept in ``cache`` when it is not there yet."""
    source = files("justmytype_intl_cjk").joinpath(_IN_WHEEL)
    with _registering:
        found = _faces.get(cache)
        if found is None:
            raw = source.read_bytes()
            digest = hashlib.sha256(raw).hexdigest()[:12]
            path = cache / f"NotoSansSC-{WEIGHT}-{digest}.ttf"
            if not path.exists():
                _make_static(Path(str(source)), path)
            found = TTFont(f"NotoSansSC-{WEIGHT}-{digest}", str(path))
            pdfmetrics.registerFont(found)
            _faces[cache] = found
        return found


_faces: dict[Path, TTFont] = {}


def has_glyph(face: TTFont, character: str) -> bool:
    """Whether the face can show a character."""
    return ord(character) in face.face.charToGlyph


def _make_static(source: Path, path: Path) -> None:
    from fontTools.ttLib import TTFont as FontFile  # needed once; no process should load it at its start
    from fontTools.varLib import instancer

    path.parent.mkdir(parents=True, exist_ok=True)
    font = FontFile(source, recalcTimestamp=False)
    for table in _NOT_NEEDED:
        if table in font:
            del font[table]
    static = instancer.instantiateVariableFont(font, {"wght": WEIGHT}, inplace=True)
    # Two processes may make it at once; each writes its own file, and whichever comes last replaces the same bytes.
    handle, written = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            static.save(stream)
        Path(written).replace(path)
    except BaseException:
        Path(written).unlink(missing_ok=True)
        raise
