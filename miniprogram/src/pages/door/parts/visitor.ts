/** Who stands at a door, and what is said to those who have no business there. Pure. */
import type { WalkStop } from "./walks";
import type { Household } from "@/services/registry";
import type { Schemas } from "@/services/request";

export type Visitor =
  | "unknown"
  | "other"
  | "resident"
  | "household_proxy"
  | "village_cadre"
  | "officer"
  | "worker";

/** What the page needs to know of a house, from the server's answer or from the list that a cadre carries. */
export interface DoorHouse {
  id: string;
  address: string;
  head_name: string;
  confirmed_by_household: boolean;
  confirmed_by_village: boolean;
  locked: boolean;
  sent_back_reason: string;
}

export function doorHouse(home: Household): DoorHouse {
  return {
    id: home.id,
    address: home.address,
    head_name: home.head_name,
    confirmed_by_household: home.confirmed_by_household_at !== null,
    confirmed_by_village: home.confirmed_by_village_at !== null,
    locked: home.locked_at !== null,
    sent_back_reason: home.sent_back_reason ?? "",
  };
}

export function houseOnTheList(stop: WalkStop): DoorHouse {
  return {
    id: stop.id,
    address: stop.address,
    head_name: stop.head_name,
    confirmed_by_household: stop.confirmed_by_household,
    confirmed_by_village: stop.confirmed_by_village,
    locked: stop.locked,
    sent_back_reason: "",
  };
}

type Role = Pick<Schemas["Role"], "role">;
const OF_A_COMPANY = ["installer", "driver", "repairer", "contractor_manager", "supplier_manager"];
const OF_AN_AREA = ["township_officer", "district_officer", "inspector", "auditor", "acceptor"];

/** Why somebody with a role, or with a house elsewhere, is shown nothing of this one; empty where there is nothing to explain. */
export function whyNothing(roles: readonly Role[], houses: number): string {
  const has = (names: readonly string[]) => roles.some((role) => names.includes(role.role));
  if (has(OF_A_COMPANY))
    return "您在这一户没有派工，看不到这户的情况，也办不了。请找您单位的负责人核对派单。";
  if (has(["village_cadre"])) return "这一户不在您负责的村，请由本村的村干部办。";
  if (has(OF_AN_AREA)) return "这一户不在您负责的地方，请由当地的人员办。";
  if (houses > 0) return "这不是您认领的那一户。";
  return "";
}

/** Where a house is: the village is not said twice where the address begins with it. */
export function whereOf(village: string, address: string): string {
  for (let from = 0; from < village.length; from++) {
    if (address.startsWith(village.slice(from))) return village.slice(0, from) + address;
  }
  return village ? `${village} ${address}` : address;
}

/** What comes next for the register, in one sentence for who has just confirmed. */
export function afterVillage(house: DoorHouse): string {
  if (house.locked) return "登记已由乡镇（街道）锁定。";
  if (!house.confirmed_by_household) {
    return "还差住户自己确认：让住户用自己的手机扫这张牌，点“确认”；没有手机的，您可以替他确认。";
  }
  return "住户也确认过了，接下来由乡镇（街道）复核锁定，再签改造协议。";
}
