// Several people type into one case at once: each field is kept as it is typed, and others' appear here. The
// page works without this: then whoever saves second is shown what differs.
const form = document.querySelector("form[data-live]");
const here = JSON.parse(form.dataset.live);
const status = form.querySelector("[data-live-status]");
const who = form.querySelector("[data-live-who]");
const NOT_TYPED = /^(csrf_token|version|step|seen|typed|live|strip-whom|action|note|clarification|crime|(action|note|clarification|crime)-(known|removed))$/;
const ROW = /^(action|note|clarification|crime)-([0-9a-f-]{36})-/;
const HAND_IN = /^(note|clarification|crime)-/; // saved, they stand on the left
const ASIDE = "set aside"; // among the conflicts: no field is called so
const [SOON, ASK, LONGEST] = [400, 700, 15000];
const SILENT = 4000; // a stream says something every 0.8 seconds (web/live.py)

// What the server has of each field, as far as this page was told: its text, and the version of it.
const known = new Map();
const conflicts = new Map();
const untaken = new Set(); // theirs has come, and mine stands
const gone = new Set();
const drafts = new Set(here.unsaved); // kept, and neither saved nor set aside
const page = String(crypto.randomUUID?.() ?? Math.random());
let outcome = here.outcome;
let after = here.after;
let strip = here.strip;
let closed = false;
let asleep = false;
let sending = null;
let waits = 0;
let timer = 0;
let wanted = null; // the button that waits until everything has landed

