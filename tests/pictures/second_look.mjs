// Reads messages as JSON from standard input and writes them as a page, drawn by slack-blocks-to-jsx.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = process.env.LOGBACKUP_NPM_PACKAGES;
if (!folder) throw new Error("LOGBACKUP_NPM_PACKAGES must name the folder that npm installed into");
const installed = createRequire(join(folder, "node_modules", "any.js"));
const React = installed("react");
const { renderToStaticMarkup } = installed("react-dom/server");
const drawing = join(folder, "node_modules", "slack-blocks-to-jsx", "dist");
const { Message } = await import(pathToFileURL(join(drawing, "index.mjs")));

const LOGO = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><rect width='36' height='36' fill='gray'/></svg>";

let asked = "";
for await (const part of process.stdin.setEncoding("utf8")) asked += part;
// The library takes "verbatim" for "no markup at all"; to Slack it means that nothing becomes a link by itself.
// It also unescapes too early, so that an escaped <!channel> looks like one: in Slack it does not.
const messages = JSON.parse(asked, (key, value) => (key === "verbatim" ? undefined : value));
const drawn = messages.map(({ name, blocks }) => {
  const message = React.createElement(Message, { blocks, name: "Log Backup", logo: LOGO, time: new Date(0) });
  const heading = React.createElement("h2", null, name);
  return renderToStaticMarkup(React.createElement("section", null, heading, message));
});
const look = readFileSync(join(drawing, "style.css"), "utf8");
const ours = "body{font:15px/1.46 Lato,sans-serif;max-width:720px;margin:16px}h2{font-size:11px;color:#777}";
process.stdout.write(`<!doctype html><meta charset="utf-8"><style>${look}${ours}</style>${drawn.join("<hr>")}`);
