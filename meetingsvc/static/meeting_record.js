// Everything here works without this file: it counts the clocks on, and presses the strip's buttons without
// leaving the page, so that what is being typed below stays.
const words = (seconds) => {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours, minutes, rest] = parts.map((part) => String(part).padStart(2, "0"));
  return parts[0] ? `${parts[0]}:${minutes}:${rest}` : `${parts[1]}:${rest}`;
};

// From the server's seconds, so that a computer whose clock is wrong counts right.
let began = performance.now();
function show() {
  const gone = Math.floor((performance.now() - began) / 1000);
  for (const clock of document.querySelectorAll("[data-clock][data-running]")) {
    const seconds = Number(clock.dataset.clock) + gone;
    const planned = Number(clock.dataset.planned);
    clock.textContent = `${words(seconds)} of ${Math.floor(planned / 60)} min`;
    clock.closest(".app-clock").classList.toggle("app-clock--over", seconds > planned);
  }
}
setInterval(show, 1000);

function say(strip, text) {
  const line = document.createElement("p");
  line.className = "govuk-error-message";
  line.setAttribute("role", "alert");
  line.textContent = text;
  strip.prepend(line);
}

const headers = (strip) => ({ "X-Strip": strip.dataset.attached === undefined ? "1" : "form" });

// The strip as the server has it now, in the place of the one that stands; null where it did not answer with one.
async function replaced(strip, answer) {
  const holder = document.createElement("div");
  holder.innerHTML = answer.ok || answer.status === 409 ? await answer.text() : "";
  const fresh = holder.querySelector("[data-strip]");
  if (!fresh || !strip.isConnected) return fresh;
  began = performance.now();
  const [open, whom] = [strip.querySelector("details")?.open, strip.querySelector("select")?.value];
  if (open && fresh.querySelector("details")) fresh.querySelector("details").open = true;
  const select = fresh.querySelector("select");
  if (select && [...select.options].some((one) => one.value === whom)) select.value = whom;
  strip.replaceWith(fresh);
  return fresh;
}

async function press(strip, action, body) {
  try {
    const answer = await fetch(action, { method: "POST", body, headers: headers(strip), redirect: "manual" });
    const fresh = await replaced(strip, answer);
    if (!fresh) return say(strip, "This was not saved. Save what you typed, then open the page again.");
    (fresh.querySelector("button") ?? fresh).focus();
  } catch {
    say(strip, "Not saved: the service cannot be reached. Press it again.");
  }
}

// Somebody else pressed one of its buttons, or came or went: live.js is told, and asks here. Whoever is
// choosing in it just now is not disturbed.
let again = 0;
document.addEventListener("strip:stale", async function refresh() {
  const strip = document.querySelector("[data-strip]");
  clearTimeout(again);
  if (!strip) return;
  const inside = strip.contains(document.activeElement) && document.activeElement;
  if (inside?.tagName === "SELECT") { again = setTimeout(refresh, 3000); return; }
  try {
    const fresh = await replaced(strip, await fetch(strip.dataset.strip, { headers: headers(strip), cache: "no-store", redirect: "manual" }));
    if (inside && fresh) (fresh.querySelector(`button[data-strip-to="${inside.dataset.stripTo}"][data-whom="${inside.dataset.whom}"]`) ?? fresh.querySelector("button, summary, a"))?.focus();
  } catch { /* no connection: the next change brings it */ }
});

document.addEventListener("submit", (event) => {
  const strip = event.target.closest("[data-strip]");
  if (!strip) return;
  event.preventDefault();
  press(strip, event.target.action, new FormData(event.target));
});
// Where its buttons are those of the form below, which keeps what was typed without this file.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-strip] button[data-strip-to]");
  if (!button?.form) return;
  event.preventDefault();
  const strip = button.closest("[data-strip]");
  const whom = button.dataset.whom || strip.querySelector("[name=strip-whom]")?.value || "";
  press(strip, button.dataset.stripTo, new URLSearchParams({ csrf_token: button.form.elements.csrf_token.value, whom }));
});
