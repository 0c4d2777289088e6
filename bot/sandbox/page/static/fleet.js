// The simulated fleet as it really is: each task's state and delay, and what can be done to it.

import { make, say } from "./dom.js";
import { exact, lasted } from "./dates.js";

const ORDER = { broken: 0, behind: 1, paused: 2, well: 3 };

export class Fleet {
  constructor({ pull }) {
    this.pull = pull;
    this.can = [];
    this.lines = new Map();
    this.rows = make("table", { class: "fleet" },
      make("thead", {}, make("tr", {}, ["Task", "Status", "Delay"].map((head) => make("th", { scope: "col" }, head)),
        make("th", { scope: "col" }, make("span", { class: "unseen" }, "Change it")))));
    this.none = make("p", { class: "about", hidden: true }, "All tasks are well.");
    this.filter = make("input", { type: "checkbox", on: { change: () => this.keep(this.last) } });
    this.node = make("section", { "aria-labelledby": "fleet-title", hidden: true },
      make("h3", { id: "fleet-title" }, "The fleet"),
      make("p", { class: "about" }, "How it really is, before anybody has polled it, and what the bot makes of it. ",
        make("label", { class: "filter" }, this.filter, " also those that are well")),
      this.table = make("div", { class: "table-scroll fleet-scroll", tabindex: "0", role: "region", "aria-labelledby": "fleet-title" },
        this.rows), this.none);
  }

  start(taskLevers) {
    this.can = taskLevers;
    for (const line of this.lines.values()) line.remove();
    this.lines.clear();
  }

  keep(world) {
    this.last = world;
    this.node.hidden = !world;
    if (!world) return;
    const shown = world.filter((row) => this.filter.checked || row.standing !== "well" || row.trouble);
    shown.sort((one, other) => ORDER[one.standing] - ORDER[other.standing] || other.delay - one.delay);
    this.none.hidden = shown.length > 0;
    this.table.hidden = shown.length === 0;
    const held = this.rows.contains(document.activeElement); // somebody chooses: nothing moves meanwhile
    const wanted = new Set(shown.map((row) => row.key || row.task));
    for (const [key, line] of this.lines) {
      if (wanted.has(key) || (held && line.contains(document.activeElement))) continue;
      line.remove();
      this.lines.delete(key);
    }
    shown.forEach((row, index) => {
      const key = row.key || row.task;
      if (!this.lines.has(key)) this.lines.set(key, this.rows.appendChild(this.drawLine(row)));
      const line = this.lines.get(key);
      const there = this.rows.tBodies[index];
      if (!held && there !== line) this.rows.insertBefore(line, there);
      this.fillLine(line, row);
    });
  }

  drawLine(row) {
    const choose = make("select", { class: "row-levers", "aria-label": `Change ${row.task}`, title: `Change ${row.task}`, on: { change: () => {
      const name = choose.value;
      choose.value = "";
      this.pull(name, choose, row.key);
    } } }, make("option", { value: "" }, "⋯"), this.can.map((lever) => make("option", { value: lever.name }, lever.label)));
    return make("tbody", {},
      make("tr", {},
        make("td", {}, make("span", { class: "dot", role: "img" }), make("span")),
        make("td"), make("td", { class: "align-right" }), make("td", { class: "row-choice" }, this.can.length > 0 && choose)),
      make("tr", { class: "note" }, make("td", { colspan: "4" }, make("span", { class: "status-too" }), make("span"))));
  }

  fillLine(line, row) {
    const [task, status, delay] = line.rows[0].cells;
    const [dot, name] = task.children;
    dot.className = `dot ${row.standing in ORDER ? row.standing : ""}`;
    dot.setAttribute("aria-label", row.standing);
    say(name, row.task);
    const [statusToo, matter] = line.rows[1].cells[0].children;
    const trouble = row.trouble === row.status.toLowerCase() ? "" : row.trouble; // the status says it already
    const matters = [trouble, row.told].filter(Boolean).join(" · ");
    say(statusToo, matters ? `${row.status} · ` : row.status);
    say(matter, matters);
    line.rows[1].classList.toggle("without", !matters);
    line.title = row.storage;
    say(status, row.status);
    say(delay, lasted(row.delay));
    delay.title = `Checkpoint ${exact(row.checkpoint)}`;
  }
}
