/** The county's plan as data: what paths and devices are called. Read once a start; it does not change while one looks. */
import { api, type Schemas } from "./request";

export type Programme = Schemas["Programme"];
export type HeatingPath = Schemas["HeatingPath"];

let reading: Promise<Programme> | null = null;

export function theProgramme(): Promise<Programme> {
  reading ??= api.get("/api/programme").catch((error: unknown) => {
    reading = null;
    throw error;
  });
  return reading;
}

/** What a path is called, by its code; the code itself where the plan has none. */
export const pathLabel = (programme: Programme | null, code: string) =>
  programme?.paths.find((path) => path.code === code)?.label ?? code;

/** The devices that a path brings into a house, the alarm included. */
export function devicesOf(programme: Programme | null, code: string): Schemas["KitItem"][] {
  const path = programme?.paths.find((each) => each.code === code);
  return path ? [...path.kit, ...(path.co_alarm ? [path.co_alarm] : [])] : [];
}
