// Keyboard, copying, menus.

const help = document.getElementById("help");
const toast = document.querySelector(".toast");
const button = document.querySelector("[data-help]");
button.hidden = false;
button.addEventListener("click", () => help.showModal());

const rows = () => [...document.querySelectorAll("[data-row]")];

function select(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((one) => one.classList.contains("is-current"));
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
  all[at]?.classList.remove("is-current");
  all[next].classList.add("is-current");
  all[next].scrollIntoView({ block: "nearest" });
  all[next].querySelector("a")?.focus({ preventScroll: true });
}

const KEYS = {
  "/": () => document.querySelector("[data-filter]")?.focus(),
  "j": () => select(1),
  "k": () => select(-1),
  "?": () => help.showModal(),
  "Enter": () => document.querySelector("[data-row].is-current a")?.click(),
};

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.matches("input, textarea, select");
  if (event.key === "Escape" && isTyping) event.target.blur();
  if (isTyping || help.open || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  if (event.key === "Enter" && event.target.matches("a, button, summary")) return;
  event.preventDefault();
  KEYS[event.key]();
});

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    tell("Copied");
  } catch {
    tell("The browser does not allow copying here");
  }
}

function tell(text) {
  toast.textContent = text;
  toast.classList.add("is-shown");
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => toast.classList.remove("is-shown"), 1400);
}

document.addEventListener("click", (event) => {
  const one = event.target.closest("[data-copy]");
  const block = event.target.closest("[data-copy-block]");
  if (one) copy(one.dataset.copy);
  else if (block && !String(getSelection())) copy(block.textContent);
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// An example fills the field that it is for.
document.addEventListener("change", (event) => {
  const target = event.target.dataset?.fills;
  if (target && event.target.value) document.getElementById(target).value = event.target.value;
});
