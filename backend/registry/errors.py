"""What the registry refuses."""

from __future__ import annotations

from backend.core.errors import Invalid, NotFound, Refusal, TooMany


class UnknownCode(NotFound):
    code = "code.unknown"
    title = "没有这个户码"
    next = "请核对门牌上的十位户码，或重新扫码；如户码牌破损，请联系村委会换牌。"


class TooManyStickers(Refusal):
    code = "sticker.too_many"
    title = "户码牌太多，不能当场生成"
    next = "请改为提交生成户码牌的任务，办好后下载；或按村分别打印。"


class StickerReplaced(Refusal):
    code = "code.replaced"
    title = "这张户码牌已更换"
    next = "请扫描门上新换的户码牌；如没有新牌，请联系村委会。"


class StickerRevoked(Refusal):
    code = "code.revoked"
    title = "这张户码牌已作废"
    next = "请联系村委会核实并领取新的户码牌。"


class OtherHouse(Refusal):
    code = "code.other_house"
    title = "扫到的不是这一户"
    next = "请核对门牌，扫描要办理的这一户门上的户码牌。"


class NothingToImport(Invalid):
    code = "import.nothing"
    title = "名单里没有可读的行"
    next = "请使用确村确户清单的格式，至少填写一户。"


class FileMissing(Invalid):
    code = "import.file_missing"
    title = "没有收到文件"
    next = "请在“file”一栏选择 xlsx 或 csv 文件后再上传。"


class ImportCommitted(Refusal):
    code = "import.committed_already"
    title = "这份名单已经入库"
    next = "无需再次提交；如需更正，请上传更正后的名单。"
    clause = "8.1"


class StillHeld(Refusal):
    code = "held_row.still_held"
    title = "这一行还不能入库"
    next = "请按提示逐项更正后再提交。"
    clause = "8.1"


class EntryConfirmed(Refusal):
    code = "held_row.entry_confirmed"
    title = "这一户已经确认，名单不能覆盖"
    next = "登记无误的，请撤销这一行；登记有误的，请先退回登记，再更正这一行。"
    clause = "8.1"


class SettledAlready(Refusal):
    code = "held_row.settled_already"
    title = "这一行已经处理过"
    next = "请刷新列表查看处理结果。"
    clause = "8.1"


class ProofFailed(Refusal):
    code = "binding.proof_failed"
    title = "核对不一致"
    next = "请核对姓名和身份证后六位，或先授权登记手机号；仍不行请村干部当面确认。"
    clause = "8.1"


class TooManyTries(TooMany):
    code = "binding.too_many_tries"
    title = "今天核对的次数已用完"
    next = "请用登记过的手机号绑定，或请村干部当面为您绑定，也可以明天再试。"
    clause = "8.1"


class IdentityProofPaused(TooMany):
    code = "binding.identity_paused"
    title = "这一户今天不能用身份证号绑定"
    next = "请用登记过的手机号绑定，或请村干部当面为您绑定；明天可以再用身份证号。"
    clause = "8.1"


class OwnWord(Refusal):
    code = "binding.own_word"
    title = "不能自己证明自己"
    next = "村干部本人的家庭请用手机号或姓名、身份证后六位绑定，或请另一位村干部办理。"
    clause = "8.1"


class ProxyOnly(Refusal):
    code = "binding.proxy_only"
    title = "代办人不能办理此事"
    next = "请住户本人在“我的家庭”中办理，或请村干部当面办理。"
    clause = "8.1"


class TiedAlready(Refusal):
    code = "binding.tied_already"
    title = "已经绑定"
    next = "无需再次绑定，可直接办理业务。"


class PersonUnknown(Refusal):
    code = "binding.person_unknown"
    title = "没有找到这个手机号的用户"
    next = "请对方先登录小程序并授权手机号，再由您办理。"


class TieEnded(Refusal):
    code = "binding.ended_already"
    title = "绑定关系已经解除"
    next = "无需再次操作。"


class ConfirmedAlready(Refusal):
    code = "confirmation.done_already"
    title = "已经确认过"
    next = "无需再次确认。"
    clause = "8.1"


class MadeAtWrong(Refusal):
    code = "confirmation.made_at_wrong"
    title = "确认的时间不对"
    next = "请核对手机的日期和时间；太久以前的请再到门口扫码确认一次。"
    clause = "8.1"


class SentBackSince(Refusal):
    code = "confirmation.sent_back_since"
    title = "确认之后登记被退回"
    next = "请看退回的原因，更正登记后再到门口扫码确认一次。"
    clause = "8.1"


class ConfirmationMissing(Refusal):
    code = "confirmation.missing"
    title = "确认还不齐"
    next = "请先由居民（或代办人）和村委会分别确认。"
    clause = "8.1"


class TwoHandsNeeded(Refusal):
    code = "household.two_hands"
    title = "确认和锁定不能是同一人"
    next = "请由另一位乡镇（街道）干部核对后锁定。"
    clause = "8.1"


class LockedAlready(Refusal):
    code = "household.locked"
    title = "登记已由乡镇（街道）锁定"
    next = "锁定后的变更请向乡镇（街道）说明理由，由第二人复核办理。"
    clause = "8.1"


class PersonElsewhere(Refusal):
    code = "household.person_elsewhere"
    title = "此人已登记在另一户"
    next = "请核实此人属于哪一户，再由村委会更正。"
    clause = "5"


class BadIdNumber(Invalid):
    code = "household.bad_id_number"
    title = "身份证号有误"
    next = "请对照身份证重新填写十八位号码。"


class NoSuchArrangement(Refusal):
    code = "household.no_such_arrangement"
    title = "这条改造路径没有这种取暖方式"
    next = "请从方案列出的取暖方式中选择；不需要选择的路径请留空。"
    clause = "4.1.1.5"


class NumbersUsedUp(TooMany):
    code = "household.numbers_used_up"
    title = "今天查看的电话号码已达上限"
    next = "明天零点后可以继续查看；今天还要联系的，请到户面谈，或请村委会、乡镇（街道）的其他人员拨打。险情不受此限。"
