// Dialogs: the top one of the person's stack, its inputs kept while it is drawn anew.

import { fill, make, newId } from "./dom.js";
import { drawBlocks } from "./blocks.js";

export class Dialogs {
  constructor(live, surroundings) {
    this.live = live;
    this.surroundings = surroundings;
    this.shown = null;
    this.titleId = newId("dialog");
    this.node = make("dialog", { class: "dialog", "aria-labelledby": this.titleId, on: { cancel: (event) => { event.preventDefault(); this.leave(false); } } });
    document.body.append(this.node);
  }

  show(stack) {
    const view = stack.at(-1);
    this.height = stack.length;
    if (!view) {
      this.shown = null;
      if (this.node.open) this.node.close();
      return;
    }
    const version = JSON.stringify(view);
    if (this.version === version && this.node.open) return;
    const held = this.node.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const filled = this.shown?.id === view.id ? this.values() : new Map();
    this.shown = view;
    this.version = version;
    this.draw(view, filled);
    if (!this.node.open) this.node.showModal();
    const first = ["[aria-invalid=true]", "[autofocus]", ".field, .ticks input", "button"].map((wanted) => this.node.querySelector(wanted)).find(Boolean);
    const again = [...this.node.querySelectorAll("[data-key]")].find((node) => held && node.dataset.key === held);
    (Object.keys(view.errors).length > 0 ? first : again ?? first)?.focus();
  }

  values() {
    return new Map([...this.inputs].map(([key, input]) => [key, input.read()]));
  }

  // The same by action, as the simulated Slack wants to be told.
  filled() {
    return Object.fromEntries([...this.inputs.values()].map((input) => [input.action, input.read()]));
  }

  draw(view, filled, missing = {}) {
    this.inputs = new Map();
    this.problem = make("p", { class: "problem", role: "alert" });
    const place = {
      ...this.surroundings,
      inputs: this.inputs,
      errors: { ...view.errors, ...missing },
      fail: (sentence) => { this.problem.textContent = sentence; },
      press: (element, value) => this.live.ask("press_in_view", { view: view.id, action: element.action, block: element.block, value, values: this.filled() }),
    };
    this.submit = view.submit && make("button", { type: "submit", class: "button primary-filled" }, view.submit);
    fill(this.node, make("form", { novalidate: true, on: { submit: (event) => { event.preventDefault(); this.send(view); } } },
      make("header", { class: "dialog-head" },
        make("h2", { id: this.titleId }, view.title),
        make("button", { type: "button", class: "icon-button", "aria-label": "Close", on: { click: () => this.leave(true) } }, "✕")),
      make("div", { class: "dialog-body" }, drawBlocks(view.blocks, place), this.problem),
      make("footer", { class: "dialog-foot" },
        make("button", { type: "button", class: "button", on: { click: () => this.leave(false) } }, view.close || (this.submit ? "Cancel" : "Close")),
        this.submit)));
    for (const [key, value] of filled) this.inputs.get(key)?.write(value);
  }

  // What must be filled in and is not, by block.
  missing(view) {
    const empty = (value) => value === null || value === "" || (Array.isArray(value) && value.length === 0);
    const needed = new Set(view.blocks.filter((block) => block.type === "input" && !block.optional).map((block) => block.id));
    const found = [...this.inputs.values()].filter((input) => needed.has(input.block) && empty(input.read()));
    return Object.fromEntries(found.map((input) => [input.block, "Please complete this required field."]));
  }

  async send(view) {
    const missing = this.missing(view);
    if (Object.keys(missing).length > 0) {
      this.draw(view, this.values(), missing);
      this.node.querySelector("[aria-invalid=true]")?.focus();
      return;
    }
    const values = this.filled();
    this.problem.textContent = "";
    this.submit.setAttribute("aria-busy", "true");
    try {
      await this.live.ask("submit", { view: view.id, values });
    } catch (error) {
      this.problem.textContent = error.message;
    } finally {
      this.submit.removeAttribute("aria-busy");
    }
  }

  leave(every) {
    if (this.shown) this.live.ask("close", { view: this.shown.id, every: every && this.height > 1 }).catch((error) => { this.problem.textContent = error.message; });
  }
}
