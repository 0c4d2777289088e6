// The guided story: its steps, what is to be done in each, and which have really happened.

import { announce, fill, make, say } from "./dom.js";
import { speed } from "./dates.js";

// A text that is sent when it is pressed.
export function drawChip(text, send) {
  return make("button", { type: "button", class: "hint", on: { click: send } }, make("code", {}, text), " ", make("span", { class: "hint-does" }, "Send"));
}

export class Story {
  constructor({ tryOut, pull, look, show }) {
    this.tryOut = tryOut;
    this.pull = pull;
    this.look = look;
    this.show = show;
    this.steps = [];
    this.done = [];
    this.places = [];
    this.chosen = null;
    this.count = make("span", { class: "about" });
    this.pace = make("p", { class: "about pace" });
    this.list = make("ol", { class: "story" });
    this.end = make("div", { class: "story-end", hidden: true });
    this.node = make("section", { "aria-labelledby": "story-title", hidden: true },
      make("h3", { id: "story-title" }, "A short story"), this.count, this.pace, this.list, this.end);
  }

  start({ story, told, begin, after }) {
    this.steps = story;
    this.told = told;
    this.chosen = null;
    this.done = story.map(() => null);
    this.node.hidden = story.length === 0;
    fill(this.list, told ? story.map((step, index) => this.drawStep(step, index)) : []);
    fill(this.end, told
      ? [make("p", {}, "That was the story. Pull any lever below, or go back to the world in which things break by themselves."), after && this.drawLever(after)]
      : [make("p", {}, `${story.length} steps at your own pace, in a world of their own: nothing else breaks there, and time passes as in life while you read and press.`), begin && this.drawLever(begin, { style: "primary" })]);
    if (!told) for (const one of [this.count, this.pace]) one.textContent = "";
  }

  // A lever after which there is something to watch in the fleet leads there.
  drawLever(name, { style = "", inFleet = false } = {}) {
    const press = async (event) => {
      await this.pull(name, event.currentTarget);
      if (inFleet) this.look();
    };
    return make("button", { type: "button", class: `button small ${style}`.trim(), data: { lever: name }, on: { click: press } }, "Do it");
  }

  drawStep(step, index) {
    return make("li", {},
      make("span", { class: "tick", "aria-hidden": "true" }, String(index + 1)),
      make("div", {},
        make("button", { type: "button", class: "step-title", "aria-expanded": "false", on: { click: () => this.choose(index) } }, step.title, make("span", { class: "unseen" })),
        make("p", { class: "watch" }, step.watch),
        make("div", { class: "step-does" },
          step.lever && this.drawLever(step.lever, { inFleet: step.in_fleet }),
          step.text && drawChip(step.text, () => this.tryOut(step.text, step.in_thread, this.places[index])),
          make("button", { type: "button", class: "button small", data: { shows: "" }, hidden: true, on: { click: () => this.show(index, this.places[index], step.in_thread) } }, step.in_thread ? "Open its thread" : "Show the message"))));
  }

  // Shows what is to be done in a step; pressed again, in the one whose turn it is.
  choose(index) {
    this.chosen = this.chosen === index ? null : index;
    this.keep(this.last);
  }

  // Ticks off what has happened; the first that has not is the one to do now.
  keep(world) {
    this.last = world;
    const { done, levers, places, waits } = world;
    this.places = places;
    for (const button of this.node.querySelectorAll("[data-lever]")) {
      const lever = levers.find((one) => one.name === button.dataset.lever);
      if (lever && button.getAttribute("aria-busy") !== "true") say(button, lever.label);
    }
    // Where a message is all that is left of a step, pulling its lever once more would undo it.
    this.steps.forEach((step, index) => {
      const button = step.to_read && this.list.children[index]?.querySelector("[data-lever]");
      if (button) button.hidden = Boolean(places[index]);
    });
    const over = this.told && done.length > 0 && done.every(Boolean);
    this.end.hidden = this.told && !over;
    if (!this.told) return;
    const now = this.chosen ?? done.indexOf(false);
    [...this.list.children].forEach((item, index) => {
      item.className = `${done[index] ? "done" : ""} ${index === now ? "now" : ""}`.trim();
      item.querySelector(".step-title").setAttribute("aria-expanded", String(index === now));
      say(item.querySelector(".unseen"), done[index] ? " (done)" : "");
      const shows = item.querySelector("[data-shows]");
      shows.hidden = !places[index];
      if (done[index]) say(shows, this.steps[index].in_thread ? "See its thread" : "See the message");
      if (done[index] && this.done[index] === false) {
        announce(`Done: ${this.steps[index].title}`);
        if (this.chosen === index) this.chosen = null;
      }
    });
    this.done = done;
    say(this.count, `${this.progress} done`);
    say(this.pace, over ? "" : paceOf(waits));
  }

  get short() {
    return `${this.done.filter(Boolean).length}/${this.steps.length}`;
  }

  get progress() {
    return `${this.done.filter(Boolean).length} of ${this.steps.length}`;
  }
}

// Says how fast time passes, and until when.
function paceOf(waits) {
  const times = Number(speed().toPrecision(3));
  if (times === 1) return "Time passes as in life: it waits for you.";
  return waits ? `Time passes ${times} times as fast as life, until it is your turn.` : `Time passes ${times} times as fast as life.`;
}
