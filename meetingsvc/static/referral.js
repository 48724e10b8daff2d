// A referral works without this: it hides what is not asked, and saves while somebody types.
const form = document.querySelector("form[data-referral]");
const status = form.querySelector("[data-saved]");
const answers = (name) => [...form.querySelectorAll(`[name="${CSS.escape(name)}"]:checked`)].map((box) => box.value);

function showAsked() {
  for (const part of form.querySelectorAll("[data-only]")) {
    const wanted = part.dataset.answers.split("|");
    part.hidden = !answers(part.dataset.only).some((answer) => wanted.includes(answer));
  }
}
form.addEventListener("change", showAsked);
showAsked();

// One save at a time; what is typed meanwhile is saved after it. Nothing is kept in the browser.
const PAUSE = 1500;
let waiting;
let saving = null; // the save under way
let stopped = false;
let dirty = false; // typed since the last save began

function save() {
  if (saving || stopped) return;
  dirty = false;
  saving = send().finally(() => { saving = null; if (dirty) later(); });
}
async function send() {
  const told = new FormData(form);
  told.set("autosave", "1");
  const answer = await fetch(form.action, { method: "POST", body: told, redirect: "manual", cache: "no-store" }).catch(() => null);
  if (answer?.ok) {
    const { was } = await answer.json();
    form.elements.was.value = was;
    status.textContent = "Saved";
    if (!dirty) form.dispatchEvent(new Event("guard:saved"));
  } else if (answer?.status === 409 && answer.headers.get("Content-Type")?.includes("json")) {
    stopped = true;
    status.textContent = `${(await answer.json()).why} Use Save and continue to see both.`;
  } else {
    status.textContent = "Not saved yet: we cannot reach the service, or the page is asleep. What you typed is still here.";
  }
}
function later() {
  if (stopped) return;
  status.textContent = "";
  clearTimeout(waiting);
  waiting = setTimeout(save, PAUSE);
}
form.addEventListener("input", () => { dirty = true; later(); });
form.addEventListener("submit", (event) => {
  clearTimeout(waiting);
  if (saving) { // what it answers says what this page is compared with
    event.preventDefault();
    const { submitter } = event;
    saving.then(() => form.requestSubmit(submitter));
  }
  stopped = true;
});
