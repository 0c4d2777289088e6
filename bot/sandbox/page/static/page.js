// The page as a whole: where one is, what is shown there, and what keys do.

import { announce, byId, fill, make, say } from "./dom.js";
import { makeComposer } from "./composer.js";
import { suggestions } from "./composing.js";
import { present, setClock, setZone, worded, zone } from "./dates.js";
import { Dialogs } from "./dialogs.js";
import { drawClock, drawHead } from "./head.js";
import { drawHome } from "./home.js";
import { Live } from "./live.js";
import { keepList, moveAmong, pointOut, spoken, stayAtEnd } from "./messages.js";
import { Panel } from "./panel.js";
import { drawChannels, drawPeople } from "./sidebar.js";
import { State } from "./state.js";
import { letters, refreshAgo } from "./text.js";
import { offerThemes } from "./theme.js";

const state = new State();
const live = new Live(hear, stand);
const narrow = matchMedia("(max-width: 760px)");
const middling = matchMedia("(max-width: 1279px)");
let here = "";
let thread = null;
let tab = "messages";
let toEnd = true;
let drawing = false;

// ── where one is

const surroundings = {
  people: () => [...state.people.values()].filter((person) => person.role !== "app"),
  channels: () => [...state.channels.values()].filter((channel) => channel.kind !== "direct"),
};
const dialogs = new Dialogs(live, surroundings);
const panel = new Panel(live, {
  body: byId("panel-body"), about: byId("panel-about"), opener: byId("toggle-panel"), tryOut, show: showMessage,
});
const offered = (text, caret) => suggestions(text, caret, { verbs: state.verbs, people: [...state.people.values()], groups: state.groups, channels: surroundings.channels() });
const composer = makeComposer({ label: "Message", suggest: offered, send: (text) => { toEnd = true; return live.ask("write", { channel: here, text }); } });
const threadComposer = makeComposer({ label: "Reply…", suggest: offered, send: (text) => live.ask("write", { channel: here, text, thread }) });
byId("composer-here").append(composer.node);
byId("composer-thread").append(threadComposer.node);

function go(channel, { focus = true } = {}) {
  if (!state.channels.has(channel)) return;
  if (channel !== here) closeThread(false);
  here = channel;
  toEnd = true;
  state.unread.delete(channel);
  tab = "messages";
  if (state.channels.get(channel).kind === "direct") live.ask("open_home", { tab }).catch((error) => announce(error.message));
  sidebar(false);
  remember();
  draw();
  if (focus && !narrow.matches) composer.focus();
}

function remember() {
  const channel = state.channels.get(here);
  const name = channel?.kind === "direct" ? here : channel?.name;
  history.replaceState(null, "", `${location.pathname}${location.search}#${name ?? ""}${tab === "home" ? "/home" : thread ? `/${thread}` : ""}`);
}

function arrive(first) {
  const [name, inside] = decodeURIComponent(location.hash.slice(1)).split("/");
  const channels = [...state.channels.values()];
  const wanted = channels.find((one) => name && (one.name === name || one.id === name)) ?? (/^D\d/.test(name) ? channels.find((one) => one.kind === "direct") : undefined) ?? state.channels.get(here) ?? state.channels.get(first) ?? channels.find((one) => one.kind === "channel") ?? channels[0];
  here = wanted?.id ?? "";
  toEnd = true;
  if (thread && !state.messages.get(here)?.has(thread)) closeThread(false);
  if (inside === "home" && wanted?.kind === "direct") showTab("home");
  else if (inside && state.messages.get(here)?.has(inside)) openThread(state.messages.get(here).get(inside), false);
}

function openThread(message, focus = true) {
  thread = message.thread ?? message.ts;
  byId("thread").hidden = false;
  document.body.classList.add("with-thread");
  byId("messages-thread").atEnd = true;
  live.ask("thread", { channel: here, ts: thread }).then((answer) => {
    state.add(here, answer.messages);
    draw();
  }).catch((error) => announce(error.message));
  remember();
  draw();
  if (focus) threadComposer.focus();
}

