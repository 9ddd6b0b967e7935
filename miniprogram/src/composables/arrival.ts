import { onShow } from "@dcloudio/uni-app";
import { useMe } from "@/stores/me";
import { useSettings } from "@/stores/settings";
import { useWaiting } from "@/offline/waiting";
import { session } from "@/services/session";

/** Learn who is here, once for all pages that wait. Never throws: a page that needs a person finds none, and says so. */
let arriving: Promise<void> | null = null;
export function arrive(): Promise<void> {
  const me = useMe();
  const settings = useSettings();
  arriving ??= (async () => {
    try {
      if (!settings.told) await settings.learn();
      if (session.token() && !me.person) await me.learn();
      // #ifdef MP-WEIXIN
      // WeChat knows who this is without asking; a failure leaves a visitor, who can still report danger.
      if (!me.person && !session.staysOut()) await me.signIn();
      // #endif
      if (me.person) {
        useWaiting().sendAs(me.person.id);
        void useWaiting().send();
      }
    } catch {
      // Offline, or the session ended: what the page asks for next tells the person.
    } finally {
      me.known = true;
      arriving = null;
    }
  })();
  return arriving;
}

/** What a page does whenever it comes up: know who is here, then read what it shows. */
export function onArrival(then: () => unknown): void {
  onShow(() => {
    void arrive().then(then);
  });
}
