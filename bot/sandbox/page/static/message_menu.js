// The menu of one message: the app's shortcuts, the thread, and its end.

import { confirmed } from "./elements.js";
import { makeMenu } from "./menu.js";

const DELETION = {
  title: "Delete this message?", c: [{ t: "p", c: [{ t: "text", v: "It goes for everybody. The bot is not asked." }] }],
  yes: "Delete", no: "Keep it", danger: true,
};

// `view` has openThread(message), shortcuts, use(message, shortcut), mayDelete(message), remove(message).
export function drawMessageMenu(message, view, fail) {
  const busy = async (opener, act) => {
    fail("");
    opener.setAttribute("aria-busy", "true");
    try {
      await act();
    } catch (error) {
      fail(error.message);
    } finally {
      opener.removeAttribute("aria-busy");
    }
  };
  const items = () => [
    view.openThread && { content: "Reply in a thread", choose: () => view.openThread(message) },
    ...view.shortcuts.map((one) => ({ content: one.name, choose: (opener) => busy(opener, () => view.use(message, one.id)) })),
    view.mayDelete(message) && { content: "Delete…", kind: "danger-item", choose: async (opener) => {
      if (await confirmed(DELETION)) await busy(opener, () => view.remove(message));
    } },
  ].filter(Boolean);
  return items().length > 0 && makeMenu({ label: "More about this message", text: "⋮", key: "more", items });
}
