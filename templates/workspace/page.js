"use strict";
/* The page of the local workspace: draws what the server drew, posts what a person does. */

const at = (id) => document.getElementById(id);
const here = JSON.parse(at("start").textContent); // who looks, and at what
const { commands } = here;

/* ---- talking to the server ------------------------------------------------------------- */

async function post(path, body) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return await answer.json();
  } catch {
    return { ok: false, says: "The workspace does not answer." };
  }
}

async function act(deed, body) {
  const result = await post(`/_/act/${deed}`, { as: here.me, ...body });
  if (!result.ok && result.says && result.error !== "invalid_command") toast(result.says);
  return result;
}

function toast(words) {
  const box = at("toast");
  box.textContent = words;
  box.classList.add("shown");
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => box.classList.remove("shown"), 6000);
}

/* ---- drawing again --------------------------------------------------------------------- */

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
const feedOf = (box) => box.querySelector(":scope > .feed");

async function drawn(part) {
  const answer = await fetch(`/_/draw/${part}?${query()}`);
  if (!answer.ok) return null;
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  return holder.content;
}

const draw = {
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

function markRead() {
  if (document.visibilityState === "visible") act("read", { channel: here.channel });
}

function listen() {
  const source = new EventSource("/_/live");
  let lost = false;
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

/* ---- going somewhere ------------------------------------------------------------------- */

function address() {
  const parts = new URLSearchParams({ as: here.me, channel: here.channel });
  if (here.thread) parts.set("thread", here.thread);
  if (here.tab) parts.set("tab", here.tab);
  return `/?${parts}`;
}

async function go(channel, { thread = "", tab = "", push = true } = {}) {
  const moved = channel !== here.channel;
  here.channel = channel;
  here.thread = thread;
  here.tab = tab;
  const link = document.querySelector(`#sidebar [data-channel="${CSS.escape(channel)}"]`);
  if (moved) here.since = link?.dataset.since || "";
  if (push) history.pushState({}, "", address());
  document.body.classList.remove("folded-out");
  await drawSoonAndWait("main", "thread", "sidebar");
  if (moved && feedOf(at("main"))) feedOf(at("main")).scrollTop = 1e9;
  (thread ? at("reply") : at("composer"))?.focus();
}

async function drawSoonAndWait(...parts) {
  for (const part of parts) await draw[part]();
  markRead();
}

function jump(ts) {
  const message = at(`m-${ts}`);
  if (!message) return;
  message.scrollIntoView({ block: "center", behavior: "smooth" });
  message.classList.add("lit");
  setTimeout(() => message.classList.remove("lit"), 1800);
}

/* ---- inputs ---------------------------------------------------------------------------- */

function valueOf(input) {
  if (input.classList.contains("choices")) {
    const ticked = [...input.querySelectorAll("input:checked")].map((one) => one.value);
    return input.dataset.type === "radio_buttons" ? ticked[0] || null : ticked;
  }
  if (input.multiple && input.tagName === "SELECT") {
    return [...input.selectedOptions].map((one) => one.value);
  }
  if (input.dataset.type === "datetimepicker") {
    return input.value ? Math.floor(new Date(input.value).getTime() / 1000) : null;
  }
  return input.value === "" ? null : input.value;
}

function collect(box) {
  const values = {};
  for (const input of box.querySelectorAll("[data-input]")) {
    values[`${input.dataset.in}/${input.dataset.action}`] = valueOf(input);
  }
  return values;
}

function fillIn(box, values) {
  for (const input of box.querySelectorAll("[data-input]")) {
    const value = values[`${input.dataset.in}/${input.dataset.action}`];
    if (value === undefined || value === null) continue;
    if (input.classList.contains("choices")) {
      for (const one of input.querySelectorAll("input")) one.checked = [].concat(value).includes(one.value);
    } else if (input.multiple && input.tagName === "SELECT") {
      for (const one of input.options) one.selected = value.includes(one.value);
    } else if (input.dataset.type !== "datetimepicker") {
      input.value = value;
    }
  }
}

function ask(confirm) {
  return new Promise((done) => {
    const dialog = at("confirm");
    const words = JSON.parse(confirm);
    dialog.querySelector("h2").textContent = words.title.text;
    dialog.querySelector("p").textContent = words.text.text;
    const [no, yes] = dialog.querySelectorAll("button");
    no.textContent = words.deny?.text || "Cancel";
    yes.textContent = words.confirm?.text || "Yes";
    yes.className = `button ${words.style === "danger" ? "danger" : "primary"}`;
    dialog.returnValue = "";
    dialog.onclose = () => done(dialog.returnValue === "yes");
    dialog.showModal();
  });
}

async function press(element, value) {
  const { action, in: block, url, confirm } = element.dataset;
  if (confirm && !(await ask(confirm))) return;
  if (url) window.open(url, "_blank", "noopener");
  const view = element.closest("[data-view]");
  const message = element.closest(".message");
  element.classList.add("busy");
  await act("press", view
    ? { view: view.dataset.view, action, block, value, values: collect(view) }
    : { channel: message.dataset.channel, ts: message.dataset.ts, action, block, value });
  element.classList.remove("busy");
}

/* ---- what a person does ---------------------------------------------------------------- */

const deeds = {
  fold: () => document.body.classList.toggle("folded-out"),
  wire: () => {
    at("wire").hidden = !at("wire").hidden;
    document.body.classList.toggle("wired", !at("wire").hidden);
    draw.wire();
  },
  "close-thread": () => go(here.channel, { tab: here.tab }),
  "close-view": () => act("close", { view: document.querySelector("#modal form").dataset.view }),
  "close-all": () => act("close", {
    view: document.querySelector("#modal form").dataset.view, everything: true,
  }),
};

document.addEventListener("click", async (event) => {
  const hit = (selector) => event.target.closest(selector);
  let found;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target) || hit(".items button")) menu.open = false;
  }
  if ((found = hit("[data-do]"))) return deeds[found.dataset.do]();
  if ((found = hit("#sidebar [data-channel], .text a.channel, .b-context a.channel, .field a.channel"))) {
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    return go(found.dataset.channel);
  }
  if ((found = hit("[data-home]"))) {
    event.preventDefault();
    const opened = await act("home", {});
    return opened.ok && go(opened.channel, { tab: "home" });
  }
  if ((found = hit("[data-direct]"))) {
    event.preventDefault();
    const opened = await act("direct", { with: found.dataset.direct });
    return opened.ok && go(opened.channel);
  }
  if ((found = hit("[data-tab]"))) return go(here.channel, { tab: found.dataset.tab });
  if ((found = hit("[data-jump]"))) { event.preventDefault(); return jump(found.dataset.jump); }
  if ((found = hit("[data-join]"))) return act("join", { channel: found.dataset.join });
  if ((found = hit("[data-shortcut]"))) return act("shortcut", { callback_id: found.dataset.shortcut });
  if ((found = hit("[data-control-name]"))) return control(found, found.dataset.controlName);
  const message = hit(".message");
  if (message) {
    const of = { channel: message.dataset.channel, ts: message.dataset.ts };
    if ((found = hit("[data-react]"))) return act("react", { ...of, name: found.dataset.react, toggle: true });
    if ((found = hit("[data-thread]"))) return go(here.channel, { thread: found.dataset.thread });
    if ((found = hit("[data-dismiss]"))) return act("dismiss", of);
    if ((found = hit("[data-message-shortcut]"))) {
      return act("shortcut", { ...of, callback_id: found.dataset.messageShortcut });
    }
  }
  if ((found = hit("button[data-action]"))) return press(found, found.dataset.value ?? null);
});

