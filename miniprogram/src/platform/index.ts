/** The only folder that asks where the app runs; everything else imports from here. */
import type { Online, Platform } from "./contract";
// #ifdef MP-WEIXIN
import { online as weixinOnline, weixin } from "./weixin";
// #endif
// #ifdef H5
import { browser, online as browserOnline } from "./browser";
// #endif

export { Cancelled, NotHere } from "./contract";
export type { Consent, Picture, Place } from "./contract";
export { doorFromLaunch } from "./launch";
export { MOST_BYTES } from "./scaling";

function here(): { platform: Platform; online: Online } {
  // #ifdef MP-WEIXIN
  return { platform: weixin, online: weixinOnline };
  // #endif
  // #ifdef H5
  return { platform: browser, online: browserOnline };
  // #endif
}

export const { platform, online } = here();
