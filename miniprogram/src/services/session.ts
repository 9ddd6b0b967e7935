/** The session's token, and who it is for. Kept on the machine; ended by logging out or by the server. */
import type { components } from "./api";

type Session = components["schemas"]["Session"];
type Person = components["schemas"]["Person"];

const TOKEN = "session-token";
let heard: ((person: Person | null) => void) | null = null;

export const session = {
  token: (): string => (uni.getStorageSync(TOKEN) as string) || "",
  begin(given: Session): void {
    uni.setStorageSync(TOKEN, given.token);
    heard?.(given.person);
  },
  end(): void {
    uni.removeStorageSync(TOKEN);
    heard?.(null);
  },
  /** Told whenever the person changes; stores/me listens. */
  onChange(listener: (person: Person | null) => void): void {
    heard = listener;
  },
};
