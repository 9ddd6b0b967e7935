/** The door: who reads a sticker, and danger reported with nothing but its code. */
import { platform, type Place } from "@/platform";
import type { KeptReport } from "./faults";
import { api, Refused, type Schemas } from "./request";
import { session } from "./session";

export type ScanAnswer = Schemas["ScanAnswer"];
export type DoorReport = Schemas["DoorReport"];
/** Taken in, or kept by a server without its database and told later (202). */
export type DoorAnswer = KeptReport & Partial<Schemas["DoorAnswer"]>;

export const DOOR_REPORT_PATH = "/api/fault-reports";

/** Nobody waits longer than this to be told where they stand. */
const PLACE_MS = 4000;

/** Where the person stands, if it is known in time. */
export function placeInTime(asked: Promise<Place | null>, ms = PLACE_MS): Promise<Place | null> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(null), ms);
    asked
      .catch(() => null)
      .then((place) => {
        clearTimeout(late);
        resolve(place);
      });
  });
}

/** Read the code at a door. A login that has ended makes a visitor, not a refusal: danger may stand behind that door. */
export async function scanDoor(code: string): Promise<ScanAnswer> {
  const place = await placeInTime(platform.knownPlace());
  const body = { household_code: code, purpose: "look" as const, ...place };
  try {
    return await api.post("/api/scans", { body });
  } catch (error) {
    if (!(error instanceof Refused) || error.problem.status !== 401 || session.token()) throw error;
    return api.post("/api/scans", { body, anonymous: true });
  }
}

/** `key`: the report's own, so that a second try is the same report. */
export const reportDanger = (body: DoorReport, key: string): Promise<DoorAnswer> =>
  api.post(DOOR_REPORT_PATH, { body, key });
