// Builds the scripts of pages into the folders that the program embeds: the charts of
// reports and rooms, and the keys of the rooms. Run by `npm run build`.
import { build } from "esbuild";
import { readFileSync } from "node:fs";

const { dependencies } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
const root = new URL("./", import.meta.url).pathname;

const shared = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2020"],
  charset: "utf8",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "info",
};

await build({
  ...shared,
  entryPoints: ["src/report.ts"],
  outfile: "../internal/report/assets/report.js",
  banner: {
    js: `/*! Contains Apache ECharts ${dependencies.echarts}, copyright the Apache Software Foundation, Apache License 2.0, and ZRender, BSD 3-Clause License. */`,
  },
});
await build({ ...shared, entryPoints: ["src/rooms.ts"], outfile: "../internal/web/assets/rooms.js" });
