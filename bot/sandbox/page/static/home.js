// The Home tab of the bot.

import { byId, fill, make } from "./dom.js";
import { drawBlocks } from "./blocks.js";
import { zone } from "./dates.js";

export function drawHome(state, channel, { live, surroundings }) {
  const node = byId("home");
  if (channel.kind !== "direct") return;
  const version = JSON.stringify([state.home, zone()]);
  if (node.version === version) return;
  node.version = version;
  const view = state.home;
  if (!view) {
    fill(node, make("p", { class: "empty" }, "The bot has not drawn its Home tab yet."));
    return;
  }
  const held = node.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const problem = make("p", { class: "problem", role: "alert" });
  fill(node, drawBlocks(view.blocks, {
    ...surroundings, fail: (sentence) => { problem.textContent = sentence; },
    press: (element, value) => live.ask("press_in_view", { view: view.id, action: element.action, block: element.block, value }),
  }), problem);
  if (held) [...node.querySelectorAll("[data-key]")].find((one) => one.dataset.key === held)?.focus();
}
