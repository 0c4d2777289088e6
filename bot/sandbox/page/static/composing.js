// What the text before the caret may become: a verb, a filter, a person, a group, a channel.

const VERB = /^(\/logbackup|@logbackup)\s+(\S*)$/i;
const FILTER = /^[/@]logbackup\s+(\w+)\s(?:.*\s)?([a-z]+)$/i;
const COMMAND = "/logbackup";

// Returns {from, items: [{text, about}], soft}; it is soft where what was typed can be sent as it is.
export function suggestions(text, caret, { verbs, people, groups, channels }) {
  const before = text.slice(0, caret);
  if (before && COMMAND.startsWith(before)) return { from: 0, items: verbsFor(verbs, COMMAND, ""), soft: before === COMMAND };
  const verb = VERB.exec(before);
  if (verb) return { from: 0, items: verbsFor(verbs, verb[1], verb[2]), soft: true };
  const filter = FILTER.exec(before);
  if (filter) {
    const [, name, typed] = filter;
    const known = verbs.find((one) => one.name === name.toLowerCase())?.filters ?? [];
    const items = known.filter((one) => one.startsWith(typed.toLowerCase())).map((one) => ({ text: one === "delay" ? "delay>" : `${one}:`, about: "filter (Tab)" }));
    return { from: caret - typed.length, items, soft: true };
  }
  const word = /(^|\s)([@#])([\w.-]*)$/.exec(before);
  if (!word) return null;
  const known = word[2] === "#" ? channels.map((one) => ({ text: `#${one.name}`, about: "" }))
    : [...people.map((one) => ({ text: `@${one.name}`, about: one.real_name })), ...groups.map((handle) => ({ text: `@${handle}`, about: "user group" }))];
  return { from: caret - word[3].length - 1, items: known.filter((one) => one.text.startsWith(word[2] + word[3].toLowerCase())) };
}

function verbsFor(verbs, head, typed) {
  const slash = head.startsWith("/");
  return verbs.filter((verb) => (!slash || verb.slash) && verb.name.startsWith(typed.toLowerCase()))
    .map((verb) => ({ text: `${head} ${verb.name}`, about: verb.does }));
}