const controls = (name) => [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
function names() {
  const found = new Set();
  for (const control of form.elements) {
    if (control.name && !NOT_TYPED.test(control.name) && !control.closest("template")) found.add(control.name);
  }
  return found;
}
function read(name) {
  const all = controls(name);
  if (!all.length) return null;
  if (all[0].type === "radio") return all.find((one) => one.checked)?.value ?? "";
  if (all[0].type === "checkbox") return all[0].checked ? all[0].value : "";
  return all[0].value;
}
function write(name, text) {
  for (const control of controls(name)) {
    if (control.type === "radio" || control.type === "checkbox") control.checked = text !== "" && control.value === text;
    else if (control.value !== text) {
      const [from, to] = [control.selectionStart, control.selectionEnd];
      const grew = control === document.activeElement && !text.startsWith(control.value.slice(0, from)) ? text.length - control.value.length : 0;
      control.value = text;
      if (control === document.activeElement && from != null && control.setSelectionRange) control.setSelectionRange(Math.max(0, from + grew), Math.max(0, to + grew));
    }
  }
  form.dispatchEvent(new Event("change"));
}
const learn = (name, text, version) => known.set(name, { text, version });
for (const name of names()) learn(name, read(name), here.versions[name] ?? 0);
const of = (name) => known.get(name) ?? { text: "", version: here.versions[name] ?? 0 };

function unsent() {
  const found = [...gone].filter((name) => of(name).text !== "1").map((field) => ({ field, value: "1", ...tells(field) }));
  for (const name of names()) {
    const text = read(name);
    if (!known.has(name)) learn(name, ROW.test(name) && !typedIn(name) ? text : "", here.versions[name] ?? 0);
    if (text !== of(name).text && !conflicts.has(name)) found.push({ field: name, value: text, ...tells(name) });
  }
  return found.slice(0, 50);
}
const tells = (name) => ({ version: of(name).version, base: of(name).text });
// A row that is all as it was made has nothing in it yet.
const typedIn = (name) => [...controls(name)].some((control) => control.dataset.touched || control.type !== "select-one");

const say = (text, bad = false) => {
  if (status.textContent !== text) status.textContent = text;
  status.classList.toggle("app-live--bad", bad);
  if (bad) status.setAttribute("role", "alert");
  else status.removeAttribute("role"); // it changes with every word: nobody wants that read out
};

// Sends what is not there yet, until it is: what was typed stays in the page, and lands once however often it is sent.
function flush() {
  clearTimeout(timer);
  sending ??= send().finally(() => { sending = null; });
  return sending;
}
async function send() {
  for (let fields = unsent(); fields.length && !closed; fields = unsent()) {
    let answer;
    try {
      answer = await fetch(here.save, {
        method: "POST", redirect: "manual", keepalive: document.visibilityState === "hidden",
        headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrf_token.value },
        body: JSON.stringify({ page, fields }),
      });
    } catch { answer = null; }
    if (!answer?.ok) return later(answer);
    waits = 0;
    asleep = false;
    for (const one of (await answer.json()).answers) landed(one, fields.find(({ field }) => field === one.field));
  }
  if (closed || conflicts.size) return false;
  form.dispatchEvent(new Event("guard:saved"));
  say(typedOnce ? `What you type is kept as a draft.${outcome ? " Save to put it into the outcome." : ""}` : "");
  return true;
}
function later(answer) {
  if (answer?.status === 409 || answer?.status === 404) {
    closed = true;
    say("The meeting is closed, or the case is not open to you any more. What you typed stands here for you to copy; it is not saved.", true);
    return false;
  }
  waits = Math.min(waits ? waits * 2 : 1000, LONGEST);
  asleep = answer?.type === "opaqueredirect"; // sent whole, what was typed is kept until the person is back
  if (!answer) say("Not saved: no connection. What you typed stays on this page, and is sent as soon as there is one.", true);
  else if (asleep) say("Not saved: you have to sign in again. Do that in another window; what you typed stays on this page.", true);
  else say("Not saved. It is tried again.", true);
  timer = setTimeout(flush, waits);
  return false;
}
let typedOnce = false;
// There is something to set aside as soon as a draft is kept, and only then.
const aside = form.querySelector("[data-aside]");
function drafted(field, is) {
  if (is) drafts.add(field);
  else drafts.delete(field);
  if (aside) aside.hidden = !drafts.size;
}
function landed(answer, sent) {
  if (answer.landed) untaken.delete(answer.field);
  if (answer.landed && answer.version) drafted(answer.field, true);
  const now = gone.has(answer.field) ? "1" : read(answer.field);
  if (!answer.landed && gone.delete(answer.field)) {
    learn(answer.field, answer.value, answer.version);
    say("What became of that action has been recorded, so it stays. Open the page again to see it.", true);
  } else if (!answer.landed) {
    conflict(answer);
  } else if (now === sent.value) {
    learn(answer.field, answer.value, answer.version);
    if (answer.value !== sent.value) write(answer.field, answer.value);
  } else { // typed on meanwhile: the next save starts from what this one said
    learn(answer.field, sent.value, answer.value === sent.value ? answer.version : -1);
  }
}

// Theirs beside mine, at the field; nothing is chosen for anybody.
function conflict({ field, value, version }) {
  conflicts.get(field)?.box.remove();
  const control = controls(field)[0];
  const text = document.createElement("p");
  text.className = "govuk-error-message";
  text.textContent = `Somebody else changed this while you did. Theirs: ${shown(field, value) || "(empty)"}`;
  const chosen = (choose) => () => {
    conflicts.delete(field);
    untaken.delete(field);
    box.remove();
    learn(field, value, version);
    choose();
    flush().then(goOn);
  };
  const box = choice(text, [["Keep mine", chosen(() => {})], ["Take theirs", chosen(() => write(field, value))]]);
  conflicts.set(field, { box });
  (control?.closest(".govuk-form-group, .app-tick, fieldset") ?? form).append(box);
  say("Choose whose words stand where somebody else typed too.", true);
}
function choice(text, choices) {
  const box = document.createElement("div");
  box.className = "app-live-conflict";
  box.setAttribute("role", "alert");
  box.append(text);
  for (const [label, choose] of choices) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "govuk-button govuk-button--secondary";
    button.textContent = label;
    button.addEventListener("click", choose);
    box.append(button);
  }
  return box;
}
function shown(field, value) {
  const [control] = controls(field);
  if (control?.options) return [...control.options].find((one) => one.value === value)?.text ?? value;
  if (control?.type === "radio") return controls(field).find((one) => one.value === value)?.labels[0]?.textContent ?? value;
  return control?.type === "checkbox" ? (value ? "ticked" : "not ticked") : value;
}

