import { defineConfig } from "vitest/config";

// Without uni's plugin: what is tested here is pure, or speaks to a fake `wx` / `uni`.
export default defineConfig({
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  define: { __API_BASE_URL__: '""', __APP_VERSION__: '"test"' },
  test: { include: ["src/**/*.test.ts", "build/**/*.test.mjs"], environment: "node", restoreMocks: true },
});
