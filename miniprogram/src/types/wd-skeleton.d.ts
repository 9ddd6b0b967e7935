/** wot-design's skeleton as used here; see wd-popup.d.ts. */
import type { DefineComponent } from "vue";

type Line = number | { width?: string; height?: string };
declare const component: DefineComponent<{ animation?: "gradient" | "flashed"; rowCol?: (Line | Line[])[] }>;
export default component;
