"""Who came by https stays with https."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders.product import app_on

HSTS = "Strict-Transport-Security"
PRODUCTION = {
    "MODE": "production",
    "CLOCK_SHIFT_DAYS": "0",
    "CLOCK_SHIFT_MINUTES": "0",
    "PUBLIC_BASE_URL": "https://qunuan.shuocheng.gov.cn",
    "WECHAT_API_BASE_URL": "https://api.weixin.qq.com",
    "WECHAT_APPID": "wx0123456789abcdef",
    "WECHAT_SECRET": "secret-of-the-platform",
    "WECHAT_CALLBACK_TOKEN": "token-of-the-callback",
    "WECHAT_CALLBACK_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
}


@pytest.mark.parametrize(
    ("proxies", "said", "told"), [("1", "https", True), ("1", "http", False), ("0", "https", False)]
)
def test_a_proxy_s_word_that_it_was_https_counts_where_a_proxy_is_trusted(
    database_url: str, tmp_path: Path, proxies: str, said: str, told: bool
) -> None:
    client = app_on(database_url, tmp_path, TRUSTED_PROXIES=proxies).test_client()
    for path in ("/api/client-settings", "/api/nothing", "/api/me"):
        answer = client.get(path, headers={"X-Forwarded-Proto": said})
        assert (HSTS in answer.headers) is told, path


def test_production_says_it_always_and_a_demo_by_http_never(database_url: str, tmp_path: Path) -> None:
    answer = app_on(database_url, tmp_path / "a", **PRODUCTION).test_client().get("/api/client-settings")
    assert "max-age=31536000" in answer.headers[HSTS]
    answer = app_on(database_url, tmp_path / "b").test_client().get("/api/client-settings")
    assert HSTS not in answer.headers
