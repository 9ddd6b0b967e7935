"""What identity refuses."""

from __future__ import annotations

from backend.core.errors import Invalid, NotPermitted, NotSignedIn, Refusal, Unavailable


class SessionEnded(NotSignedIn):
    code = "session.ended"
    title = "登录已失效"


class LoginCodeUsed(NotSignedIn):
    code = "session.code_used"
    title = "登录凭证已失效"
    next = "请重新打开小程序，再登录一次。"


class LoginRestricted(NotSignedIn):
    code = "session.restricted"
    title = "微信限制了此账号登录"
    next = "请在微信中按提示解除限制，或请村干部代办。"


class NoOfficialAccount(Refusal):
    code = "session.no_official_account"
    title = "这里不能登录"
    next = "请在微信中扫门上的户码牌，打开小程序后登录。"


class LoginNotBegunHere(NotSignedIn):
    code = "session.not_begun_here"
    title = "登录没有完成"
    next = "请回到刚才的页面，再点一次登录。"


class OnlySnapshot(NotSignedIn):
    code = "session.only_snapshot"
    title = "还不能登录"
    next = "请点页面下方的“使用完整服务”，再登录。"


class WechatUnavailable(Unavailable):
    code = "wechat.unavailable"
    title = "微信服务暂时没有响应"
    next = "您的操作没有生效，请过一分钟再试；急事请拨打服务热线。"


class PhoneCodeUsed(Invalid):
    code = "phone.code_used"
    title = "手机号授权已失效"
    next = "请重新点击“获取手机号”。"


class NotYoursToGive(NotPermitted):
    code = "role.not_yours_to_give"
    title = "您不能授予或收回这个身份"
    next = "请由上一级人员办理。"


class NameIsKept(Refusal):
    code = "person.name_kept"
    title = "担任职务期间不能自己改名"
    next = "请由授予您身份的人收回后重新邀请，姓名以邀请时填写的为准。"


class OwnOffer(Refusal):
    code = "invitation.own_offer"
    title = "不能接受自己发出的邀请"
    next = "请由另一位工作人员担任，授予和担任不能是同一人。"


class RoleNeverHolds(Invalid):
    code = "role.never_holds"
    title = "截止日期已经过去"
    next = "请填写今天或以后的日期，或不填。"


class WrongFooting(Invalid):
    code = "role.wrong_footing"
    title = "身份与范围不符"
    next = "辖区类身份请填写行政区划代码，企业类身份请填写企业编号。"


class InvitationSpent(Refusal):
    code = "invitation.spent"
    title = "邀请码已用过或已过期"
    next = "请向发出邀请的人再要一个。"


class RoleHeldAlready(Refusal):
    code = "role.held_already"
    title = "您已有这个身份"
    next = "无需再次接受，可直接办理业务。"


class RoleEndedAlready(Refusal):
    code = "role.ended_already"
    title = "这个身份已经收回"
    next = "无需再次操作。"
