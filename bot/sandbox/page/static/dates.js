// The simulated clock, and moments worded in the zone of the person through whose eyes one looks.

const clock = { at: 0, got: 0, speed: 1, zone: "UTC", known: false };
const formats = new Map();

export function setClock({ now, speed }) {
  Object.assign(clock, { at: now, got: performance.now(), speed, known: true });
}

export function setZone(zone) {
  clock.zone = zone;
}

export const zone = () => clock.zone;
export const speed = () => clock.speed;
export const isKnown = () => clock.known;
export const present = () => clock.at + ((performance.now() - clock.got) / 1000) * clock.speed;

function format(at, options) {
  const key = `${clock.zone} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-US", { timeZone: clock.zone, ...options }));
  return formats.get(key).formatToParts(new Date(at * 1000));
}

function words(at, options) {
  return format(at, options).map((part) => part.value).join("").replaceAll("\u202f", " ");
}

function part(at, type, options) {
  return format(at, options).find((one) => one.type === type)?.value ?? "";
}

const number = { year: "numeric", month: "2-digit", day: "2-digit" };

export function day(at) {
  return ["year", "month", "day"].map((type) => part(at, type, number)).join("-");
}

function ordinal(at) {
  const figure = Number(part(at, "day", number));
  const ending = figure % 100 > 10 && figure % 100 < 14 ? "th" : ["th", "st", "nd", "rd"][figure % 10] ?? "th";
  return `${figure}${ending}`;
}

const long = (at, year = true) =>
  `${words(at, { month: "long" })} ${ordinal(at)}${year ? `, ${part(at, "year", number)}` : ""}`;

function relative(at) {
  const known = { [day(present())]: "today", [day(present() - 86400)]: "yesterday", [day(present() + 86400)]: "tomorrow" };
  return known[day(at)];
}

function ago(at) {
  const seconds = Math.round(present() - at);
  const span = Math.abs(seconds);
  const [count, unit] =
    span < 60 ? [span, "second"] : span < 3600 ? [span / 60, "minute"] : span < 86400 ? [span / 3600, "hour"] : [span / 86400, "day"];
  const whole = Math.floor(count);
  const length = `${whole} ${unit}${whole === 1 ? "" : "s"}`;
  return seconds < 0 ? `in ${length}` : `${length} ago`;
}

const TOKENS = {
  date_num: day,
  date_slash: (at) => words(at, number),
  date: long,
  date_long: (at) => `${words(at, { weekday: "long" })}, ${long(at)}`,
  date_short: (at) => words(at, { month: "short", day: "numeric", year: "numeric" }),
  date_pretty: (at) => relative(at) ?? long(at),
  date_long_pretty: (at) => relative(at) ?? `${words(at, { weekday: "long" })}, ${long(at)}`,
  date_short_pretty: (at) => relative(at) ?? words(at, { month: "short", day: "numeric", year: "numeric" }),
  day_divider_pretty: (at) => relative(at)?.replace(/^./, (letter) => letter.toUpperCase()) ?? `${words(at, { weekday: "long" })}, ${long(at, false)}`,
  time: (at) => words(at, { hour: "numeric", minute: "2-digit" }),
  time_secs: (at) => words(at, { hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago,
};

export function worded(at, form) {
  return form.replace(/\{(\w+)\}/g, (whole, token) => TOKENS[token]?.(at) ?? whole);
}

export const exact = (at) =>
  `${words(at, { weekday: "short", month: "short", day: "numeric", year: "numeric" })}, ${TOKENS.time_secs(at)} (${clock.zone})`;

export const ofStamp = (ts) => Number(ts);

export function lasted(seconds) {
  const span = Math.max(0, Math.floor(seconds));
  if (span < 60) return `${span} s`;
  if (span < 3600) return `${Math.floor(span / 60)} min ${span < 600 ? `${span % 60} s` : ""}`.trim();
  return `${Math.floor(span / 3600)} h ${Math.floor((span % 3600) / 60)} min`;
}

// The moment as the value of a date and time field in the viewer's zone, and back.
export function toField(at) {
  const clockwise = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return `${day(at)}T${part(at, "hour", clockwise)}:${part(at, "minute", clockwise)}`;
}

export function fromField(value) {
  const wanted = Date.parse(`${value}Z`) / 1000;
  if (Number.isNaN(wanted)) return null;
  let at = wanted;
  for (let round = 0; round < 2; round += 1) at += wanted - Date.parse(`${toField(at)}Z`) / 1000;
  return String(at);
}