// What others typed.
function take(told) {
  after = told.after;
  for (const one of told.changes) {
    drafted(one.field, !one.saved && !one.aside);
    if (one.aside) { setAside(one); continue; }
    const row = ROW.exec(one.field);
    if (one.version <= of(one.field).version && of(one.field).version !== -1) {
      if (one.saved && HAND_IN.test(one.field)) handedIn(one.field);
      continue;
    }
    if (row && one.field.endsWith("-removed")) {
      learn(one.field, one.value, one.version);
      if (one.value) remove(row[1], row[2]);
      continue;
    }
    if (one.saved && HAND_IN.test(one.field)) { handedIn(one.field); continue; }
    if (row && read(one.field) === null && one.value && !one.saved) form.dispatchEvent(new CustomEvent("row:add", { detail: { kind: row[1], key: row[2] } }));
    const mine = read(one.field);
    if (mine === null) continue;
    if (!known.has(one.field)) learn(one.field, mine, 0);
    if (mine !== of(one.field).text && mine !== one.value) {
      untaken.add(one.field);
    } else {
      learn(one.field, one.value, one.version);
      untaken.delete(one.field);
      write(one.field, one.value);
      conflicts.get(one.field)?.box.remove();
      conflicts.delete(one.field);
    }
    if (!one.mine) typing(one);
  }
  if (told.strip !== strip) {
    strip = told.strip;
    document.dispatchEvent(new Event("strip:stale"));
  }
  if (!untaken.size && !conflicts.has(ASIDE)) form.elements.seen.value = after; // sent whole, the form overwrites nothing it was not told
  if (told.outcome !== outcome) {
    outcome = told.outcome;
    say(`${told.saved_by} saved the outcome.`);
    refresh();
  }
}
// What stands here is in no draft any more: kept on the page, and saved only once somebody has said so.
function setAside({ field, value, version, aside }) {
  const old = conflicts.get(ASIDE);
  const fields = (old?.fields ?? new Map()).set(field, { value, version });
  if (old) return;
  const text = document.createElement("p");
  text.className = "govuk-error-message";
  text.textContent = `${aside} set the draft aside. What was typed stands on this page still, and would not be saved.`;
  const box = choice(text, [["Keep it as a draft", () => {
    conflicts.delete(ASIDE);
    box.remove();
    for (const [name, was] of fields) {
      if (of(name).version > was.version) continue; // typed again since
      if (name.endsWith("-removed") && was.value) gone.add(name);
      learn(name, was.value ? "" : " ", was.version); // else it would count as sent
    }
    flush().then(goOn);
  }], ["Take it out", () => {
    form.dispatchEvent(new Event("guard:saved"));
    location.href = form.getAttribute("action"); // of the form's own names one is "action"
  }]]);
  conflicts.set(ASIDE, { box, fields });
  form.querySelector(".app-save").before(box);
  say("Choose what becomes of the draft that was set aside.", true);
}
let quiet = 0;
function typing({ by, where, field }) {
  who.textContent = `${by} is typing in ${where}`;
  const part = controls(field)[0]?.closest(".govuk-form-group, .app-tick, fieldset");
  part?.classList.add("app-live--theirs");
  setTimeout(() => part?.classList.remove("app-live--theirs"), 4000);
  clearTimeout(quiet);
  quiet = setTimeout(() => { who.textContent = ""; }, 4000);
}
function rowOf(kind, key) {
  return form.querySelector(`[data-row=${kind}] > input[value="${CSS.escape(key)}"]`)?.closest("[data-row]");
}
function remove(kind, key) { rowOf(kind, key)?.remove(); }
function handedIn(field) {
  const [, kind, key] = ROW.exec(field);
  const row = rowOf(kind, key);
  if (row && !row.contains(document.activeElement)) row.remove();
}
async function refresh() {
  try {
    const page = new DOMParser().parseFromString(await (await fetch(location.href, { cache: "no-store" })).text(), "text/html");
    const fresh = page.querySelector(".app-columns__fixed");
    if (fresh) document.querySelector(".app-columns__fixed").replaceChildren(...fresh.childNodes);
  } catch { /* the next change brings it */ }
}

