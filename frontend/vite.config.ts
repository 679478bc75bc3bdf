// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

const FONT_FILES = ["latin", "latin-ext", "vietnamese"].flatMap((subset) =>
  [400, 700].map((weight) => `noto-sans-${subset}-${weight}-normal.woff2`),
);

/** Ships the fonts under fixed names: the server's map style and our CSS both point at them. */
function fonts(): Plugin {
  const read = (name: string) =>
    readFileSync(new URL(`./node_modules/@fontsource/noto-sans/files/${name}`, import.meta.url));
  return {
    name: "toancanh-fonts",
    configureServer(server) {
      server.middlewares.use("/assets/fonts", (request, response, next) => {
        const name = (request.url ?? "").replace(/^\//, "").split("?")[0] ?? "";
        if (!FONT_FILES.includes(name)) return next();
        response.setHeader("Content-Type", "font/woff2");
        response.end(read(name));
      });
    },
    generateBundle() {
      for (const name of FONT_FILES) {
        this.emitFile({ type: "asset", fileName: `assets/fonts/${name}`, source: read(name) });
      }
    },
  };
}

/** Ships Leaflet, unbundled: the server writes it into the change reports, which open without a network. */
function leaflet(): Plugin {
  return {
    name: "toancanh-leaflet",
    generateBundle() {
      for (const name of ["leaflet.js", "leaflet.css"]) {
        const source = readFileSync(new URL(`./node_modules/leaflet/dist/${name}`, import.meta.url));
        this.emitFile({ type: "asset", fileName: `assets/report/${name}`, source });
      }
    },
  };
}

const SERVER = "http://127.0.0.1:8000";
const PROXIED = [
  "/collections",
  "/tiles",
  "/styles",
  "/boundaries",
  "/live",
  "/health",
  "/session",
  "/imports",
  "/ingest",
  "/sources",
  "/unlocated",
];

export default defineConfig({
  plugins: [fonts(), leaflet()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    // One chunk holds MapLibre; the warning about its size would say nothing new.
    chunkSizeWarningLimit: 1500,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: "maplibre", test: /node_modules[\\/]maplibre-gl/ }] },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(PROXIED.map((path) => [path, { target: SERVER, changeOrigin: false }])),
  },
});
