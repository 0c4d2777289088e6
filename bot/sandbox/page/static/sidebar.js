// The side bar: the conversations one is in; and the choice of through whose eyes one looks.

import { byId, fill, make } from "./dom.js";
import { drawAvatar, roleOf } from "./messages.js";

export function drawPeople(state) {
  const select = byId("person");
  const people = [...state.people.values()].filter((person) => person.role !== "app");
  const version = JSON.stringify([people, state.me]);
  if (select.version === version) return;
  select.version = version;
  fill(select, people.map((person) => make("option", { value: person.id, selected: person.id === state.me }, `${person.real_name}${person.role ? ` (${roleOf(person).toLowerCase()})` : ""}`)));
}

export function drawChannels(state, here, go) {
  const nav = byId("channels");
  const version = JSON.stringify([[...state.channels.values()], [...state.unread], here, state.connected]);
  if (nav.version === version) return;
  nav.version = version;
  const held = nav.contains(document.activeElement) ? document.activeElement.dataset.channel : null;
  const item = (channel) => {
    const unread = state.unread.get(channel.id);
    const mark = channel.kind === "direct" ? drawAvatar(state.person(state.bot)) : make("span", { class: "hash", "aria-hidden": "true" }, channel.kind === "private" ? "🔒" : "#");
    return make("li", {}, make("button", {
      type: "button", class: `channel${unread ? " unread" : ""}`, "aria-current": channel.id === here ? "page" : undefined,
      data: { channel: channel.id }, on: { click: () => go(channel.id) },
    }, mark, make("span", { class: "channel-name" }, state.title(channel)),
      channel.kind === "direct" && make("span", { class: `presence${state.connected ? " here" : ""}`, role: "img", "aria-label": state.connected ? "connected" : "not connected", title: state.connected ? "The bot is connected" : "The bot is not connected" }),
      unread && make("span", { class: `count${unread.pages ? " pages" : ""}`, "aria-label": `${unread.count} new` }, String(unread.count))));
  };
  const channels = [...state.channels.values()];
  const part = (title, members) => members.length > 0 && [make("h2", {}, title), make("ul", {}, members.map(item))];
  fill(nav, part("Channels", channels.filter((one) => one.kind !== "direct")), part("Apps", channels.filter((one) => one.kind === "direct")));
  if (held) [...nav.querySelectorAll("button")].find((node) => node.dataset.channel === held)?.focus();
}
