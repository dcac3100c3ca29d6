// Bundles the pages' styles and scripts into src/openmo/web/static/dist. Everything is local: a page loads nothing from elsewhere.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, context, transformSync } from "esbuild";
import { compile } from "sass";
import { ICONS } from "./icons.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "../node_modules");
const out = join(here, "../src/openmo/web/static/dist");

function styles() {
  const { css } = compile(join(here, "styles/openmo.scss"), {
    loadPaths: [modules],
    quietDeps: true,
    silenceDeprecations: ["import"], // Bootstrap 5.3 is written with @import
  });
  writeFileSync(join(out, "openmo.css"), transformSync(css, { loader: "css", minify: true }).code);
}

function icons() {
  const symbols = Object.entries(ICONS).map(([name, source]) => {
    const svg = readFileSync(join(modules, "lucide-static/icons", `${source}.svg`), "utf8");
    const body = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    return (
      `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" ` +
      `stroke-linecap="round" stroke-linejoin="round">${body.replace(/\s+/g, " ").trim()}</symbol>`
    );
  });
  writeFileSync(join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
  for (const name of ["favicon.svg", "logo.svg"]) {
    writeFileSync(join(out, name), readFileSync(join(here, "brand", name)));
  }
}

const options = {
  absWorkingDir: here,
  entryPoints: ["src/main.ts", "src/head.ts", "src/hub.ts", "src/job.ts", "src/compare.ts", "src/app.ts", "src/upload.ts"],
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  legalComments: "linked",
  logLevel: "info",
};

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
styles();
icons();
if (process.argv.includes("--watch")) {
  await (await context(options)).watch();
} else {
  await build(options);
}
