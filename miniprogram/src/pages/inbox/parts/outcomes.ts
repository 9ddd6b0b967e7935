/** What became of a notice on each way, in plain words. */
import { instantInWords } from "@/composables/days";
import type { Notice, Outcome } from "@/services/inbox";

export interface Way {
  channel: string;
  text: string;
  /** A receipt that can be read out on the telephone; empty where there is none. */
  proof: string;
  arrived: boolean;
}

const CHANNEL: Record<string, string> = {
  inbox: "小程序消息",
  wechat: "微信提醒",
  official_account: "公众号",
  sms: "短信",
};
const ARRIVED = new Set(["kept", "read", "accepted", "arrived"]);

export function wayOf(outcome: Outcome, today: string): Way {
  const at = instantInWords(outcome.at, today);
  const why = outcome.reason_label ? `（${outcome.reason_label}）` : "";
  const words =
    outcome.channel === "inbox"
      ? outcome.state === "read"
        ? `您看过了，${at}`
        : `已放在这里，${at}`
      : `${outcome.state_label}${why}，${at}`;
  return {
    channel: CHANNEL[outcome.channel] ?? "另一条路",
    text: words,
    proof: outcome.proof ? `微信回执 ${outcome.proof}` : "",
    arrived: ARRIVED.has(outcome.state),
  };
}

/** Whether a tap after the next order or report would bring such notices by WeChat as well. */
export const wantsConsent = (outcomes: readonly Outcome[]): boolean =>
  outcomes.some((outcome) => outcome.state === "no_consent" || outcome.reason === "needs_consent");

const HERE = "pages/inbox/index";

/** What the button under a notice says; empty where there is nothing further to open. */
export function doorOf(notice: Notice): string {
  const page = notice.page.replace(/^\//, "").split("?")[0] ?? "";
  if (!page || page === HERE) return "";
  if (page.startsWith("pages/conversation/")) return "去对话里看";
  if (page.startsWith("pages/fault/outage")) return "看全村的情况";
  if (page.startsWith("pages/fault/")) return "看这件报修";
  if (page.startsWith("pages/fuel/")) return "看我家燃料";
  if (page.startsWith("pages/installation/")) return "看安装进度";
  if (page.startsWith("pages/round/")) return "看今天的上门";
  return "去看看";
}
