"""The WeChat platform's stand-in for the demo and the tests: a loopback HTTP server that answers as the platform does.

Tests: ``with serve(people=[{"id": "a"}]) as standin: …``. By hand: ``python -m scripts.wechat_standin --port 8091``.
"""

from scripts.wechat_standin.server import Standin, serve
from scripts.wechat_standin.state import (
    DEMO_AES_KEY,
    DEMO_APPID,
    DEMO_CALLBACK_TOKEN,
    DEMO_OA_APPID,
    DEMO_OA_SECRET,
    DEMO_SECRET,
    TEMPLATE_IDS,
    TEMPLATES,
)

__all__ = [
    "DEMO_AES_KEY",
    "DEMO_APPID",
    "DEMO_CALLBACK_TOKEN",
    "DEMO_OA_APPID",
    "DEMO_OA_SECRET",
    "DEMO_SECRET",
    "TEMPLATES",
    "TEMPLATE_IDS",
    "Standin",
    "serve",
]
