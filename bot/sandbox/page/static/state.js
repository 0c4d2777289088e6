// What the page knows of the simulated Slack, kept up with the news.

export class State {
  constructor() {
    this.people = new Map();
    this.channels = new Map();
    this.messages = new Map();
    this.earlier = new Map();
    this.unread = new Map();
    this.ephemerals = [];
    this.dialogs = [];
    this.home = null;
    this.connected = false;
    this.verbs = [];
    this.shortcuts = [];
    this.groups = [];
  }

  begin(all) {
    this.me = all.me;
    this.bot = all.bot;
    this.verbs = all.verbs;
    this.shortcuts = all.shortcuts;
    this.unread.clear();
    this.messages.clear();
    this.take(all);
    for (const [channel, { messages, earlier }] of Object.entries(all.messages)) this.add(channel, messages, earlier);
  }

  take(news) {
    if (news.people) this.people = new Map(news.people.map((person) => [person.id, person]));
    if (news.channels) this.channels = new Map(news.channels.map((channel) => [channel.id, channel]));
    for (const name of ["ephemerals", "dialogs", "home", "connected", "groups"]) if (name in news) this[name] = news[name];
  }

  add(channel, messages, earlier) {
    const known = this.messages.get(channel) ?? new Map();
    for (const message of messages) known.set(message.ts, message);
    this.messages.set(channel, known);
    if (earlier !== undefined) this.earlier.set(channel, earlier);
  }

  remove(channel, ts) {
    this.messages.get(channel)?.delete(ts);
  }

  person(id) {
    return this.people.get(id) ?? { id, name: id, real_name: id, role: "", zone: "UTC" };
  }

  all(channel) {
    const known = [...(this.messages.get(channel)?.values() ?? [])];
    const mine = this.ephemerals.filter((message) => message.channel === channel);
    return [...known, ...mine].sort((one, other) => (one.ts < other.ts ? -1 : one.ts > other.ts ? 1 : 0));
  }

  inChannel(channel) {
    return this.all(channel).filter((message) => !message.thread || message.broadcast);
  }

  inThread(channel, ts) {
    return this.all(channel).filter((message) => message.ts === ts || message.thread === ts);
  }

  replies(channel) {
    const found = new Map();
    for (const message of this.messages.get(channel)?.values() ?? []) {
      if (!message.thread) continue;
      const one = found.get(message.thread) ?? { count: 0, last: "", people: [] };
      one.count += 1;
      if (message.ts > one.last) one.last = message.ts;
      if (!one.people.includes(message.author)) one.people.push(message.author);
      found.set(message.thread, one);
    }
    return found;
  }

  title(channel) {
    return channel.kind === "direct" ? this.person(this.bot).real_name : channel.name;
  }
}
