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

// A table wider than the screen scrolls in its own box: the keyboard reaches the box, and it says what it holds.
const boxes = () => {
  for (const box of document.querySelectorAll(".table-box")) {
    if (box.scrollWidth <= box.clientWidth) continue;
    const said = box.querySelector("caption");
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    if (said && !box.hasAttribute("aria-label")) box.setAttribute("aria-label", said.textContent.trim());
  }
};
boxes();
window.addEventListener("resize", boxes);
document.addEventListener("htmx:afterSettle", boxes);

// What was typed before the scripts came, or put back by the browser, is answered too.
window.addEventListener("load", () => {
  for (const field of document.querySelectorAll("form[hx-trigger] :is(input, textarea)")) {
    if (field.value !== field.defaultValue) field.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

// A form that was refused is read where it was refused: the reason on top, else the first field that is wrong.
const wrong = document.querySelector(
  "main form[method=post] .notice-bad, main .notice-bad[tabindex='-1'], main [aria-invalid=true]",
);
if (wrong) {
  if (!wrong.matches("input, select, textarea, button")) wrong.tabIndex = -1;
  wrong.focus();
}
