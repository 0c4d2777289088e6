// Drawing blocks: each of Block Kit's, from the simple shape that the server made of it.

import { make, newId } from "./dom.js";
import { drawElement } from "./elements.js";
import { drawInput, isInput } from "./inputs.js";
import { drawText } from "./text.js";

export function drawBlocks(blocks, place) {
  return blocks.map((block) => make("div", { class: `block block-${block.type}` }, drawBlock(block, place)));
}

function drawBlock(block, place) {
  switch (block.type) {
    case "header":
      return make("div", { class: "header text", role: "heading", "aria-level": "3" }, drawText(block.c));
    case "section":
      return drawSection(block, place);
    case "context":
      return block.elements.map((part) =>
        part.type === "image" ? drawPicture(part, "small-picture") : make("span", { class: "text" }, drawText(part.c)));
    case "divider":
      return make("hr");
    case "actions":
      return block.elements.map((element) => drawElement(element, place));
    case "prose":
    case "alert":
      return make("div", { class: "text" }, drawText(block.c));
    case "image":
      return make("figure", {}, block.title && make("figcaption", {}, block.title), drawPicture(block, "picture"));
    case "table":
      return drawTable(block);
    case "input":
      return drawLabelled(block, place);
    default:
      return make("span", { class: "not-drawn" }, `(a block of type ${block.name} is not drawn here)`);
  }
}

function drawSection(block, place) {
  const accessory = block.accessory;
  return make("div", { class: accessory ? "with-accessory" : "" },
    make("div", { class: "section-words" },
      block.text.length > 0 && make("div", { class: "text" }, drawText(block.text)),
      block.fields.length > 0 && make("div", { class: "fields" }, block.fields.map((field) => make("div", { class: "text" }, drawText(field))))),
    accessory && make("div", { class: "accessory" },
      accessory.type === "image" ? drawPicture(accessory, "thumbnail") : drawElement(accessory, place)));
}

export function drawPicture(picture, kind) {
  if (!picture.src) return make("span", { class: "picture-elsewhere", title: picture.elsewhere }, `Picture: ${picture.alt} (it lies elsewhere and is not loaded)`);
  const image = make("img", { class: kind, src: picture.src, alt: picture.alt, loading: "lazy" });
  if (kind !== "picture") return image;
  return make("a", { href: picture.src, target: "_blank", rel: "noopener noreferrer", "aria-label": `${picture.alt} (in full size)` }, image);
}

function drawTable(block) {
  const cell = (tag, facts) => (one, column) => {
    const settings = block.columns[column] ?? {};
    const align = settings.align && settings.align !== "left" ? settings.align : one.number ? "right" : "left";
    return make(tag, { ...facts, class: `align-${align}${settings.wrapped ? " wrapped" : ""}` }, drawText(one.c));
  };
  const [head, ...rest] = block.rows;
  return make("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Table; it may scroll sideways" },
    make("table", {},
      make("thead", {}, make("tr", {}, head.map(cell("th", { scope: "col" })))),
      make("tbody", {}, rest.map((row) => make("tr", {}, row.map(cell("td", {})))))));
}

function drawLabelled(block, place) {
  const id = newId("label");
  const about = newId("about");
  const error = place.errors?.[block.id];
  const press = (value, node) => {
    if (!block.dispatches) return false;
    node.setAttribute("aria-busy", "true");
    place.press(block.element, value).catch((problem) => place.fail(problem.message)).finally(() => node.removeAttribute("aria-busy"));
    return true;
  };
  const input = isInput(block.element)
    ? drawInput(block.element, place, press, { id, about })
    : make("span", { class: "not-drawn" }, `(${block.element.type} is not part of this simulation)`);
  if (error) input.setAttribute("aria-invalid", "true");
  if (!block.optional) input.setAttribute("aria-required", "true");
  return make("div", { class: error ? "labelled wrong" : "labelled" },
    make("span", { class: "label", id }, block.label, block.optional && make("small", {}, " (optional)")),
    input,
    make("span", { class: "input-about", id: about },
      error && make("span", { class: "problem" }, error),
      block.hint && make("small", {}, block.hint)));
}
