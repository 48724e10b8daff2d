// The outcome page works without this: it saves the round trips of rows and of choosing the proposed group.
const form = document.querySelector("form[data-outcome]");
const value = (name) => form.querySelector(`[name=${name}]:checked`)?.value ?? "";
const group = form.elements.group;
const reason = form.elements.group_reason.closest(".govuk-form-group");
const proposals = [...form.querySelectorAll("[data-proposal]")];
const propose = form.querySelector("[data-propose]");
let proposed = "";

// It shows which group is proposed. A person chooses it: nothing here does (Rulebook C1).
function showReferral() {
  const judged = value("in_place");
  for (const line of proposals) line.hidden = judged !== "" && line.dataset.proposal !== judged;
  form.querySelector("[data-referral]").hidden = value("refer") === "no";
  proposed = proposals.find((line) => line.dataset.proposal === judged)?.dataset.group ?? "";
  if (propose) propose.hidden = proposed !== "" && group.value === proposed;
  reason.hidden = !group.value || group.value === proposed;
}
form.addEventListener("change", showReferral);
showReferral();

function addRow(kind) {
  const box = form.querySelector(`[data-rows=${kind}]`);
  const number = box.querySelectorAll("[data-row]:not([hidden])").length + 1;
  const holder = document.createElement("div");
  holder.innerHTML = box.querySelector("template").innerHTML
    .replaceAll("KEY", crypto.randomUUID()).replaceAll("NUMBER", String(number));
  return box.appendChild(holder.firstElementChild);
}
const first = (row) => row.querySelector("textarea, select, input:not([type=hidden])");

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
  if (button.dataset.add) {
    event.preventDefault();
    first(addRow(button.dataset.add)).focus();
  } else if (button.dataset.suggest) {
    event.preventDefault();
    const empty = [...form.querySelectorAll("[data-row=action]:not([hidden])")].find((row) => !first(row).value);
    const row = empty ?? addRow("action");
    first(row).value = button.dataset.suggest;
    row.querySelector("[name$=owner_id]").value = button.dataset.owner;
    row.querySelector("[name$=category]").focus();
  } else if (button.value.startsWith("remove.")) {
    event.preventDefault();
    const row = button.closest("[data-row]");
    const kind = row.dataset.row;
    if (row.querySelector(`[name=${kind}-known]`)) {
      row.querySelector(`[name=${kind}]`).name = `${kind}-removed`;
      row.hidden = true;
    } else row.remove();
    form.querySelector(`[data-add=${kind}]`).focus();
  }
  form.dispatchEvent(new Event("input"));
});
