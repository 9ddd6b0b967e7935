import { expect, it } from "vitest";
import { doorOf, wantsConsent, wayOf } from "./outcomes";
import type { Notice, Outcome } from "@/services/inbox";

const TODAY = "2022-09-15";
function outcome(more: Partial<Outcome>): Outcome {
  return {
    channel: "wechat",
    state: "arrived",
    state_label: "已送达微信",
    reason: null,
    reason_label: null,
    at: "2022-09-15T01:00:00Z",
    proof: null,
    doubts: 0,
    ...more,
  } as Outcome;
}
const notice = (page: string) => ({ page }) as Notice;

it("says by which way a notice went, when, and with what proof", () => {
  expect(wayOf(outcome({ proof: "4567" }), TODAY)).toEqual({
    channel: "微信提醒",
    text: "已送达微信，今天 09:00",
    proof: "微信回执 4567",
    arrived: true,
  });
  const late = outcome({ state: "waiting", state_label: "等待发送", reason_label: "夜间不打扰" });
  expect(wayOf(late, TODAY)).toMatchObject({ text: "等待发送（夜间不打扰），今天 09:00", arrived: false });
  expect(wayOf(outcome({ channel: "inbox", state: "read" }), TODAY).text).toBe("您看过了，今天 09:00");
});

it("tells how to be told by WeChat only where consent was what lacked", () => {
  expect(wantsConsent([outcome({ state: "no_consent" })])).toBe(true);
  expect(wantsConsent([outcome({ state: "refused", reason: "needs_consent" })])).toBe(true);
  expect(wantsConsent([outcome({})])).toBe(false);
});

it("names the page behind a notice, and none for a campaign that is read where it lies", () => {
  expect(doorOf(notice("pages/fault/index?fault=1"))).toBe("看这件报修");
  expect(doorOf(notice("/pages/fault/outage?outage=1"))).toBe("看全村的情况");
  expect(doorOf(notice("pages/home/index?household=1"))).toBe("去看看");
  expect(doorOf(notice("pages/inbox/index?campaign=1"))).toBe("");
  expect(doorOf(notice(""))).toBe("");
});
