// The guided story: its steps, what is to be done in each, and which have really happened.

import { announce, fill, make } from "./dom.js";

// A text that is sent when it is pressed.
export function drawChip(text, send) {
  return make("button", { type: "button", class: "hint", on: { click: send } }, make("code", {}, text), " ", make("span", { class: "hint-does" }, "Send"));
}

export class Story {
  constructor({ tryOut, pull }) {
    this.tryOut = tryOut;
    this.pull = pull;
    this.steps = [];
    this.done = [];
    this.chosen = null;
    this.count = make("span", { class: "about" });
    this.list = make("ol", { class: "story" });
    this.node = make("section", { "aria-labelledby": "story-title", hidden: true },
      make("h3", { id: "story-title" }, "A short story"), this.count, this.list);
  }

  start(steps) {
    this.steps = steps;
    this.chosen = null;
    this.done = steps.map(() => null);
    this.node.hidden = steps.length === 0;
    fill(this.list, steps.map((step, index) => this.drawStep(step, index)));
  }

  drawStep(step, index) {
    return make("li", {},
      make("span", { class: "tick", "aria-hidden": "true" }, String(index + 1)),
      make("div", {},
        make("button", { type: "button", class: "step-title", "aria-expanded": "false", on: { click: () => this.choose(index) } }, step.title, make("span", { class: "unseen" })),
        make("p", { class: "watch" }, step.watch),
        make("div", { class: "step-does" },
          step.text && drawChip(step.text, () => this.tryOut(step.text, step.in_thread)),
          step.lever && make("button", { type: "button", class: "button small", data: { lever: step.lever }, on: { click: (event) => this.pull(step.lever, event.currentTarget) } }, "Do it"))));
  }

  // Shows what is to be done in a step; pressed again, in the one whose turn it is.
  choose(index) {
    this.chosen = this.chosen === index ? null : index;
    this.keep(this.done, this.levers);
  }

  // Ticks off what has happened; the first that has not is the one to do now.
  keep(done, levers) {
    const now = this.chosen ?? done.indexOf(false);
    this.levers = levers;
    [...this.list.children].forEach((item, index) => {
      item.className = `${done[index] ? "done" : ""} ${index === now ? "now" : ""}`.trim();
      item.querySelector(".step-title").setAttribute("aria-expanded", String(index === now));
      item.querySelector(".unseen").textContent = done[index] ? " (done)" : "";
      if (done[index] && this.done[index] === false) {
        announce(`Done: ${this.steps[index].title}`);
        if (this.chosen === index) this.chosen = null;
      }
      const lever = levers.find((one) => one.name === this.steps[index].lever);
      const button = item.querySelector("[data-lever]");
      if (lever && button && button.getAttribute("aria-busy") !== "true") button.textContent = lever.label;
    });
    this.done = done;
    this.count.textContent = `${this.progress} done`;
  }

  get short() {
    return `${this.done.filter(Boolean).length}/${this.steps.length}`;
  }

  get progress() {
    return `${this.done.filter(Boolean).length} of ${this.steps.length}`;
  }
}
