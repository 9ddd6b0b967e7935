/// <reference types="vite/client" />

declare module "*.vue" {
  import type { DefineComponent } from "vue";
  const component: DefineComponent<object, object, unknown>;
  export default component;
}

/** Where the API answers: empty in the browser (same origin), an https address in WeChat. */
declare const __API_BASE_URL__: string;
declare const __APP_VERSION__: string;