function closeThread(focus = true) {
  const ts = thread;
  thread = null;
  byId("thread").hidden = true;
  document.body.classList.remove("with-thread");
  remember();
  if (focus && ts) [...byId("messages-here").children].find((node) => node.dataset.id === ts)?.focus();
}

function showTab(name) {
  tab = name;
  live.ask("open_home", { tab: name }).catch((error) => announce(error.message));
  remember();
  draw();
}

function sidebar(open) {
  document.body.classList.toggle("channels-open", open);
  byId("open-channels").setAttribute("aria-expanded", String(open));
  if (open) byId("channels").querySelector("button[aria-current], button")?.focus();
}

function showPanel(open) {
  document.body.classList.toggle("panel-closed", !open);
  byId("toggle-panel").setAttribute("aria-expanded", String(open));
}

// Leads to a message: shows it where it stands, in its channel or with its thread, marks it and puts the focus on it.
async function showMessage({ channel, ts }, inThread) {
  if (middling.matches) showPanel(false);
  if (channel !== here) go(channel, { focus: false });
  if (tab === "home") showTab("messages");
  if (!state.messages.get(channel)?.has(ts)) state.add(channel, (await live.ask("thread", { channel, ts })).messages);
  if (inThread) openThread(state.messages.get(channel).get(ts));
  else if (narrow.matches) closeThread(false);
  toEnd = false;
  drawAll();
  pointOut(byId("messages-here"), ts, { focus: !inThread });
}

// Sends what the panel offers: a mention to the thread that is open, all else to the channel.
async function tryOut(text, inThread, place) {
  if (inThread && place && thread !== place.ts) await showMessage(place, true);
  if (inThread && !thread) throw new Error("Open a thread first: press 💬 on a message.");
  if (middling.matches) showPanel(false);
  const inside = thread && text.startsWith("@");
  if (!inside && narrow.matches && thread) closeThread(false);
  if (!inside && tab === "home") showTab("messages");
  const problem = await (inside ? threadComposer : composer).send(text);
  if (problem) throw new Error(problem);
}

// ── what comes

function hear(message) {
  switch (message.type) {
    case "everything":
      state.begin(message);
      setZone(state.person(state.me).zone);
      live.person = state.person(state.me).name;
      panel.start(message);
      keepWorld(message);
      arrive(message.first);
      break;
    case "news":
      state.take(message);
      break;
    case "message":
      state.add(message.message.channel, [message.message]);
      if (message.new) notice(message.message);
      break;
    case "gone":
      state.remove(message.channel, message.ts);
      break;
    case "world":
      keepWorld(message);
      return;
    default:
      return;
  }
  draw();
}

function notice(message) {
  if (message.author === state.me) return;
  const channel = state.channels.get(message.channel);
  if (!channel) return;
  if (message.channel !== here && (!message.thread || message.broadcast)) {
    const unread = state.unread.get(message.channel) ?? { count: 0, pages: false };
    state.unread.set(message.channel, { count: unread.count + 1, pages: unread.pages || message.pages });
  }
  announce(`${state.person(message.author).real_name} in ${state.title(channel)}: ${spoken(message)}`);
}

function keepWorld(message) {
  setClock(message.clock);
  panel.keep(message);
}

function stand(open) {
  const lost = byId("lost");
  lost.hidden = open;
  lost.textContent = open ? "" : "The simulated Slack does not answer. Trying again…";
}

// ── drawing

function draw() {
  if (drawing) return;
  drawing = true;
  setTimeout(() => {
    drawing = false;
    drawAll();
  }, 0);
}

