// The outcome page works without this: it saves the round trips of rows, and of an action typed in one line.
const form = document.querySelector("form[data-outcome]");
const value = (name) => form.querySelector(`[name=${name}]:checked`)?.value ?? "";
const group = form.elements.group;
const reason = form.elements.group_reason?.closest(".govuk-form-group");
const proposals = [...form.querySelectorAll("[data-proposal]")];
const propose = form.querySelector("[data-propose]");
const typical = JSON.parse(form.dataset.typical);
let proposed = "";

// It shows which group is proposed. A person chooses it, or confirms it by saving: nothing here does (C1).
function showReferral() {
  const judged = value("in_place");
  for (const line of proposals) line.hidden = judged !== "" && line.dataset.proposal !== judged;
  form.querySelector("[data-referral]").hidden = value("refer") === "no";
  form.querySelector("[data-not-referred]").hidden = value("refer") === "yes";
  proposed = proposals.find((line) => line.dataset.proposal === judged)?.dataset.group ?? "";
  if (propose) propose.hidden = proposed !== "" && group.value === proposed;
  reason.hidden = !group.value || group.value === proposed;
}
if (reason) {
  form.addEventListener("change", showReferral);
  showReferral();
}

function addRow(kind, key = crypto.randomUUID()) {
  const box = form.querySelector(`[data-rows=${kind}]`);
  const number = box.querySelectorAll("[data-row]:not([hidden])").length + 1;
  const holder = document.createElement("div");
  holder.innerHTML = box.querySelector("template").innerHTML
    .replaceAll("KEY", key).replaceAll("NUMBER", String(number));
  return box.appendChild(holder.firstElementChild);
}
const first = (row) => row.querySelector("textarea, select, input:not([type=hidden])");
const part = (row, name) => row.querySelector(`[name$="-${name}"]`);
// Another person's row, for live.js.
form.addEventListener("row:add", (event) => { addRow(event.detail.kind, event.detail.key); });

function removeRow(row) {
  const kind = row.dataset.row;
  if (row.querySelector(`[name=${kind}-known]`)) {
    row.querySelector(`[name=${kind}]`).name = `${kind}-removed`;
    row.hidden = true;
  } else row.remove();
}

// An action in an empty row, or in a new one.
function addAction({ what, owner_id, category, due }) {
  const empty = [...form.querySelectorAll("[data-row=action]:not([hidden])")].find((row) => !first(row).value);
  const row = empty ?? addRow("action");
  const told = { what, owner_id, category: category || typical[owner_id] || "", due: due ?? form.dataset.due };
  for (const [name, text] of Object.entries(told)) part(row, name).value = text;
  row.dataset.unread = told.due ? "" : "1"; // a day was said and not understood: a person enters it
  form.dispatchEvent(new Event("input"));
  return row;
}
// Where nobody says a day or a category, the usual ones stand, to be changed.
function fillIn(target) {
  const row = target.closest("[data-row=action]");
  if (!row) return;
  const [what, owner, category, due] = ["what", "owner_id", "category", "due"].map((name) => part(row, name));
  if (target === what && what.value && !due.value && !row.dataset.unread) due.value = form.dataset.due;
  if (target === owner && owner.value && !category.value) category.value = typical[owner.value] ?? "";
}
form.addEventListener("input", (event) => { if (event.target !== form) fillIn(event.target); });
form.addEventListener("change", (event) => { if (event.target !== form) fillIn(event.target); });

const box = form.querySelector("[data-typed]");
const line = form.elements.typed;
const told = document.createElement("p");
told.className = "app-live";
told.setAttribute("role", "status");
box?.after(told);

// "police: check bail conditions by Friday": what was understood stands in a row, to be looked at before it is saved.
async function takeTyped() {
  const text = line.value.trim();
  if (!text) return;
  let found = { what: text, owner_id: "", problems: ["Choose the agency that owns the action."] };
  try {
    const answer = await fetch(box.dataset.typed, {
      method: "POST", redirect: "manual", headers: { "X-CSRFToken": form.elements.csrf_token.value },
      body: new URLSearchParams({ typed: text }),
    });
    if (answer.ok) found = await answer.json();
  } catch { /* without a connection it is a row as it was typed */ }
  const row = addAction(found);
  line.value = "";
  const owner = part(row, "owner_id");
  const [who, due] = [owner.value ? owner.selectedOptions[0].text : "", part(row, "due")];
  told.textContent = `Check it, then save: ${[who, part(row, "what").value, due.value && `by ${due.value}`].filter(Boolean).join(", ")}. ${found.problems.join(" ")}`;
  row.scrollIntoView({ block: "nearest" });
  const asked = owner.value && !due.value ? due : owner;
  (found.problems.length ? asked : line).focus();
}
form.addEventListener("keydown", (event) => {
  if (event.target !== line) return;
  if (event.key === "Enter" && line.value.trim()) {
    event.preventDefault();
    takeTyped();
  } else if (event.key === "Enter" || event.key === "Escape") { // empty: the keys are shortcuts again
    event.preventDefault();
    line.blur();
  }
});

form.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=step]");
  if (button && button === propose && proposed) {
    event.preventDefault();
    group.value = proposed;
    group.focus();
    form.dispatchEvent(new Event("input"));
    showReferral();
    return;
  }
  if (!button || !globalThis.isSecureContext) return; // without randomUUID the server makes the row
  if (button.value === "typed") {
    event.preventDefault();
    takeTyped();
  } else if (button.dataset.add) {
    event.preventDefault();
    first(addRow(button.dataset.add)).focus();
  } else if (button.dataset.suggest) {
    event.preventDefault();
    const { suggest: what, owner: owner_id, category } = button.dataset;
    first(addAction({ what, owner_id, category })).focus();
  } else if (button.value.startsWith("remove.")) {
    event.preventDefault();
    const row = button.closest("[data-row]");
    form.dispatchEvent(new CustomEvent("row:removed", { detail: { kind: row.dataset.row, key: row.querySelector("input[type=hidden]").value } }));
    removeRow(row);
    form.querySelector(`[data-add=${row.dataset.row}]`).focus();
  }
  form.dispatchEvent(new Event("input"));
});

// A MARAC that changes an action sets the one that takes its place: it stands there to be changed.
form.addEventListener("change", (event) => {
  const review = event.target.closest?.("[data-review]");
  if (!review || event.target.value !== "change" || review.dataset.copied) return;
  review.dataset.copied = "1";
  const { what, owner: owner_id, category } = review.dataset;
  addAction({ what, owner_id, category });
  review.querySelector("[name$=-text]").focus();
});

// From anywhere on the page, also while typing.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  form.querySelector("button[name=step][value=next]")?.click();
});
