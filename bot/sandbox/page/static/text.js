// Drawing texts: the tree of spans and paragraphs that the server made of markup.

import { make } from "./dom.js";
import { exact, worded } from "./dates.js";

const WEB = /^(https?|mailto):/i;

export function drawText(nodes) {
  const drawn = document.createDocumentFragment();
  for (const node of nodes ?? []) drawn.append(drawNode(node));
  return drawn;
}

function drawNode(node) {
  switch (node.t) {
    case "text":
      return document.createTextNode(node.v);
    case "p":
      return make("p", {}, drawText(node.c));
    case "b":
      return make("strong", {}, drawText(node.c));
    case "i":
      return make("em", {}, drawText(node.c));
    case "s":
      return make("s", {}, drawText(node.c));
    case "span":
      return make("span", {}, drawText(node.c));
    case "code":
      return make("code", {}, node.v);
    case "pre":
      return make("pre", { tabindex: "0" }, node.v);
    case "quote":
      return make("blockquote", {}, drawText(node.c));
    case "rule":
      return make("hr");
    case "heading":
      return make("p", { class: `heading heading-${Math.min(node.level, 4)}`, role: "heading", "aria-level": String(node.level + 2) }, drawText(node.c));
    case "link":
      return drawLink(node.href, drawText(node.c));
    case "mention":
      return make("span", { class: node.you ? "mention you" : "mention" }, node.v);
    case "emoji":
      return make("span", { class: "emoji", role: "img", "aria-label": node.name.replaceAll("_", " "), title: `:${node.name}:` }, node.v);
    case "date":
      return drawDate(node);
    case "list":
      return drawList(node);
    case "grid":
      return drawGrid(node.rows);
    default:
      return document.createTextNode("");
  }
}

export function drawLink(href, content) {
  if (!WEB.test(href)) return make("span", {}, content);
  return make("a", { href, target: "_blank", rel: "noopener noreferrer" }, content);
}

function drawDate(node) {
  let words = node.v;
  try {
    words = worded(node.at, node.form) || node.v;
  } catch {
    words = node.v; // a moment outside of all calendars
  }
  const drawn = make("time", { title: safely(() => exact(node.at)), data: node.form.includes("{ago}") ? { at: node.at, form: node.form } : {} }, words);
  return node.href ? drawLink(node.href, drawn) : drawn;
}

function safely(act) {
  try {
    return act();
  } catch {
    return undefined;
  }
}

export function refreshAgo(root) {
  for (const drawn of root.querySelectorAll("time[data-at]")) {
    drawn.textContent = worded(Number(drawn.dataset.at), drawn.dataset.form);
  }
}

function drawList(node) {
  const items = node.items.map((item) => make("li", {}, drawText(item)));
  const list = make(node.ordered ? "ol" : "ul", node.ordered && node.start > 1 ? { start: String(node.start) } : {}, items);
  list.classList.add(`indent-${node.indent}`);
  return list;
}

function drawGrid(rows) {
  const [head, ...rest] = rows;
  const cells = (row, tag, facts) => row.map((cell) => make(tag, facts, drawText(cell)));
  return make("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Table" },
    make("table", {},
      make("thead", {}, make("tr", {}, cells(head, "th", { scope: "col" }))),
      make("tbody", {}, rest.map((row) => make("tr", {}, cells(row, "td", {}))))));
}

export function letters(nodes) {
  return (nodes ?? []).map((node) => node.v ?? (letters(node.c) || (node.items ?? []).map(letters).join(", "))).join("");
}
