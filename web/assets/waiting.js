// Between two houses: asks how far it is, and goes on when the other one stands at this address. While they change
// places nobody answers here, so the page that asks for it stays, and is the one that waits.
const waits = document.querySelector("[data-waits]");
const said = waits.querySelector("[data-said]");
const bar = waits.querySelector("progress");
const form = document.querySelector("form[data-then-waits]");

function say(text) {
  if (text && said.textContent !== text) said.textContent = text;
}

async function look() {
  let now = null;
  try {
    const answer = await fetch("/welcome/state", { cache: "no-store" });
    now = answer.ok ? await answer.json() : null;
  } catch {
    now = null;
  }
  if (now && now.house === waits.dataset.house) {
    location.replace(waits.dataset.to);
    return;
  }
  say(now ? now.said : waits.dataset.opening);
  if (bar && now && "part" in now) bar.value = now.part;
  if (now && now.failed) {
    document.querySelector("h1").textContent = waits.dataset.failedTitle;
    said.className = "problem";
    waits.querySelector("[data-going]").hidden = true;
    waits.querySelector("[data-failed]").hidden = false;
    return;
  }
  setTimeout(look, 500);
}

async function ask(event) {
  event.preventDefault();
  const answer = await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    redirect: "manual",
  });
  if (answer.type !== "opaqueredirect") {
    form.submit(); // it was refused: the page that says why
    return;
  }
  document.querySelector("[data-asks]").hidden = true;
  waits.hidden = false;
  look();
}

if (form) form.addEventListener("submit", ask);
else look();
