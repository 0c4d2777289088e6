// Drawing what can be pressed: buttons, menus, confirmations. A place says what pressing does.

import { make, newId } from "./dom.js";
import { makeMenu } from "./menu.js";
import { drawText } from "./text.js";
import { drawInput, isInput } from "./inputs.js";

// Draws an element. `place.press(element, value)` returns a promise; `place.fail(sentence)` shows why not.
export function drawElement(element, place) {
  switch (element.type) {
    case "button":
    case "workflow_button":
      return drawButton(element, place);
    case "overflow":
      return drawOverflow(element, place);
    default:
      if (isInput(element)) return drawInput(element, place, (value, node) => press(element, value, node, place));
      return make("span", { class: "not-drawn" }, `(${element.type} is not drawn here)`);
  }
}

export const keyOf = (element) => `${element.block ?? ""}|${element.action ?? ""}`;

function drawButton(element, place) {
  const facts = {
    class: `button ${element.style}`,
    "aria-label": element.spoken || undefined,
    data: { key: keyOf(element) },
    on: { click: (event) => press(element, null, event.currentTarget, place) },
  };
  if (element.url) return make("a", { ...facts, href: element.url, target: "_blank", rel: "noopener noreferrer" }, element.label);
  return make("button", { type: "button", ...facts }, element.label);
}

async function press(element, value, node, place) {
  if (node.getAttribute("aria-busy") === "true") return;
  if (element.confirm && !(await confirmed(element.confirm))) {
    if (node.reset) node.reset();
    return;
  }
  place.fail("");
  node.setAttribute("aria-busy", "true");
  try {
    await place.press(element, value);
  } catch (error) {
    place.fail(error.message);
  } finally {
    node.removeAttribute("aria-busy");
  }
}

export function confirmed(confirm) {
  return new Promise((decide) => {
    const title = newId("confirm");
    const end = (answer) => {
      dialog.close();
      dialog.remove();
      decide(answer);
    };
    const dialog = make("dialog", { class: "dialog confirm", "aria-labelledby": title, on: { cancel: (event) => { event.preventDefault(); end(false); } } },
      make("h2", { id: title }, confirm.title),
      make("div", { class: "dialog-body text" }, drawText(confirm.c)),
      make("footer", { class: "dialog-foot" },
        make("button", { type: "button", class: "button", on: { click: () => end(false) } }, confirm.no),
        make("button", { type: "button", class: `button ${confirm.danger ? "danger-filled" : "primary-filled"}`, on: { click: () => end(true) } }, confirm.yes)));
    document.body.append(dialog);
    dialog.showModal();
  });
}

function drawOverflow(element, place) {
  const choose = (option) => (opener) => {
    if (option.url) window.open(option.url, "_blank", "noopener,noreferrer");
    press(element, option.value, opener, place);
  };
  return makeMenu({
    label: element.spoken || "More", text: "⋯", kind: "button overflow", key: keyOf(element),
    items: () => element.options.map((option) => ({ content: drawText(option.c), choose: choose(option) })),
  });
}
