// Builds the charts' script of the HTML report into the folder that the program
// embeds. Run by `npm run build`.
import { build } from "esbuild";
import { readFileSync } from "node:fs";

const { dependencies } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
const root = new URL("./", import.meta.url).pathname;

await build({
  absWorkingDir: root,
  entryPoints: ["src/report.ts"],
  outfile: "../internal/report/assets/report.js",
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2020"],
  charset: "utf8",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
  banner: {
    js: `/*! Contains Apache ECharts ${dependencies.echarts}, copyright the Apache Software Foundation, Apache License 2.0, and ZRender, BSD 3-Clause License. */`,
  },
  logLevel: "info",
});
