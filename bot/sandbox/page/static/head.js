// What stands over the messages: the conversation's name, its tabs, and the simulated time.

import { byId, say } from "./dom.js";
import { exact, isKnown, present, speed, worded } from "./dates.js";

export function drawHead(state, channel, tab) {
  const direct = channel.kind === "direct";
  const title = direct ? state.title(channel) : `${channel.kind === "private" ? "🔒 " : "# "}${channel.name}`;
  const home = direct && tab === "home";
  say(byId("here-name"), title);
  say(byId("here-about"), direct ? (state.connected ? "App" : "App, not connected just now") : aboutChannel(channel));
  byId("tabs").hidden = !direct;
  for (const [name, chosen] of [["home", home], ["messages", !home]]) {
    byId(`tab-${name}`).setAttribute("aria-selected", String(chosen));
    byId(`tab-${name}`).tabIndex = chosen ? 0 : -1;
  }
  byId("home").hidden = !home;
  byId("messages-here").hidden = home;
  byId("composer-here").hidden = home || channel.archived;
  byId("composer-thread").hidden = channel.archived;
  byId("archived").hidden = home || !channel.archived;
  byId("messages-here").setAttribute("aria-label", `Messages in ${title}; arrow keys move between them`);
  say(byId("thread-about"), direct ? title : `#${channel.name}`);
  return direct ? `Message ${title}` : `Message #${channel.name}`;
}

function aboutChannel(channel) {
  return [
    `${channel.members} members`, channel.bot ? "" : "the bot is not in this channel",
    channel.shared ? "shared with another organisation" : "", channel.archived ? "archived" : "",
  ].filter(Boolean).join(" · ");
}

export function drawClock() {
  if (!isKnown()) return;
  const time = byId("clock");
  say(time, `${worded(present(), "{date_short}")}, ${worded(present(), "{time_secs}")}`);
  time.title = exact(present());
  const times = Number(speed().toPrecision(3));
  say(byId("speed"), times === 1 ? "" : `· ${times}×`);
  byId("speed").title = times === 1 ? "" : `It passes ${times} times as fast as life`;
}
