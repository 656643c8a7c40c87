// Comfort only: everything works without it.

// On a phone the organisation's navigation scrolls sideways: show where one is.
const here = document.querySelector(".side [aria-current]");
if (here) {
  const list = here.closest("ul");
  list.scrollLeft = here.offsetLeft - list.offsetLeft - (list.clientWidth - here.offsetWidth) / 2;
}

// The menu shuts on Escape and on a press elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll(".menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// What was typed before the scripts came, or put back by the browser, is answered too.
window.addEventListener("load", () => {
  for (const field of document.querySelectorAll("form[hx-trigger] :is(input, textarea)")) {
    if (field.value !== field.defaultValue) field.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
