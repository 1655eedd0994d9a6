/* The page of the local workspace: what a click, a key and a word of the server lead to. */

import { act, at, here, post, toast } from "./talk.js";
import { press, valueOf, collect } from "./inputs.js";
import { draw, explain, listen, markRead, remember } from "./draw.js";
import { go, jump } from "./places.js";
import { grow, hidePopup, offer, popup, send, suggest } from "./composer.js";

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
  const alone = owner?.closest(".b-section, .b-actions, [data-dispatch]");
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

async function control(button, name) {
  button.classList.add("busy");
  const result = await post("/_/control", { name });
  button.classList.remove("busy");
  toast(result.says || "Done.");
}

document.addEventListener("input", (event) => {
  const box = event.target;
  if (box.matches(".composer textarea")) { grow(box); suggest(box); }
  if (box.matches("[data-external]")) offer(box);
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

remember();
if (location.hash.startsWith("#m-")) jump(location.hash.slice(3));
at("composer")?.focus({ preventScroll: true });
markRead();
listen();
