// The box to write in: messages, mentions and slash commands, with completion.

import { fill, make, newId } from "./dom.js";

const MOST = 8;

// `send(text)` returns a promise; `suggest(text, caret)` returns {from, items: [{text, about}], soft}: Tab takes the
// first of them, Enter the one that somebody moved to. Where nobody moved, Enter sends what is soft as it was typed.
export function makeComposer({ label, send, suggest }) {
  const listId = newId("suggestions");
  const problem = make("p", { class: "problem", role: "alert" });
  const list = make("ul", { class: "suggestions", id: listId, role: "listbox", "aria-label": "Suggestions", hidden: true });
  const box = make("textarea", {
    class: "box", rows: "1", role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": listId,
    "aria-label": label, placeholder: label, maxlength: "12000", spellcheck: "false", autocomplete: "off", enterkeyhint: "send",
    on: { keydown: key, input: () => { grow(); offer(); }, blur: () => hide() },
  });
  const button = make("button", { type: "button", class: "send", "aria-label": "Send", title: "Send (Enter)", on: { click: () => submit() } }, "➤");
  let offered = null;
  let chosen = -1;

  function grow() {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
  }

  function offer() {
    const found = suggest(box.value, box.selectionStart);
    offered = found?.items.length ? { ...found, items: found.items.slice(0, MOST) } : null;
    chosen = !offered || offered.soft ? -1 : 0;
    drawOffered();
  }

  function drawOffered() {
    list.hidden = !offered;
    box.setAttribute("aria-expanded", String(Boolean(offered)));
    box.removeAttribute("aria-activedescendant");
    fill(list, (offered?.items ?? []).map((item, index) =>
      make("li", { role: "option", id: `${listId}-${index}`, "aria-selected": String(index === chosen), on: { mousedown: (event) => { event.preventDefault(); take(index); } } },
        make("span", {}, item.text), make("small", {}, item.about))));
    if (offered && chosen >= 0) box.setAttribute("aria-activedescendant", `${listId}-${chosen}`);
  }

  function hide() {
    offered = null;
    drawOffered();
  }

  function take(index) {
    const { from, items } = offered;
    const caret = box.selectionStart;
    const { text } = items[index];
    box.setRangeText(/[:>]$/.test(text) ? text : `${text} `, from, caret, "end");
    hide();
    grow();
  }

  function key(event) {
    if (event.isComposing) return;
    if (offered && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      const count = offered.items.length;
      chosen = event.key === "ArrowDown" ? (chosen + 1) % count : (Math.max(chosen, 0) - 1 + count) % count;
      drawOffered();
    } else if (offered && event.key === "Tab") take(Math.max(chosen, 0));
    else if (offered && event.key === "Escape") hide();
    else if (offered && event.key === "Enter" && chosen >= 0 && !exactly()) take(chosen);
    else if (event.key === "Enter" && !event.shiftKey) submit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const exactly = () => offered.items.some((item) => item.text === box.value.slice(offered.from).trim());

  function submit() {
    const text = box.value.trim();
    if (!text || button.getAttribute("aria-busy") === "true") return;
    hide();
    box.value = "";
    grow();
    bring(text);
  }

  // Returns what went wrong, if anything did.
  async function bring(text) {
    problem.textContent = "";
    button.setAttribute("aria-busy", "true");
    try {
      await send(text);
      return "";
    } catch (error) {
      problem.textContent = error.message;
      if (!box.value) box.value = text;
      grow();
      return error.message;
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  return {
    node: make("div", { class: "composer" }, problem, make("div", { class: "composer-row" }, list, box, button)),
    focus: () => box.focus(),
    label: (words) => { box.placeholder = words; box.setAttribute("aria-label", words); },
    send: bring,
  };
}
