// Drawing what can be filled in or chosen from; each gives a reader and a writer of its value to its place.

import { make, newId } from "./dom.js";
import { fromField, toField } from "./dates.js";
import { drawText } from "./text.js";

const FIELDS = {
  plain_text_input: "text", email_text_input: "email", url_text_input: "url", number_input: "number",
  datepicker: "date", timepicker: "time", datetimepicker: "datetime-local", external_select: "text",
};
const MENUS = ["static_select", "users_select", "conversations_select", "channels_select"];
const SEVERAL = ["checkboxes", "multi_static_select", "multi_users_select", "multi_conversations_select", "multi_channels_select"];

export const isInput = (element) =>
  element.type in FIELDS || MENUS.includes(element.type) || SEVERAL.includes(element.type) || element.type === "radio_buttons";

// `changed(value, node)` is called when something is chosen, and returns false where nobody wants to know; `labelled` names the label's id.
export function drawInput(element, place, changed, labelled = {}) {
  const drawn =
    element.type in FIELDS ? drawField(element, changed, labelled)
    : MENUS.includes(element.type) ? drawMenu(element, place, changed, labelled)
    : drawTicks(element, place, changed, labelled);
  drawn.node.dataset.key = `${element.block ?? ""}|${element.action ?? ""}`;
  place.inputs?.set(drawn.node.dataset.key, { action: element.action, block: element.block, read: drawn.read, write: drawn.write });
  return drawn.node;
}

const PAUSE = 400;

// A text is told when Enter is pressed, or while one types, as its element asks; a date when it is chosen.
function telling(element, read, changed) {
  if (!["text", "email", "url", "number"].includes(FIELDS[element.type])) {
    return { change: (event) => changed(read(), event.currentTarget) };
  }
  const typed = { timer: 0 };
  return {
    keydown: (event) => {
      if (event.key !== "Enter" || element.multiline || event.isComposing || !element.triggers.includes("on_enter_pressed")) return;
      if (changed(read(), event.currentTarget) !== false) event.preventDefault();
    },
    input: (event) => {
      if (!element.triggers.includes("on_character_entered")) return;
      const node = event.currentTarget;
      clearTimeout(typed.timer);
      typed.timer = setTimeout(() => node.isConnected && changed(read(), node), PAUSE);
    },
  };
}

function drawField(element, changed, labelled) {
  const isMoment = element.type === "datetimepicker";
  const read = () => (isMoment ? fromField(node.value) : node.value) || null;
  const facts = {
    class: "field", placeholder: element.placeholder || undefined, minlength: element.min_length, maxlength: element.max_length,
    min: element.min_value, max: element.max_value, autofocus: element.focus_on_load, ...named(element, labelled),
    on: telling(element, read, changed),
  };
  const node = element.multiline
    ? make("textarea", { ...facts, rows: "4" })
    : make("input", { ...facts, type: FIELDS[element.type], step: element.type === "number_input" && element.is_decimal_allowed ? "any" : undefined });
  const write = (value) => { node.value = value && isMoment ? toField(Number(value)) : value ?? ""; };
  write(element.initial);
  return { node, read, write };
}

function named(element, labelled) {
  return labelled.id ? { "aria-labelledby": labelled.id, "aria-describedby": labelled.about } : { "aria-label": element.spoken || element.placeholder || "Choose" };
}

function choices(element, place) {
  const people = () => place.people().map((one) => ({ value: one.id, label: one.real_name, c: [{ t: "text", v: one.real_name }] }));
  const channels = () => place.channels().map((one) => ({ value: one.id, label: `#${one.name}`, c: [{ t: "text", v: `#${one.name}` }] }));
  if (element.type.includes("users_select")) return people();
  if (element.type.includes("channels_select") || element.type.includes("conversations_select")) return channels();
  return element.options;
}

function drawMenu(element, place, changed, labelled) {
  const option = (one) => make("option", { value: one.value }, one.label + (one.about ? ` – ${one.about}` : ""));
  const none = make("option", { value: "" }, element.placeholder || "Choose");
  const node = make("select", {
    class: "field menu-field", ...named(element, labelled), autofocus: element.focus_on_load,
    on: { change: (event) => changed(read(), event.currentTarget) },
  }, none, choices(element, place).map(option), element.groups.map((group) => make("optgroup", { label: group.label }, group.options.map(option))));
  const read = () => node.value || null;
  const write = (value) => { node.value = value ?? ""; };
  write(element.initial);
  node.reset = () => write(element.initial);
  return { node, read, write };
}

function drawTicks(element, place, changed, labelled) {
  const several = element.type !== "radio_buttons";
  const name = newId("choice");
  const options = [...choices(element, place), ...element.groups.flatMap((group) => group.options)];
  const boxes = options.map((one) => make("input", { type: several ? "checkbox" : "radio", name, value: one.value }));
  const node = make("div", { class: "ticks", role: several ? "group" : "radiogroup", ...named(element, labelled), on: { change: () => changed(read(), node) } },
    options.map((one, index) => make("label", { class: "tick" }, boxes[index],
      make("span", { class: "tick-words" }, drawText(one.c), one.about && make("small", {}, one.about)))));
  const read = () => {
    const ticked = boxes.filter((box) => box.checked).map((box) => box.value);
    return several ? ticked : ticked[0] ?? null;
  };
  const write = (value) => {
    const wanted = [value ?? []].flat();
    for (const box of boxes) box.checked = wanted.includes(box.value);
  };
  write(element.initial);
  node.reset = () => write(element.initial);
  return { node, read, write };
}
