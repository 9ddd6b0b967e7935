"""What these tests begin with."""

from __future__ import annotations

from typing import Any

from backend.wechat import WechatSettings
from scripts.wechat_standin import DEMO_AES_KEY, DEMO_APPID, DEMO_CALLBACK_TOKEN, DEMO_SECRET, Standin

PHONE = "19900000001"
PEOPLE: list[dict[str, Any]] = [
    {"id": "wang", "name": "王秀兰", "phone": PHONE, "roles": ["居民"], "household_code": "A1B2C3D4E5"},
    {
        "id": "li",
        "name": "李建国",
        "phone": None,
        "openid": "o-li",
        "unionid": "u-li",
        "roles": [{"title": "村干部"}],
    },
    {"id": "zhao", "name": "赵某", "phone": 19900000003, "high_risk": True, "shoe_size": 43},
]
WANG = "demo-wang"
NOTICE = "demo-tmpl-notice"
VALUES = {"thing1": "停电通知", "thing2": "镇政府", "time3": "2022年9月15日 08:00", "thing4": "明日检修"}
SEND = "/cgi-bin/message/subscribe/send"
STABLE = "/cgi-bin/stable_token"
LOGIN = "/sns/jscode2session"
PHONE_CALL = "/wxa/business/getuserphonenumber"


def settings_for(standin: Standin | None = None, **different: Any) -> WechatSettings:
    values: dict[str, Any] = {
        "appid": DEMO_APPID,
        "secret": DEMO_SECRET,
        "api_base_url": standin.url if standin else "http://127.0.0.1:9",
        "callback_token": DEMO_CALLBACK_TOKEN,
        "callback_aes_key": DEMO_AES_KEY,
    }
    return WechatSettings(**(values | different))
