// Drawing what can be pressed: buttons, menus, confirmations. A place says what pressing does.

import { make, newId } from "./dom.js";
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
  const menuId = newId("menu");
  const opener = make("button", {
    type: "button", class: "button overflow", "aria-label": element.spoken || "More", "aria-haspopup": "menu",
    "aria-expanded": "false", "aria-controls": menuId, data: { key: keyOf(element) },
    on: { click: () => (menu.hidden ? open() : close()) },
  }, "⋯");
  const choose = (option) => {
    close();
    if (option.url) window.open(option.url, "_blank", "noopener,noreferrer");
    press(element, option.value, opener, place);
  };
  const items = element.options.map((option) =>
    make("button", { type: "button", role: "menuitem", tabindex: "-1", on: { click: () => choose(option) } }, drawText(option.c)));
  const menu = make("div", { id: menuId, role: "menu", class: "menu", hidden: true, on: { keydown: move } }, items);
  const holder = make("span", { class: "menu-holder", on: { focusout: (event) => !holder.contains(event.relatedTarget) && close(false) } }, opener, menu);

  function open() {
    menu.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    items[0]?.focus();
  }
  function close(back = true) {
    if (menu.hidden) return;
    menu.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    if (back) opener.focus();
  }
  function move(event) {
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === "Escape") close();
    else if (to === undefined) return;
    else items[to % items.length].focus();
    event.preventDefault();
    event.stopPropagation();
  }
  return holder;
}