function drawAll() {
  const channel = state.channels.get(here);
  if (!channel) return;
  drawPeople(state);
  drawChannels(state, here, go);
  composer.label(drawHead(state, channel, tab));
  drawHome(state, channel, { live, surroundings });
  const replies = state.replies(here);
  const view = {
    person: (id) => state.person(id),
    place: (message, fail) => ({
      ...surroundings, fail,
      press: (element, value) => live.ask("press", { channel: message.channel, ts: message.ts, action: element.action, block: element.block, value }),
    }),
    shortcuts: state.shortcuts,
    use: (message, shortcut) => live.ask("shortcut", { channel: message.channel, ts: message.ts, shortcut }),
    mayDelete: (message) => message.author === state.me || state.person(state.me).admin,
    remove: (message) => live.ask("delete", { channel: message.channel, ts: message.ts }),
    version: `${state.me} ${zone()} ${worded(present(), "{date_num}")}`,
  };
  keepList(byId("messages-here"), state.inChannel(here), {
    ...view, days: true, toEnd, openThread, replies: (message) => replies.get(message.ts),
    subject: (message) => shortened(letters(state.messages.get(here)?.get(message.thread)?.text)) || undefined,
  });
  toEnd = false;
  drawEarlier();
  if (thread) keepList(byId("messages-thread"), state.inThread(here, thread), view);
  dialogs.show(state.dialogs);
  const waiting = [...state.unread.values()].reduce((sum, one) => sum + one.count, 0);
  document.title = `${waiting ? `(${waiting}) ` : ""}${state.title(channel)} · Simulated Slack`;
}

const shortened = (words) => (words.length > 60 ? `${words.slice(0, 59).trimEnd()}…` : words);

function drawEarlier() {
  const log = byId("messages-here");
  const old = log.querySelector(":scope > .earlier");
  if (!state.earlier.get(here)) return old?.remove();
  if (old) return undefined;
  const channel = here;
  return log.prepend(make("button", { type: "button", class: "button earlier", on: { click: (event) => {
    event.currentTarget.setAttribute("aria-busy", "true");
    const before = [...state.messages.get(channel).keys()].sort()[0];
    live.ask("earlier", { channel, before }).then((answer) => { state.add(channel, answer.messages, answer.earlier); draw(); }).catch((error) => announce(error.message));
  } } }, "Show earlier messages"));
}

// ── keys and clicks

byId("person").addEventListener("change", (event) => live.ask("switch", { person: event.target.value }).then(() => {
  history.replaceState(null, "", `?as=${encodeURIComponent(live.person)}${location.hash}`);
}).catch((error) => announce(error.message)));
byId("close-thread").addEventListener("click", () => closeThread());
byId("close-panel").addEventListener("click", () => { showPanel(false); byId("toggle-panel").focus(); });
byId("toggle-panel").addEventListener("click", () => showPanel(document.body.classList.contains("panel-closed")));
byId("open-channels").addEventListener("click", () => sidebar(!document.body.classList.contains("channels-open")));
byId("tab-home").addEventListener("click", () => showTab("home"));
byId("tab-messages").addEventListener("click", () => showTab("messages"));
byId("tabs").addEventListener("keydown", (event) => {
  if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
  const other = tab === "home" ? "messages" : "home";
  showTab(other);
  byId(`tab-${other}`).focus();
});

for (const log of [byId("messages-here"), byId("messages-thread")]) {
  log.addEventListener("keydown", moveAmong);
  stayAtEnd(log);
}

document.addEventListener("pointerup", draw); // what was kept as it was while it was pressed
document.addEventListener("keydown", (event) => {
  if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
    const buttons = [...byId("channels").querySelectorAll("button")];
    const at = buttons.findIndex((node) => node.dataset.channel === here);
    const next = buttons[(at + (event.key === "ArrowDown" ? 1 : -1) + buttons.length) % buttons.length];
    if (next) go(next.dataset.channel);
    event.preventDefault();
  } else if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
    if (document.body.classList.contains("channels-open")) {
      sidebar(false);
      byId("open-channels").focus();
    } else if (thread) closeThread();
  }
});
document.addEventListener("click", (event) => {
  if (document.body.classList.contains("channels-open") && !byId("channels").contains(event.target) && !byId("open-channels").contains(event.target)) sidebar(false);
});

document.addEventListener("settled", draw);

offerThemes(byId("theme"));
showPanel(!middling.matches);
setInterval(drawClock, 250);
setInterval(() => {
  refreshAgo(document);
  if (live.isOpen && !document.hidden) live.ask("world").then(keepWorld).catch(() => {}); // the next second asks again
}, 1000);
live.open();
