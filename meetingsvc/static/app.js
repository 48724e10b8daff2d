// Everything works without this file; it only makes some things quicker.
const here = new URL(import.meta.url);

// Stacked cards lose their table semantics with display: block, so the roles are said outright.
for (const table of document.querySelectorAll("table.app-table--cards")) {
  const say = (selector, role) => table.querySelectorAll(selector).forEach((part) => part.setAttribute("role", role));
  table.setAttribute("role", "table");
  say("thead, tbody", "rowgroup");
  say("tr", "row");
  say("td", "cell");
  say("thead th", "columnheader");
  say("tbody th", "rowheader");
}

// data-key="n" on a link, button or field: the key presses or enters it. Off for good if the person says so.
const KEYS = "meetingsvc-shortcuts";
const off = () => localStorage.getItem(KEYS) === "off";
const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (off() || event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
  const found = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!found) return;
  event.preventDefault();
  if (found.matches("a, button, summary")) found.click();
  else found.focus();
});

for (const button of document.querySelectorAll("[data-keys-switch]")) {
  const show = () => { button.textContent = off() ? "Turn shortcuts on" : "Turn shortcuts off"; };
  button.addEventListener("click", () => { localStorage.setItem(KEYS, off() ? "on" : "off"); show(); });
  show();
}

// data-guard on a form: warn before leaving with something typed and not saved, and keep the session while
// somebody types: at most one request in four minutes, and none where nothing was typed since the last.
// data-guard="unsaved": the page came back with something typed and not saved.
const STILL_HERE = 4 * 60 * 1000;
for (const form of document.querySelectorAll("form[data-guard]")) {
  let dirty = form.dataset.guard === "unsaved";
  let typed = false;
  form.addEventListener("input", () => { dirty = typed = true; });
  setInterval(() => {
    if (typed) fetch("/still-here", { cache: "no-store", redirect: "manual" }).catch(() => {});
    typed = false;
  }, STILL_HERE);
  form.addEventListener("submit", () => { dirty = false; });
  form.addEventListener("guard:saved", () => { dirty = false; });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
}

// data-print on a form: the print window at once; however a page is printed, it is noted once each time.
for (const form of document.querySelectorAll("form[data-print]")) {
  form.addEventListener("submit", (event) => { event.preventDefault(); window.print(); });
  window.addEventListener("beforeprint", () => {
    const told = new FormData(form);
    told.set("script", "1");
    navigator.sendBeacon(form.action, told);
  });
}

// data-poll="/address": once a second ask how far a job has got, and go on when it has finished.
async function poll(box) {
  const bar = box.querySelector("progress");
  const status = box.querySelector("[role=status]");
  for (let wait = 1000; ; ) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    try {
      const answer = await fetch(box.dataset.poll, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const job = await answer.json();
      if (job.total) { bar.max = job.total; bar.value = job.done; }
      if (status.textContent !== job.text) status.textContent = job.text;
      if (job.finished) {
        const next = new URL(job.next || location.href, location.href);
        if (next.origin === location.origin) location.replace(next);
        return;
      }
      wait = 1000;
    } catch {
      status.textContent = "We cannot reach the service. The work goes on; we are trying again.";
      wait = Math.min(wait * 2, 30000);
    }
  }
}
document.querySelectorAll("[data-poll]").forEach(poll);

const { initAll } = await import(`./vendor/govuk-frontend.min.js${here.search}`);
initAll();
