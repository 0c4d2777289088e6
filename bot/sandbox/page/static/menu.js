// A menu under a button: opened by press or key, walked by arrow keys, closed by Escape or by leaving it.

import { fill, make, newId } from "./dom.js";

// `items()` returns [{content, choose, kind}], asked for anew whenever the menu opens.
export function makeMenu({ label, text, kind = "", key, items }) {
  const menuId = newId("menu");
  const opener = make("button", {
    type: "button", class: kind, "aria-label": label, title: label, "aria-haspopup": "menu", "aria-expanded": "false",
    "aria-controls": menuId, data: { key }, on: { click: () => (menu.hidden ? open() : close()) },
  }, text);
  const menu = make("div", { id: menuId, role: "menu", "aria-label": label, class: "menu", hidden: true, on: { keydown: move } });
  const holder = make("span", { class: "menu-holder", on: { focusout: (event) => !holder.contains(event.relatedTarget) && close(false) } }, opener, menu);

  function open() {
    fill(menu, items().map((item) => make("button", {
      type: "button", role: "menuitem", tabindex: "-1", class: item.kind || undefined,
      on: { click: () => { close(); item.choose(opener); } },
    }, item.content)));
    menu.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    menu.firstElementChild?.focus();
    menu.scrollIntoView({ block: "nearest" });
  }
  function close(back = true) {
    if (menu.hidden) return;
    menu.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    if (back) opener.focus();
    holder.dispatchEvent(new CustomEvent("settled", { bubbles: true }));
  }
  function move(event) {
    const all = [...menu.children];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Escape") close();
    else if (to === undefined) return;
    else all[to % all.length].focus();
    event.preventDefault();
    event.stopPropagation();
  }
  return holder;
}