document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.id === "act-as") {
    location.href = `/?as=${encodeURIComponent(input.value)}&channel=${here.channel}`;
    return;
  }
  if (input.id === "control") return explain();
  const owner = input.closest("[data-input]");
  const alone = owner?.closest(".b-section, .b-actions");
  if (alone) press(owner, valueOf(owner));
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method === "dialog") return;
  event.preventDefault();
  if (form.dataset.compose !== undefined) return send(form);
  if (form.dataset.control !== undefined) return control(form.querySelector("button"), form.elements.name.value);
  if (form.dataset.view) {
    form.classList.add("busy");
    await act("submit", { view: form.dataset.view, values: collect(form) });
    form.classList.remove("busy");
  }
});

async function send(form) {
  const box = form.querySelector("textarea");
  const text = box.value;
  if (!text.trim()) return;
  box.value = "";
  grow(box);
  hidePopup();
  const result = await act("say", { channel: here.channel, text, thread: form.dataset.compose || null });
  if (!result.ok && result.error === "wrong_deed") { box.value = text; grow(box); }
}

async function control(button, name) {
  button.classList.add("busy");
  const result = await post("/_/control", { name });
  button.classList.remove("busy");
  toast(result.says || "Done.");
}

function explain() {
  const says = document.querySelector("[data-control-says]");
  if (says) says.textContent = at("control").selectedOptions[0].dataset.says;
}

