// Drawing messages, and keeping a list of them as it is: only what changed is drawn anew.

import { make } from "./dom.js";
import { drawBlocks, drawPicture } from "./blocks.js";
import { drawMessageMenu } from "./message_menu.js";
import { day, exact, ofStamp, worded } from "./dates.js";
import { drawText, letters } from "./text.js";

const TOGETHER = 300;
const COLORS = 6;

export function drawAvatar(person) {
  const initials = (person.real_name || person.name).split(/\s+/).map((word) => word[0]).slice(0, 2).join("").toUpperCase();
  const color = person.role === "app" ? "app" : [...person.id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % COLORS;
  return make("span", { class: `avatar color-${color}`, "aria-hidden": "true" }, initials);
}

export const roleOf = (person) => ({ app: "App", guest: "Guest", stranger: "Other organisation" })[person.role] ?? "";

export function spoken(message) {
  return letters(message.text) || "a message without words";
}

// Draws a list of messages into a log. `view` has person(id), place(message), openThread(message), replies(message),
// and what a message's menu needs.
export function keepList(log, messages, view) {
  const atEnd = log.atEnd ?? true;
  const held = heldFocus(log);
  const before = new Map([...log.children].map((node) => [node.dataset.id, node]));
  const wanted = [];
  let previous = null;
  for (const message of messages) {
    const today = day(ofStamp(message.ts));
    if (view.days && (!previous || day(ofStamp(previous.ts)) !== today)) {
      wanted.push(kept(before, `day ${today}`, worded(ofStamp(message.ts), "{day_divider_pretty}"), (words) =>
        make("div", { class: "day", role: "separator", "aria-label": words }, make("span", {}, words))));
      previous = null;
    }
    const compact = follows(previous, message);
    const replies = view.replies?.(message);
    const id = `${message.private ? "private " : ""}${message.ts}`;
    const facts = JSON.stringify([message, compact, replies, view.version]);
    wanted.push(kept(before, id, facts, () => drawMessage(message, compact, replies, view)));
    previous = message;
  }
  place(log, wanted);
  if (held) giveBack(log, held);
  if (atEnd || view.toEnd) log.scrollTop = log.scrollHeight;
}

// Brings a message of a log into view and marks it for a moment.
export function pointOut(log, ts, { focus }) {
  const node = [...log.children].find((one) => one.dataset.id === ts);
  if (!node) return;
  node.scrollIntoView({ block: node.offsetHeight > log.clientHeight ? "start" : "center" });
  log.atEnd = isAtEnd(log);
  for (const other of log.querySelectorAll(".pointed-out")) other.classList.remove("pointed-out");
  mark(node);
  if (focus) node.focus({ preventScroll: true });
}

function mark(node) {
  node.classList.remove("pointed-out");
  void node.offsetWidth; // pressed again, it is marked again
  node.classList.add("pointed-out");
  node.addEventListener("animationend", (event) => event.target === node && node.classList.remove("pointed-out"));
}

const isAtEnd = (log) => log.scrollHeight - log.scrollTop - log.clientHeight < 60;

// Keeps a log at its end, where it is there already, while pictures load and its size changes.
export function stayAtEnd(log) {
  const toEnd = () => { if (log.atEnd ?? true) log.scrollTop = log.scrollHeight; };
  log.addEventListener("scroll", () => { log.atEnd = isAtEnd(log); });
  log.addEventListener("load", toEnd, true);
  new ResizeObserver(toEnd).observe(log);
}

function kept(before, id, facts, draw) {
  const node = before.get(id);
  if (node && (node.facts === facts || node.querySelector("[aria-expanded=true], button:active"))) return node; // an open menu stays, and what is being pressed
  const drawn = draw(facts);
  drawn.dataset.id = id;
  drawn.facts = facts;
  if (node?.classList.contains("pointed-out")) mark(drawn);
  return drawn;
}

function place(log, wanted) {
  const keep = new Set(wanted);
  for (const node of [...log.children]) if (!keep.has(node)) node.remove();
  wanted.forEach((node, index) => {
    if (log.children[index] !== node) log.insertBefore(node, log.children[index] ?? null);
  });
}

function heldFocus(log) {
  const active = document.activeElement;
  const message = active?.closest?.("[data-id]");
  if (!message || !log.contains(active)) return null;
  return { id: message.dataset.id, key: active.dataset.key };
}

function giveBack(log, { id, key }) {
  if (log.contains(document.activeElement)) return;
  const message = [...log.children].find((node) => node.dataset.id === id);
  const again = message && [...message.querySelectorAll("[data-key]")].find((node) => key && node.dataset.key === key);
  (again ?? message ?? log).focus({ preventScroll: true });
}

// Arrow keys move between messages, and t opens a thread.
export function moveAmong(event) {
  const log = event.currentTarget;
  const messages = [...log.querySelectorAll(":scope > .message")];
  const at = messages.indexOf(document.activeElement);
  if (document.activeElement !== log && at < 0) return;
  const to = { ArrowUp: at < 0 ? messages.length - 1 : at - 1, ArrowDown: at < 0 ? 0 : at + 1, Home: 0, End: messages.length - 1 }[event.key];
  if (to !== undefined && messages[to]) {
    messages[to].focus();
    event.preventDefault();
  } else if (event.key === "t" && at >= 0) {
    messages[at].querySelector("[data-key=thread]")?.click(); // a thread's own messages have none
    event.preventDefault();
  }
}

// What somebody writes at once stands together; a message of blocks always says who wrote it, and when.
function follows(previous, message) {
  return Boolean(previous) && previous.blocks.length === 0 && message.blocks.length === 0 && previous.author === message.author && previous.private === message.private && !message.broadcast &&
    ofStamp(message.ts) - ofStamp(previous.ts) < TOGETHER;
}

function drawMessage(message, compact, replies, view) {
  const author = view.person(message.author);
  const at = ofStamp(message.ts);
  const time = worded(at, "{time}");
  const problem = make("p", { class: "problem", role: "alert" });
  const surroundings = view.place(message, (sentence) => { problem.textContent = sentence; });
  const role = roleOf(author);
  return make("article", {
    class: `message${compact ? " compact" : ""}${message.private ? " private" : ""}`,
    tabindex: "-1", "aria-label": `${author.real_name}, ${time}${message.private ? ", only visible to you" : ""}`,
  },
    make("div", { class: "gutter" }, compact ? make("time", { class: "small-time", title: exact(at), "aria-hidden": "true" }, time.replace(/ [AP]M$/, "")) : drawAvatar(author)),
    make("div", { class: "body" },
      message.private && make("p", { class: "only-you" }, make("span", { "aria-hidden": "true" }, "👁 "), "Only visible to you"),
      message.broadcast && message.thread && view.openThread && make("p", { class: "from-thread" }, "replied to a thread: ",
        make("button", { type: "button", class: "link", on: { click: () => view.openThread(message) } }, view.subject?.(message) ?? "show it")),
      !compact && make("header", { class: "by" },
        make("strong", {}, author.real_name), role && make("span", { class: "badge" }, role),
        make("time", { title: exact(at) }, time)),
      drawContent(message, surroundings),
      message.files.map(drawFile),
      message.reactions.length > 0 && make("div", { class: "reactions" }, message.reactions.map((reaction) =>
        make("span", { class: "reaction", title: reaction.people.join(", ") }, drawText(reaction.c), ` ${reaction.people.length}`))),
      problem,
      replies && replies.count > 0 && make("button", { type: "button", class: "replies", data: { key: "replies" }, on: { click: () => view.openThread(message) } },
        make("span", { class: "faces" }, replies.people.slice(0, 4).map((id) => drawAvatar(view.person(id)))),
        make("strong", {}, replies.count === 1 ? "1 reply" : `${replies.count} replies`),
        make("span", { class: "about" }, `Last reply ${worded(ofStamp(replies.last), "{date_short_pretty} at {time}")}`)),
    ),
    !message.private && make("div", { class: "tools" },
      view.openThread && make("button", { type: "button", data: { key: "thread" }, "aria-label": "Reply in a thread", title: "Reply in a thread", on: { click: () => view.openThread(message) } }, "💬"),
      drawMessageMenu(message, view, (sentence) => { problem.textContent = sentence; })));
}

function drawContent(message, surroundings) {
  const content = make("div", { class: "content" },
    message.blocks.length === 0 && make("div", { class: "text" }, drawText(message.text)),
    drawBlocks(message.blocks, surroundings),
    message.attachments.map((one) => drawAttachment(one, surroundings)));
  if (message.edited) {
    const words = content.lastElementChild?.matches(".text") ? content.lastElementChild.lastElementChild : null;
    (words?.matches("p") ? words : content).append(make("span", { class: "edited" }, " (edited)"));
  }
  return content;
}

function drawAttachment(attachment, surroundings) {
  const drawn = make("div", { class: "attachment" },
    attachment.title && make("p", { class: "attachment-title" }, attachment.href ? make("a", { href: attachment.href, target: "_blank", rel: "noopener noreferrer" }, attachment.title) : attachment.title),
    attachment.text.length > 0 && make("div", { class: "text" }, drawText(attachment.text)),
    attachment.fields.length > 0 && make("div", { class: "fields" }, attachment.fields.map((field) =>
      make("div", { class: field.short ? "text" : "text long" }, make("p", {}, make("strong", {}, field.title)), drawText(field.c)))),
    drawBlocks(attachment.blocks, surroundings),
    attachment.footer && make("p", { class: "about" }, attachment.footer));
  drawn.style.borderInlineStartColor = attachment.color;
  return [attachment.pretext.length > 0 && make("div", { class: "text" }, drawText(attachment.pretext)), drawn];
}

function drawFile(file) {
  if (file.image) return make("figure", { class: "file" }, make("figcaption", {}, file.title), drawPicture({ src: file.src, alt: file.alt }, "picture"));
  return make("p", { class: "file" }, make("a", { href: file.src, download: file.name }, `📄 ${file.title}`));
}
