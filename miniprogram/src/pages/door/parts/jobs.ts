/** What a worker has to do at one house. Pure. */
import { dayInWords, halfDayInWords } from "@/composables/days";
import { kilograms } from "@/composables/figures";
import type { IconName } from "@/components/icons";
import type { Fault } from "@/services/faults";
import type { Order } from "@/services/fuel";
import type { RoundStop } from "@/services/installation";

export interface Job {
  code: "visit" | "delivery" | "repair";
  icon: IconName;
  what: string;
  when: string;
}

export interface Work {
  bookings: readonly RoundStop[];
  orders: readonly Order[];
  faults: readonly Fault[];
}

export function jobsAt(household: string, work: Work, today: string): Job[] {
  const jobs: Job[] = [];
  for (const { booking } of work.bookings) {
    if (booking.household_id !== household || booking.state !== "standing") continue;
    const when = `${dayInWords(booking.day, today)}${halfDayInWords(booking.half_day)}`;
    jobs.push({ code: "visit", icon: "home", what: "上门安装", when });
  }
  for (const order of work.orders) {
    if (order.household_id !== household || order.state !== "open") continue;
    const until = dayInWords(order.wanted_until, today);
    jobs.push({
      code: "delivery",
      icon: "truck",
      what: `送燃料 ${kilograms(order.reserved_kg)}`,
      when: `${until}以前`,
    });
  }
  for (const fault of work.faults) {
    if (fault.household_id !== household || fault.state === "closed" || fault.state === "done") continue;
    jobs.push({
      code: "repair",
      icon: "wrench",
      what: `维修：${fault.category_label}`,
      when: fault.state_label,
    });
  }
  return jobs;
}
