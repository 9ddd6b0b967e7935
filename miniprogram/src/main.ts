import { createPinia } from "pinia";
import { createSSRApp } from "vue";
import App from "./App.vue";

// uni's name for "make the application"; nothing is rendered on a server here.
export function createApp() {
  const app = createSSRApp(App);
  app.use(createPinia());
  return { app };
}
