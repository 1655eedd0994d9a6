/* Going to a channel, a thread, a tab, a message. */

import { at, here } from "./talk.js";
import { draw, feedOf, markRead } from "./draw.js";

function address() {
  const parts = new URLSearchParams({ as: here.me, channel: here.channel });
  if (here.thread) parts.set("thread", here.thread);
  if (here.tab) parts.set("tab", here.tab);
  return `/?${parts}`;
}

export async function go(channel, { thread = "", tab = "", push = true } = {}) {
  const moved = channel !== here.channel;
  here.channel = channel;
  here.thread = thread;
  here.tab = tab;
  const link = document.querySelector(`#sidebar [data-channel="${CSS.escape(channel)}"]`);
  if (moved) here.since = link?.dataset.since || "";
  if (push) history.pushState({}, "", address());
  document.body.classList.remove("folded-out");
  for (const part of ["main", "thread", "sidebar"]) await draw[part]();
  markRead();
  if (moved && feedOf(at("main"))) feedOf(at("main")).scrollTop = 1e9;
  (thread ? at("reply") : at("composer"))?.focus();
}

export function jump(ts) {
  const message = at(`m-${ts}`);
  if (!message) return;
  message.scrollIntoView({ block: "center", behavior: "smooth" });
  message.classList.add("lit");
  setTimeout(() => message.classList.remove("lit"), 1800);
}
