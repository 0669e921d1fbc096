import { defineConfig } from "vite";

// What the build gives must run under a Content-Security-Policy of 'self' only: every asset is a file of its own (no data:
// URLs for styles, no inline script), and relative addresses let a proxy serve the page below any path.
export default defineConfig({
  base: "./",
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
  // `npm run dev` serves the page alone; LOGMONITOR_URL names a running server for its data.
  server: { host: "127.0.0.1", proxy: { "/api": process.env["LOGMONITOR_URL"] ?? "http://127.0.0.1:8080" } },
});
