import { readFileSync } from "node:fs";
import uniPlugin from "@dcloudio/vite-plugin-uni";
import { defineConfig, type Plugin } from "vite";

// The package is CommonJS: Node hands its default export over inside another one.
const uni = ((uniPlugin as unknown as { default?: typeof uniPlugin }).default ??
  uniPlugin) as typeof uniPlugin;

/** uni's own style sheets name pictures on a foreign host (shadows that are not drawn here): they are left out. */
function withoutForeignHosts(): Plugin {
  return {
    name: "without-foreign-hosts",
    enforce: "post",
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === "asset" && /\.(css|wxss)$/.test(file.fileName)) {
          file.source = String(file.source).replace(/url\(\s*["']?(https?:)?\/\/[^)]*\)/g, "none");
        }
      }
    },
  };
}

const version = (JSON.parse(readFileSync("package.json", "utf-8")) as { version: string }).version;

export default defineConfig({
  base: "/",
  plugins: [uni(), withoutForeignHosts()],
  define: {
    // WeChat's build speaks to this address; in the browser the API is where the page came from.
    __API_BASE_URL__: JSON.stringify(
      process.env.UNI_PLATFORM === "h5" ? "" : (process.env.API_BASE_URL ?? "http://127.0.0.1:8000"),
    ),
    __APP_VERSION__: JSON.stringify(version),
  },
  build: { target: "es2017", chunkSizeWarningLimit: 1500 },
  server: { port: 5173, proxy: { "/api": "http://127.0.0.1:8000", "/q": "http://127.0.0.1:8000" } },
});