/* ---- the box to write in --------------------------------------------------------------- */

function grow(box) {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 200)}px`;
}

const popup = () => document.querySelector(".composer .popup");
function hidePopup() { if (popup()) popup().hidden = true; }

function suggest(box) {
  const list = popup();
  if (!list || box.id !== "composer") return;
  const typed = /^\/\S*$/.test(box.value) ? box.value : null;
  const known = typed === null ? [] : commands.filter((one) => one.name.startsWith(typed));
  list.hidden = known.length === 0;
  list.replaceChildren(...known.map((one, number) => {
    const item = document.createElement("button");
    item.type = "button";
    item.role = "option";
    item.ariaSelected = String(number === 0);
    for (const [tag, words] of [["strong", one.name], ["code", one.hint], ["span", one.says]]) {
      const part = document.createElement(tag);
      part.textContent = words;
      if (words) item.append(part);
    }
    item.onclick = () => { box.value = `${one.name} `; list.hidden = true; box.focus(); };
    return item;
  }));
}

document.addEventListener("input", async (event) => {
  const box = event.target;
  if (box.matches(".composer textarea")) { grow(box); suggest(box); }
  if (box.matches("[data-external]")) {
    const view = box.closest("[data-view]");
    if (!view) return;
    const found = await act("suggest", {
      view: view.dataset.view, action: box.dataset.action, block: box.dataset.in, value: box.value,
    });
    at(`d-${box.dataset.in}`).replaceChildren(...(found.options || []).map((one) => {
      const option = document.createElement("option");
      option.value = one.value;
      option.textContent = one.text.text;
      return option;
    }));
  }
});

document.addEventListener("keydown", (event) => {
  const box = event.target;
  if (event.key === "Escape") {
    if (document.querySelector("#modal form")) deeds["close-view"]();
    else if (popup() && !popup().hidden) hidePopup();
    else if (here.thread) deeds["close-thread"]();
    return;
  }
  if (box.matches?.(".composer textarea")) {
    const first = popup()?.hidden === false && popup().firstElementChild;
    if (event.key === "Tab" && first) { event.preventDefault(); first.click(); return; }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send(box.form);
    }
    return;
  }
  if (event.key === "Enter" && (event.metaKey || event.ctrlKey) && box.closest?.("#modal form")) {
    box.closest("form").requestSubmit();
  }
  const form = document.querySelector("#modal form");
  if (event.key === "Tab" && form) {
    const stops = [...form.querySelectorAll("button, input, select, textarea, a[href]")];
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (box === edge) { event.preventDefault(); (event.shiftKey ? stops.at(-1) : stops[0]).focus(); }
  }
});

window.addEventListener("popstate", () => {
  const asked = new URLSearchParams(location.search);
  go(asked.get("channel") || here.channel, {
    thread: asked.get("thread") || "", tab: asked.get("tab") || "", push: false,
  });
});

/* ---- start ----------------------------------------------------------------------------- */

for (const name of ["main", "thread"]) {
  for (const child of at(name).children) {
    child.drawn = child.outerHTML;
    if (child.dataset.key === "feed") for (const one of child.children) one.drawn = one.outerHTML;
  }
}
document.body.classList.toggle("threaded", at("thread").childElementCount > 0);
for (const feed of document.querySelectorAll(".feed")) feed.scrollTop = feed.scrollHeight;
if (location.hash.startsWith("#m-")) jump(location.hash.slice(3));
at("composer")?.focus({ preventScroll: true });
markRead();
listen();
