/* Drawing again what changed, as the server drew it. */

import { act, at, here } from "./talk.js";
import { collect, fillIn } from "./inputs.js";

function query() {
  return new URLSearchParams({
    as: here.me, channel: here.channel, thread: here.thread, tab: here.tab, since: here.since,
  });
}

/* Replaces only the children that changed, found by data-key, so that focus, open menus and the
   place one has scrolled to stay. */
function patch(box, fresh) {
  const old = new Map();
  for (const child of box.children) if (child.dataset.key) old.set(child.dataset.key, child);
  let place = box.firstElementChild;
  for (const child of [...fresh]) {
    const key = child.dataset.key;
    const known = key && old.get(key);
    const drawn = child.outerHTML;
    if (known && known.drawn === drawn) {
      old.delete(key);
      if (known === place) place = place.nextElementSibling;
      else box.insertBefore(known, place);
      continue;
    }
    if (known && key === "feed") {
      old.delete(key);
      known.drawn = drawn;
      known.className = child.className;
      patch(known, child.children);
      if (known === place) place = place.nextElementSibling;
      continue;
    }
    child.drawn = drawn;
    if (known) {
      old.delete(key);
      if (known === place) place = place.nextElementSibling;
      known.replaceWith(child);
    } else {
      box.insertBefore(child, place);
    }
  }
  while (place) {
    const next = place.nextElementSibling;
    place.remove();
    place = next;
  }
}

const isLow = (feed) => feed.scrollHeight - feed.scrollTop - feed.clientHeight < 120;
export const feedOf = (box) => box.querySelector(":scope > .feed");

async function drawn(part) {
  const answer = await fetch(`/_/draw/${part}?${query()}`);
  if (!answer.ok) return null;
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  return holder.content;
}

export const draw = {
  async sidebar() {
    const fresh = await drawn("sidebar");
    const box = at("sidebar");
    if (!fresh || box.querySelector("select:focus")) return;
    const rooms = box.querySelector(".rooms").scrollTop;
    const chosen = box.querySelector("#control")?.selectedIndex;
    box.replaceChildren(fresh);
    box.querySelector(".rooms").scrollTop = rooms;
    if (chosen !== undefined) { at("control").selectedIndex = chosen; explain(); }
  },
  async main() { await column("main"); },
  async thread() {
    await column("thread");
    document.body.classList.toggle("threaded", at("thread").childElementCount > 0);
  },
  async modal() {
    const fresh = await drawn("modal");
    if (!fresh) return;
    const box = at("modal");
    const stamp = fresh.firstElementChild?.dataset.stamp;
    if (stamp === box.firstElementChild?.dataset.stamp) return;
    const typed = box.querySelector("form") ? collect(box) : {};
    const was = box.querySelector("form")?.dataset.view;
    box.replaceChildren(fresh);
    const form = box.querySelector("form");
    if (!form) { at("composer")?.focus(); return; }
    if (form.dataset.view === was) fillIn(form, typed);
    const first = [".wrong input, .wrong select, .wrong textarea", "[data-input], input", "footer button:last-child"];
    first.map((one) => form.querySelector(one)).find(Boolean)?.focus();
  },
  async wire() {
    if (at("wire").hidden) return;
    const fresh = await drawn("wire");
    if (fresh) at("wire").replaceChildren(fresh);
  },
};

async function column(name) {
  const box = at(name);
  const fresh = await drawn(name);
  if (!fresh) return;
  const feed = feedOf(box);
  const low = !feed || isLow(feed);
  patch(box, fresh.children);
  if (low && feedOf(box)) feedOf(box).scrollTop = feedOf(box).scrollHeight;
}

const waiting = new Set();
let drawing = false;

async function drawSoon(...parts) {
  parts.forEach((part) => waiting.add(part));
  if (drawing) return;
  drawing = true;
  while (waiting.size) {
    await new Promise((done) => setTimeout(done, 30));
    const now = [...waiting];
    waiting.clear();
    for (const part of now) await draw[part]().catch(() => {});
    if (now.includes("main")) markRead();
  }
  drawing = false;
}

export function markRead() {
  if (document.visibilityState === "visible") act("read", { channel: here.channel });
}

export function listen() {
  const source = new EventSource("/_/live");
  let lost = true; // what happened between the drawing of the page and this connection counts too
  source.onopen = () => { if (lost) drawSoon("sidebar", "main", "thread", "modal"); lost = false; };
  source.onerror = () => { lost = true; };
  source.onmessage = (event) => {
    const change = JSON.parse(event.data);
    if (change.kind === "message") {
      drawSoon("sidebar");
      if (change.channel === here.channel) drawSoon("main", ...(here.thread ? ["thread"] : []));
    } else if (change.kind === "view") {
      if (change.user === here.me) drawSoon("modal");
    } else if (change.kind === "home") {
      if (change.user === here.me && here.tab === "home") drawSoon("main");
    } else if (change.kind === "channels") {
      drawSoon("sidebar", "main");
    } else if (change.kind === "read") {
      if (change.user === here.me) drawSoon("sidebar");
    } else if (change.kind === "line") {
      drawSoon("sidebar", "wire");
    }
    if (!at("wire").hidden) drawSoon("wire");
  };
}

/* What the select of the controls stands on, in words. */
export function explain() {
  const says = document.querySelector("[data-control-says]");
  if (says) says.textContent = at("control").selectedOptions[0].dataset.says;
}

/* Notes how the page was drawn at first, so that what stays the same is not drawn again. */
export function remember() {
  for (const name of ["main", "thread"]) {
    for (const child of at(name).children) {
      child.drawn = child.outerHTML;
      if (child.dataset.key === "feed") for (const one of child.children) one.drawn = one.outerHTML;
    }
  }
  document.body.classList.toggle("threaded", at("thread").childElementCount > 0);
  for (const feed of document.querySelectorAll(".feed")) feed.scrollTop = feed.scrollHeight;
}
