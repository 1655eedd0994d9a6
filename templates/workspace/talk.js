/* Talking to the server, and to the person when something did not work. */

export const at = (id) => document.getElementById(id);
export const here = JSON.parse(at("start").textContent); // who looks, and at what

export async function post(path, body) {
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

export async function act(deed, body) {
  const result = await post(`/_/act/${deed}`, { as: here.me, ...body });
  if (!result.ok && result.says && result.error !== "invalid_command") toast(result.says);
  return result;
}

export function toast(words) {
  const box = at("toast");
  box.textContent = words;
  box.classList.add("shown");
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => box.classList.remove("shown"), 6000);
}
