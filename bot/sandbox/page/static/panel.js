// The side panel: what to try, the levers of the simulated world, and its fleet as it really is.

import { fill, make, say } from "./dom.js";
import { exact, lasted, worded } from "./dates.js";

const ORDER = { broken: 0, behind: 1, paused: 2, well: 3 };
const STANDING = { broken: "broken", behind: "behind", paused: "paused", well: "well" };

export class Panel {
  constructor(live, { body, about, tryOut }) {
    this.live = live;
    this.about = about;
    this.tryOut = tryOut;
    this.said = make("p", { class: "lever-said", role: "status" });
    this.hints = make("section", { "aria-labelledby": "hints-title" });
    this.story = make("section", { "aria-labelledby": "story-title", hidden: true });
    this.levers = make("section", { "aria-labelledby": "levers-title", hidden: true });
    this.rows = make("tbody");
    this.filter = make("input", { type: "checkbox", id: "all-tasks", on: { change: () => this.drawWorld(this.last) } });
    this.fleet = make("section", { "aria-labelledby": "fleet-title", hidden: true },
      make("h3", { id: "fleet-title" }, "The fleet"),
      make("p", { class: "about" }, "What is really going on, before anybody has polled it. ",
        make("label", {}, this.filter, " also those that are well")),
      make("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-labelledby": "fleet-title" },
        make("table", { class: "fleet" },
          make("thead", {}, make("tr", {}, ["Task", "Status", "Delay", "Checkpoint"].map((head) => make("th", { scope: "col" }, head)))),
          this.rows)));
    fill(body, this.hints, this.story, this.levers, this.fleet);
  }

  start({ hints, story }) {
    fill(this.hints, make("h3", { id: "hints-title" }, "What to try"),
      make("ul", { class: "hints" }, hints.map((hint) => make("li", {},
        make("button", { type: "button", class: "hint", on: { click: () => this.tryOut(hint.text) } }, make("code", {}, hint.text)),
        make("span", { class: "about" }, hint.does)))));
    this.story.hidden = story.length === 0;
    fill(this.story, make("h3", { id: "story-title" }, "A short story"), make("ol", { class: "story" }, story.map((step) => this.drawStep(step))));
  }

  drawStep(step) {
    return make("li", {},
      make("strong", {}, step.title), " ", make("span", {}, step.watch), " ",
      step.text && make("button", { type: "button", class: "hint", on: { click: () => this.tryOut(step.text) } }, make("code", {}, step.text)),
      step.lever && make("button", { type: "button", class: "button small", data: { lever: step.lever }, on: { click: (event) => this.pull(step.lever, event.currentTarget) } }, "Do it"));
  }

  keep({ world, levers }) {
    this.drawLevers(levers);
    this.drawWorld(world);
  }

  drawLevers(levers) {
    const version = JSON.stringify(levers);
    if (version === this.leversDrawn) return;
    this.leversDrawn = version;
    const held = document.activeElement?.dataset?.pull;
    const groups = new Map();
    for (const lever of levers) groups.set(lever.group, [...(groups.get(lever.group) ?? []), lever]);
    this.levers.hidden = levers.length === 0;
    fill(this.levers, make("h3", { id: "levers-title" }, "Levers"),
      [...groups].map(([group, members]) => make("div", { class: "lever-group", role: "group", "aria-label": group || "Levers" },
        group && make("h4", {}, group),
        members.map((lever) => make("button", {
          type: "button", class: "button small", title: lever.about || undefined, data: { pull: lever.name },
          on: { click: (event) => this.pull(lever.name, event.currentTarget) },
        }, lever.label)))), this.said);
    if (held) [...this.levers.querySelectorAll("[data-pull]")].find((node) => node.dataset.pull === held)?.focus();
  }

  async pull(name, node) {
    if (node.getAttribute("aria-busy") === "true") return;
    node.setAttribute("aria-busy", "true");
    try {
      const answer = await this.live.ask("pull", { lever: name });
      this.said.textContent = answer.said ?? "Done.";
      this.live.hear({ type: "world", ...answer });
    } catch (error) {
      this.said.textContent = error.message;
    } finally {
      node.removeAttribute("aria-busy");
    }
  }

  drawWorld(world) {
    this.last = world;
    this.fleet.hidden = !world;
    if (!world) return;
    const ill = world.filter((row) => row.standing !== "well").length;
    say(this.about, `${world.length} tasks, ${ill === 0 ? "all well" : `${ill} not well`}`);
    const shown = world.filter((row) => this.filter.checked || row.standing !== "well");
    shown.sort((one, other) => ORDER[one.standing] - ORDER[other.standing] || other.delay - one.delay);
    while (this.rows.children.length > Math.max(shown.length, 1)) this.rows.lastChild.remove();
    if (shown.length === 0) {
      fill(this.rows, make("tr", {}, make("td", { colspan: "4", class: "about" }, "All tasks are well.")));
      return;
    }
    shown.forEach((row, index) => this.keepRow(row, index));
  }

  keepRow(row, index) {
    let line = this.rows.children[index];
    if (!line?.cells || line.cells.length < 4) {
      line?.remove();
      line = make("tr", {}, make("td", {}, make("span", { class: "dot", role: "img" }), make("span")), make("td"), make("td", { class: "align-right" }), make("td"));
      this.rows.insertBefore(line, this.rows.children[index] ?? null);
    }
    const [task, status, delay, checkpoint] = line.cells;
    task.firstChild.className = `dot ${STANDING[row.standing] ?? ""}`;
    task.firstChild.setAttribute("aria-label", row.standing);
    say(task.lastChild, row.task);
    say(status, row.status);
    line.title = row.trouble;
    say(delay, lasted(row.delay));
    say(checkpoint, worded(row.checkpoint, "{time_secs}"));
    checkpoint.title = exact(row.checkpoint);
  }
}
