/** Keeps the status page fresh: asks for it again, and puts what changed in its place. Without scripts it is a page all the same. */

const EVERY_MS = 2000;
let answered = new Date();

/** Put the content of each section of `fresh` that differs in its place; what a person has marked stays. */
function renew(fresh) {
  document.title = fresh.title;
  for (const section of fresh.querySelectorAll("main > section")) {
    const shown = document.getElementById(section.id);
    const selection = getSelection();
    const marked = !selection.isCollapsed && shown?.contains(selection.anchorNode);
    if (!shown || marked) continue;
    if (section.dataset.state) shown.dataset.state = section.dataset.state;
    if (shown.innerHTML !== section.innerHTML) shown.replaceChildren(...section.childNodes);
  }
}

async function look() {
  const lost = document.getElementById("lost");
  try {
    const answer = await fetch(location.href, { signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
    renew(new DOMParser().parseFromString(await answer.text(), "text/html"));
    answered = new Date();
    lost.hidden = true;
  } catch (error) {
    lost.textContent = `No answer since ${answered.toLocaleTimeString()}: what is below is old (${error.message})`;
    lost.hidden = false;
  }
}

/** One look after the other: a slow server is not asked twice at once. */
async function lookOn() {
  if (!document.hidden) await look();
  setTimeout(lookOn, EVERY_MS);
}

document.addEventListener("visibilitychange", () => document.hidden || look());
setTimeout(lookOn, EVERY_MS);
