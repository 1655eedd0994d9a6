/* What stands in inputs, and pressing them. */

import { act, at } from "./talk.js";

export function valueOf(input) {
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

export function collect(box) {
  const values = {};
  for (const input of box.querySelectorAll("[data-input]")) {
    values[`${input.dataset.in}/${input.dataset.action}`] = valueOf(input);
  }
  return values;
}

export function fillIn(box, values) {
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

export async function press(element, value) {
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
