// Keeps an open page as the server would make it now: times, and everything else by asking with the tag of
// what is shown. Nothing is asked while nobody looks, and less often while nothing runs.

const BUSY_MS = 1000;
const CALM_MS = 3000;
const body = document.body;
const clock = { now: Date.parse(body.dataset.now), at: Date.now(), rate: Number(body.dataset.rate) };
let tag = null;

function ago(moment, now) {
  const seconds = (now - moment) / 1000;
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} d ago`;
}

function lasted(seconds) {
  if (seconds < 0.95) return `${Math.max(Math.round(seconds * 1000), 0)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86400)} d ${Math.floor((whole % 86400) / 3600)} h`;
}

function tellTimes() {
  const now = clock.now + (Date.now() - clock.at) * clock.rate;
  for (const one of document.querySelectorAll("time[data-ago]")) {
    const text = ago(Date.parse(one.dateTime), now);
    if (one.textContent !== text) one.textContent = text;
  }
  for (const one of document.querySelectorAll("[data-since]")) {
    one.textContent = lasted((now - Date.parse(one.dataset.since)) / 1000);
  }
}

function setClock(text) {
  if (!text) return;
  clock.now = Date.parse(text);
  clock.at = Date.now();
}

// What a person has opened, selected or scrolled stays; only what differs is touched.
function morph(old, made) {
  if (old.nodeType !== made.nodeType || old.nodeName !== made.nodeName || old.id !== made.id) {
    old.replaceWith(made);
    return;
  }
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== made.data && !old.parentNode.matches?.("time[data-ago], [data-since]")) old.data = made.data;
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE || old.isEqualNode(made)) return;
  const isTail = old.matches("[data-tail]");
  const follows = isTail && old.scrollHeight - old.scrollTop - old.clientHeight < 40;
  morphAttributes(old, made);
  morphChildren(old, made);
  if (follows) old.scrollTop = old.scrollHeight;
}

function morphAttributes(old, made) {
  const own = (name) => name === "open" || name === "value" || name === "class" && old.matches("[data-row]");
  for (const { name, value } of made.attributes) {
    if (!own(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!own(name) && !made.hasAttribute(name)) old.removeAttribute(name);
  }
}

function morphChildren(old, made) {
  const wanted = [...made.childNodes];
  wanted.forEach((child, at) => {
    const here = old.childNodes[at];
    const known = child.id && [...old.children].find((one) => one.id === child.id);
    if (known && known !== here) old.insertBefore(known, here ?? null);
    else if (child.id && !known) old.insertBefore(child.cloneNode(true), here ?? null);
    else if (!here) old.append(child.cloneNode(true));
    const target = old.childNodes[at];
    if (target) morph(target, child);
  });
  while (old.childNodes.length > wanted.length) old.lastChild.remove();
}

async function look() {
  const headers = { Accept: "text/html", "X-Emrsim-Poll": "1" };
  if (tag) headers["If-None-Match"] = tag;
  const answer = await fetch(location.pathname + location.search, { headers, cache: "no-store" });
  setClock(answer.headers.get("X-Emrsim-Now"));
  const text = await answer.text(); // empty where nothing has changed
  if (answer.status === 200 && text) {
    tag = answer.headers.get("ETag");
    const made = new DOMParser().parseFromString(text, "text/html");
    body.dataset.live = made.body.dataset.live ?? "calm";
    clock.rate = Number(made.body.dataset.rate);
    document.title = made.title;
    morph(document.getElementById("main"), made.getElementById("main"));
  }
  body.classList.remove("is-away");
  tellTimes();
}

function editing() {
  const one = document.activeElement;
  return one && one.matches("input:not([type=hidden]), textarea, select");
}

async function goOn() {
  if (body.dataset.live && !document.hidden && !editing()) {
    try {
      await look();
    } catch {
      body.classList.add("is-away"); // the server is stopped; it is asked again
    }
  }
  setTimeout(goOn, body.dataset.live === "busy" ? BUSY_MS : CALM_MS);
}

for (const one of document.querySelectorAll("[data-tail]")) one.scrollTop = one.scrollHeight;
setInterval(tellTimes, 1000);
setTimeout(goOn, body.dataset.live === "busy" ? BUSY_MS : CALM_MS);
document.addEventListener("visibilitychange", () => document.hidden || (body.dataset.live && look().catch(() => {})));

// Older parts of a log, above what is shown.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-older]");
  if (!link) return;
  event.preventDefault();
  body.removeAttribute("data-live"); // what is read does not move any more
  const answer = await fetch(link.href, { cache: "no-store" });
  const made = new DOMParser().parseFromString(await answer.text(), "text/html");
  const log = document.querySelector("[data-tail]");
  const height = log.scrollHeight;
  log.prepend(...made.getElementById("part").childNodes);
  log.scrollTop += log.scrollHeight - height;
  const older = [...made.querySelectorAll("a")].find((one) => one.getAttribute("href")?.startsWith("?end="));
  if (older) link.href = link.href.split("?")[0] + older.getAttribute("href");
  else link.remove();
});
