/** The session's token, and who it is for. Kept on the machine; ended by logging out or by the server. */
import type { components } from "./api";

type Session = components["schemas"]["Session"];
type Person = components["schemas"]["Person"];

const TOKEN = "session-token";
const STAYS_OUT = "stays-out";
let heard: ((person: Person | null) => void) | null = null;

export const session = {
  token: (): string => (uni.getStorageSync(TOKEN) as string) || "",
  begin(given: Session): void {
    uni.setStorageSync(TOKEN, given.token);
    uni.removeStorageSync(STAYS_OUT);
    heard?.(given.person);
  },
  end(): void {
    uni.removeStorageSync(TOKEN);
    heard?.(null);
  },
  /** The person logged out: from now on only a tap logs in, not the machine by itself. */
  leave(): void {
    uni.setStorageSync(STAYS_OUT, true);
    session.end();
  },
  staysOut: (): boolean => uni.getStorageSync(STAYS_OUT) === true,
  /** Told whenever the person changes; stores/me listens. */
  onChange(listener: (person: Person | null) => void): void {
    heard = listener;
  },
};