form.addEventListener("row:removed", (event) => {
  const { kind, key } = event.detail;
  const field = `${kind}-${key}-removed`;
  if ([...known.keys()].some((name) => name.startsWith(`${kind}-${key}-`) && of(name).version) || form.querySelector(`[name=${kind}-known][value="${key}"]`)) gone.add(field);
});
form.addEventListener("input", (event) => {
  typedOnce = true;
  if (!waits && !conflicts.size && !closed) say("Keeping what you type …");
  if (event.target.dataset) event.target.dataset.touched = "1";
  if (!waits) { clearTimeout(timer); timer = setTimeout(flush, SOON); }
});
form.addEventListener("change", (event) => {
  if (event.target === form || !event.isTrusted) return;
  event.target.dataset.touched = "1";
  flush();
});
addEventListener("online", () => { waits = 0; flush().then(goOn); });
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") flush(); });

// Saving, and going to another case, once everything that was typed has landed.
async function goOn() {
  const landed = wanted ? await flush() : false;
  if (!wanted || (landed === false && !asleep)) {
    if (wanted && !conflicts.size && !closed) setTimeout(goOn, Math.max(waits, 500));
    return;
  }
  const next = wanted;
  wanted = null;
  next();
}
let saves = false;
form.addEventListener("submit", (event) => {
  const step = event.submitter?.value ?? "save";
  if (saves || !["save", "next", "confirm", "aside"].includes(step)) return;
  if (step === "aside" && (closed || !unsent().length)) return; // else what was typed just now would be kept nowhere
  event.preventDefault();
  const typed = form.elements.typed;
  wanted = () => {
    saves = true;
    const live = Object.assign(document.createElement("input"), { type: "hidden", name: "live", value: "1" });
    if (!asleep && step !== "aside") form.append(live); // else nothing of it has landed
    form.requestSubmit(event.submitter ?? undefined);
  };
  if (typed?.value.trim()) { form.querySelector("button[value=typed]").click(); wanted = null; return; }
  setTimeout(goOn); // a form that is being sent takes no second asking: once this one is over
});
for (const link of document.querySelectorAll(".app-case-nav a")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !unsent().length) return;
    event.preventDefault();
    wanted = () => { location.href = link.href; };
    goOn();
  });
}

// A stream while there is room for one, and it comes through; else asking, 0.7 seconds apart.
async function ask() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, document.visibilityState === "hidden" ? 4 * ASK : ASK));
    if (closed) return;
    try {
      const answer = await fetch(`${here.poll}?after=${encodeURIComponent(after)}`, { cache: "no-store", redirect: "manual" });
      if (answer.ok) take(await answer.json());
    } catch { /* no connection: asked again */ }
  }
}
// Where a proxy cuts every stream, or keeps what it says to itself, the browser would go on opening it.
function listen() {
  const stream = new EventSource(`${here.stream}?after=${encodeURIComponent(after)}`);
  let [errors, silence, asks] = [0, 0, false];
  const stop = () => { clearTimeout(silence); stream.close(); };
  const instead = () => {
    stop();
    if (!asks) ask();
    asks = true;
  };
  const heard = () => {
    errors = 0;
    clearTimeout(silence);
    silence = setTimeout(instead, SILENT);
  };
  stream.addEventListener("message", (event) => { heard(); take(JSON.parse(event.data)); });
  stream.addEventListener("still", heard);
  stream.addEventListener("error", () => {
    errors += 1;
    if (stream.readyState === EventSource.CLOSED || errors > 1) instead();
  });
  heard();
  addEventListener("pagehide", stop);
}
listen();
form.dataset.ready = "1";
