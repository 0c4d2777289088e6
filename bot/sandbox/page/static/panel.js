// The side panel: a story to follow, the levers of the simulated world, its fleet, and what to try.

import { fill, make, newId, say } from "./dom.js";
import { Fleet } from "./fleet.js";
import { Story, drawChip } from "./story.js";

export class Panel {
  constructor(live, { body, about, opener, tryOut, show }) {
    this.live = live;
    this.about = about;
    this.opener = opener;
    const pull = (name, node, task) => this.pull(name, node, task);
    this.tryOut = (text, inThread, place) => this.send(tryOut, text, inThread, place);
    this.story = new Story({ tryOut: this.tryOut, pull, look: () => this.fleet.node.scrollIntoView({ block: "nearest" }), show: (...what) => this.show(show, ...what) });
    this.fleet = new Fleet({ pull });
    this.said = make("p", { class: "lever-said", role: "status" });
    this.hints = make("section", { "aria-labelledby": "hints-title" });
    this.levers = make("section", { "aria-labelledby": "levers-title", hidden: true });
    this.download = make("a", { href: "/page/recording", download: "", class: "download", hidden: true });
    fill(body, this.story.node, this.fleet.node, this.levers, this.hints);
    body.after(this.said);
  }

  start(all) {
    const { hints, task_levers: taskLevers } = all;
    fill(this.hints, make("h3", { id: "hints-title" }, "What to try"),
      make("ul", { class: "hints" }, hints.map((hint) => make("li", {},
        drawChip(hint.text, () => this.tryOut(hint.text, false)),
        make("span", { class: "about" }, hint.does)))));
    this.story.start(all);
    this.fleet.start(taskLevers);
    this.said.textContent = "";
  }

  keep(present) {
    const { world, levers, done, recorded } = present;
    this.drawLevers(levers);
    this.drawRecorded(recorded);
    this.fleet.keep(world);
    this.story.keep(present);
    const ill = (world ?? []).filter((row) => row.standing !== "well").length;
    say(this.about, world ? `${world.length} tasks, ${ill === 0 ? "all well" : `${ill} not well`}` : "");
    const told = done.length > 0 && this.story.told;
    say(this.opener, told ? `Story ${this.story.short}` : "World");
    this.opener.title = told ? `Of the story, ${this.story.progress} is done` : "A short story, the levers and the fleet";
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
        group && make("h4", {}, group), members.map((lever) => this.drawLever(lever)))), this.download);
    if (held) [...this.levers.querySelectorAll("[data-pull]")].find((node) => node.dataset.pull === held)?.focus();
  }

  // A button says what a press does; what is the matter until then stands before it.
  drawLever(lever) {
    const button = make("button", {
      type: "button", class: "button small", title: lever.about || undefined, data: { pull: lever.name },
      "aria-pressed": lever.pressed === null ? undefined : String(lever.pressed),
      on: { click: (event) => this.pull(lever.name, event.currentTarget) },
    }, lever.label);
    return lever.state ? make("span", { class: "lever-on" }, `${lever.state}: `, button) : button;
  }

  drawRecorded(bytes) {
    this.download.hidden = bytes === null;
    if (bytes !== null) say(this.download, `Download the recording (${bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`})`);
  }

  // Leads to the message that a step of the story speaks of.
  async show(show, step, place, inThread) {
    try {
      await show(place, inThread);
      this.live.hear({ type: "world", ...await this.live.ask("step", { step }) });
    } catch (error) {
      this.said.textContent = error.message;
    }
  }

  async send(tryOut, text, inThread, place) {
    try {
      await tryOut(text, inThread, place);
      this.said.textContent = `Sent: ${text}`;
    } catch (error) {
      this.said.textContent = error.message;
    }
  }

  async pull(name, node, task) {
    if (node.getAttribute("aria-busy") === "true") return;
    node.setAttribute("aria-busy", "true");
    try {
      const answer = await this.live.ask("pull", { lever: name, ...(task === undefined ? {} : { task }) });
      const said = answer.said ?? "Done.";
      if (said.includes("\n")) showReport(said);
      else this.said.textContent = said;
      this.live.hear({ type: "world", ...answer });
    } catch (error) {
      this.said.textContent = error.message;
    } finally {
      node.removeAttribute("aria-busy");
    }
  }
}

// Shows a text of many lines, as a terminal would.
function showReport(text) {
  const title = newId("report");
  const end = () => { dialog.close(); dialog.remove(); };
  const dialog = make("dialog", { class: "dialog report", "aria-labelledby": title, on: { cancel: (event) => { event.preventDefault(); end(); } } },
    make("header", { class: "dialog-head" }, make("h2", { id: title }, "What the alert rules make of it"),
      make("button", { type: "button", class: "icon-button", "aria-label": "Close", on: { click: end } }, "✕")),
    make("div", { class: "dialog-body" }, make("pre", { tabindex: "0" }, text)));
  document.body.append(dialog);
  dialog.showModal();
}
