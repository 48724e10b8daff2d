// A page that nobody touched for as long as a session lives idle hides what it shows; what was typed stays in it.
const cover = document.querySelector("[data-asleep]");
const title = document.title;
const idle = Number(cover.dataset.asleep) * 1000;
const locked = cover.querySelector("[data-locked]");
let touched = Date.now();
let asleep = false;

function show(hide) {
  asleep = hide;
  document.body.classList.toggle("app-asleep", hide);
  cover.hidden = !hide;
  document.title = hide ? cover.dataset.title : title;
  if (hide) cover.querySelector("button").focus();
  else { locked.hidden = true; touched = Date.now(); }
}

// Asks whether the session lives, and is still this page's person's: somebody else may have signed in since.
async function goOn() {
  const answer = await fetch(cover.dataset.asks, { cache: "no-store", redirect: "manual" }).catch(() => null);
  if (answer?.status === 204) show(false);
  else locked.hidden = false;
}

const look = () => { if (!asleep && Date.now() - touched >= idle) show(true); };
for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart", "input"]) {
  addEventListener(kind, () => { look(); touched = Date.now(); }, { capture: true, passive: true });
}
addEventListener("pageshow", look);
document.addEventListener("visibilitychange", () => {
  look();
  if (asleep && !locked.hidden && document.visibilityState === "visible") goOn();
});
cover.querySelector("button").addEventListener("click", goOn);
setInterval(look, Math.min(10_000, idle / 3));
