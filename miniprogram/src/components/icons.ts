/** The drawings in use, by what they mean here; from Lucide (ISC), shipped with the app. */
import alarm from "lucide-static/icons/siren.svg?raw";
import alert from "lucide-static/icons/triangle-alert.svg?raw";
import back from "lucide-static/icons/arrow-left.svg?raw";
import bag from "lucide-static/icons/package.svg?raw";
import bell from "lucide-static/icons/bell.svg?raw";
import calendar from "lucide-static/icons/calendar-days.svg?raw";
import camera from "lucide-static/icons/camera.svg?raw";
import chat from "lucide-static/icons/message-circle.svg?raw";
import check from "lucide-static/icons/check.svg?raw";
import clock from "lucide-static/icons/clock.svg?raw";
import cloud from "lucide-static/icons/cloud-off.svg?raw";
import cross from "lucide-static/icons/x.svg?raw";
import document from "lucide-static/icons/file-text.svg?raw";
import door from "lucide-static/icons/door-open.svg?raw";
import flame from "lucide-static/icons/flame.svg?raw";
import heart from "lucide-static/icons/heart-handshake.svg?raw";
import home from "lucide-static/icons/house.svg?raw";
import info from "lucide-static/icons/info.svg?raw";
import key from "lucide-static/icons/key-round.svg?raw";
import letters from "lucide-static/icons/a-large-small.svg?raw";
import list from "lucide-static/icons/list-checks.svg?raw";
import lock from "lucide-static/icons/lock.svg?raw";
import minus from "lucide-static/icons/minus.svg?raw";
import more from "lucide-static/icons/chevron-right.svg?raw";
import next from "lucide-static/icons/arrow-right.svg?raw";
import people from "lucide-static/icons/users.svg?raw";
import person from "lucide-static/icons/user-round.svg?raw";
import phone from "lucide-static/icons/phone.svg?raw";
import pin from "lucide-static/icons/map-pin.svg?raw";
import plus from "lucide-static/icons/plus.svg?raw";
import refresh from "lucide-static/icons/refresh-cw.svg?raw";
import scan from "lucide-static/icons/scan-line.svg?raw";
import search from "lucide-static/icons/search.svg?raw";
import send from "lucide-static/icons/send.svg?raw";
import shield from "lucide-static/icons/shield-check.svg?raw";
import smoke from "lucide-static/icons/cloud.svg?raw";
import snow from "lucide-static/icons/snowflake.svg?raw";
import sound from "lucide-static/icons/volume-2.svg?raw";
import star from "lucide-static/icons/star.svg?raw";
import stop from "lucide-static/icons/square.svg?raw";
import thermometer from "lucide-static/icons/thermometer.svg?raw";
import truck from "lucide-static/icons/truck.svg?raw";
import village from "lucide-static/icons/trees.svg?raw";
import water from "lucide-static/icons/droplets.svg?raw";
import wrench from "lucide-static/icons/wrench.svg?raw";
import zap from "lucide-static/icons/zap.svg?raw";

export const ICONS = {
  alarm,
  alert,
  back,
  bag,
  bell,
  calendar,
  camera,
  chat,
  check,
  clock,
  cloud,
  cross,
  document,
  door,
  flame,
  heart,
  home,
  info,
  key,
  letters,
  list,
  lock,
  minus,
  more,
  next,
  people,
  person,
  phone,
  pin,
  plus,
  refresh,
  scan,
  search,
  send,
  shield,
  smoke,
  snow,
  sound,
  star,
  stop,
  thermometer,
  truck,
  village,
  water,
  wrench,
  zap,
} as const;

export type IconName = keyof typeof ICONS;

/** The palette of styles/theme.scss for what cannot read a CSS variable: a picture's strokes. */
export const COLOURS = {
  ink: "#2b211b",
  soft: "#5b4d43",
  warm: "#a83c15",
  good: "#1b6640",
  info: "#1f5580",
  care: "#7a4f00",
  danger: "#a31717",
  white: "#ffffff",
} as const;

export type Colour = keyof typeof COLOURS;

const made = new Map<string, string>();

/** A data address of the drawing in a colour. */
export function drawing(name: IconName, colour: Colour): string {
  const wanted = `${name} ${colour}`;
  let found = made.get(wanted);
  if (!found) {
    const svg = ICONS[name]
      .replace(/<!--[\s\S]*?-->/g, "")
      .replace("currentColor", COLOURS[colour])
      .trim();
    found = `data:image/svg+xml,${encodeURIComponent(svg)}`;
    made.set(wanted, found);
  }
  return found;
}
