/** A house at one glance, for its people. */
import { api, type Schemas } from "./request";

export type Home = Schemas["Home"];
export type HomeNext = Schemas["HomeNext"];
export type HomeToDo = Schemas["HomeToDo"];
export type HomeFault = Schemas["HomeFault"];
export type HomeInShort = Schemas["HomeInShort"];
export type Desk = Schemas["Desk"];
export type DeskAreaCounts = Schemas["DeskAreaCounts"];
export type DeskCounts = Schemas["DeskCounts"];

export const homeOf = (household: string) =>
  api.get("/api/households/{household_id}/home", { path: { household_id: household } });

export const myHomes = () => api.get("/api/me/homes");

/** Who saw the full telephone numbers of a house, the newest first. */
export const revealsOf = (household: string, cursor: string | null) =>
  api.get("/api/households/{household_id}/reveals", {
    path: { household_id: household },
    query: { cursor: cursor ?? undefined, limit: 20 },
  });
