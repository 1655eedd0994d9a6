/* The box to write in, and what it offers while one types. */

import { act, at, here } from "./talk.js";

export function grow(box) {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 200)}px`;
}

export const popup = () => document.querySelector(".composer .popup");
export function hidePopup() { if (popup()) popup().hidden = true; }

export function suggest(box) {
  const list = popup();
  if (!list || box.id !== "composer") return;
  const typed = /^\/\S*$/.test(box.value) ? box.value : null;
  const known = typed === null ? [] : here.commands.filter((one) => one.name.startsWith(typed));
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


export async function send(form) {
  const box = form.querySelector("textarea");
  const text = box.value;
  if (!text.trim()) return;
  box.value = "";
  grow(box);
  hidePopup();
  const result = await act("say", { channel: here.channel, text, thread: form.dataset.compose || null });
  if (!result.ok && result.error === "wrong_deed") { box.value = text; grow(box); }
}

/* The app's options for what is typed into an external select of a modal. */
export async function offer(box) {
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
