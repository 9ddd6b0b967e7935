"""Keys that protect nothing: the tests' own, the same in every process of a run."""

from __future__ import annotations

import base64

from backend.core import crypto

_SEALING = bytes(range(32))
_LOOKUP = bytes(range(32, 64))

# As the product reads them from its environment.
TEST_KEYS: dict[str, str] = {
    "ENCRYPTION_KEYS": f"test={base64.b64encode(_SEALING).decode()}",
    "LOOKUP_KEY": base64.b64encode(_LOOKUP).decode(),
}
# What the product and the stand-in share.
TEST_WECHAT: dict[str, str] = {
    "WECHAT_APPID": "wx00000000000test1",
    "WECHAT_SECRET": "the-tests-own-secret",
    "WECHAT_CALLBACK_TOKEN": "the-tests-own-token",
    "WECHAT_CALLBACK_AES_KEY": base64.b64encode(_LOOKUP).decode().rstrip("="),
}


def configure_this_process() -> None:
    crypto.configure(crypto.KeyRing({"test": _SEALING}, "test", _LOOKUP))
