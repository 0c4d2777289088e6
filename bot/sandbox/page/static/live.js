// The one connection to the simulated Slack: it comes back by itself, and every question gets its answer.

const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 5000;
const PATIENCE = 15000;

export class Live {
  constructor(hear, stand) {
    this.hear = hear;
    this.stand = stand;
    this.person = new URLSearchParams(location.search).get("as") ?? "";
    this.waiting = new Map();
    this.asked = 0;
    this.pause = FIRST_PAUSE;
  }

  open() {
    const address = new URL(`/page/live?as=${encodeURIComponent(this.person)}`, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.socket = new WebSocket(address);
    this.socket.addEventListener("open", () => {
      this.pause = FIRST_PAUSE;
      this.stand(true);
    });
    this.socket.addEventListener("message", (event) => this.take(JSON.parse(event.data)));
    this.socket.addEventListener("close", () => this.lose());
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  lose() {
    for (const { refuse } of this.waiting.values()) refuse(new Error("The connection was lost before the answer came."));
    this.waiting.clear();
    this.stand(false);
    setTimeout(() => this.open(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }

  take(message) {
    if (message.type !== "answer") return this.hear(message);
    const asked = this.waiting.get(message.id);
    if (!asked) return undefined;
    this.waiting.delete(message.id);
    clearTimeout(asked.timer);
    return message.ok ? asked.give(message) : asked.refuse(new Error(message.error));
  }

  ask(act, facts = {}) {
    if (!this.isOpen) return Promise.reject(new Error("There is no connection to the simulated Slack just now."));
    const id = ++this.asked;
    return new Promise((give, refuse) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        refuse(new Error("No answer came."));
        this.socket.close(); // it looks alive and is not
      }, PATIENCE);
      this.waiting.set(id, { give, refuse, timer });
      this.socket.send(JSON.stringify({ id, act, ...facts }));
    });
  }
}
