// Making elements: from names and texts only, never from HTML.

export function make(tag, facts = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(facts)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [kind, act] of Object.entries(value)) node.addEventListener(kind, act);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "class") node.className = value;
    else if (["value", "checked", "selected", "disabled", "hidden", "open"].includes(name)) node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  put(node, children);
  return node;
}

export function put(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false || child === "") continue;
    node.append(child);
  }
  return node;
}

export function fill(node, ...children) {
  node.replaceChildren();
  return put(node, children);
}

export function say(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

export const byId = (id) => document.getElementById(id);

let made = 0;
export const newId = (stem) => `${stem}-${++made}`;

export function announce(words) {
  say(byId("announcer"), words.slice(0, 300));
}
