// The page works without this: it keeps each box while somebody types in it. Nothing is kept in the browser.
const form = document.querySelector("form[data-research]");
const PAUSE = 1200;
// Where an answer leads to the next box: its button has the focus, so that Enter presses it.
addEventListener("load", () => {
  const next = location.hash && document.getElementById(location.hash.slice(1));
  if (next && next.matches("button")) setTimeout(() => next.focus());
});
const boxes = new Map(); // by section: { timer, saving, dirty, stopped }
let leaving = false;

function stateOf(section) {
  if (!boxes.has(section)) boxes.set(section, { timer: 0, saving: null, dirty: false, stopped: false });
  return boxes.get(section);
}
const say = (section, text) => { const at = section.querySelector("[data-saved]"); if (at) at.textContent = text; };

function told(section) {
  const sent = new FormData();
  sent.set("csrf_token", form.elements.csrf_token.value);
  for (const field of section.querySelectorAll("input, textarea, select")) {
    if ((field.type === "radio" || field.type === "checkbox") && !field.checked) continue;
    sent.append(field.name, field.value);
  }
  return sent;
}
async function save(section) {
  const state = stateOf(section);
  if (state.saving || state.stopped) return;
  state.dirty = false;
  state.saving = send(section, state);
  await state.saving;
  state.saving = null;
  if (state.dirty) later(section);
}
async function send(section, state) {
  const answer = await fetch(form.dataset.research, { method: "POST", body: told(section), redirect: "manual", cache: "no-store" }).catch(() => null);
  const json = answer?.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
  if (answer?.ok && json) {
    for (const [box, was] of Object.entries(json.was)) form.elements[`${box}-was`].value = was;
    say(section, "Kept. Not sent yet.");
    if (![...boxes.values()].some((one) => one.dirty || one.stopped)) form.dispatchEvent(new Event("guard:saved"));
  } else if (answer?.status === 409 && json) {
    state.stopped = true;
    say(section, `${json.why} Use Save to see both.`);
  } else {
    say(section, "Not kept yet: we cannot reach the service, or the page is asleep. What you typed is still here.");
    if (!leaving) setTimeout(() => { state.dirty = true; later(section); }, 5 * PAUSE);
  }
}
function later(section) {
  const state = stateOf(section);
  if (state.stopped) return;
  clearTimeout(state.timer);
  state.timer = setTimeout(() => save(section), PAUSE);
}
form?.addEventListener("input", (event) => {
  const section = event.target.closest("[data-box]");
  if (!section) return;
  stateOf(section).dirty = true;
  say(section, "");
  later(section);
});
form?.addEventListener("submit", (event) => {
  const under = [...boxes.values()].map((state) => { clearTimeout(state.timer); return state.saving; }).filter(Boolean);
  if (under.length && !leaving) { // what they answer says what this page is compared with
    event.preventDefault();
    const { submitter } = event;
    leaving = true;
    Promise.all(under).then(() => form.requestSubmit(submitter));
  }
  leaving = true;
});
