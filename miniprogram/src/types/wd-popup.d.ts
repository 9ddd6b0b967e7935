/** wot-design's popup as used here. Its package ships sources, which our stricter rules would judge; tsconfig names this instead. */
import type { DefineComponent } from "vue";

declare const component: DefineComponent<{
  modelValue: boolean;
  position?: "center" | "top" | "right" | "bottom" | "left";
  zIndex?: number;
  closable?: boolean;
  customStyle?: string;
  "onUpdate:modelValue"?: (now: boolean) => void;
}>;
export default component;
