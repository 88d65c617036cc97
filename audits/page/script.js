"use strict";
// Only what makes reading easier: nothing on the page needs it.
function reveal() {
  let node = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let at = node; at; at = at.parentElement) {
    if (at.tagName === "DETAILS" && !at.classList.contains("harm")) at.open = true;
  }
  if (node) node.scrollIntoView();
}
addEventListener("hashchange", reveal);
if (location.hash) reveal();
// What findings cite is on paper, even where the browser does not print closed folds.
addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("details.cited")) fold.open = true;
});
function amount(cell) {
  const found = cell.textContent.replace(/,/g, "").replace("−", "-").match(/-?[\d.]+/);
  return found ? parseFloat(found[0]) : null;
}
for (const table of document.querySelectorAll("table")) {
  const body = table.tBodies[0];
  if (!body || body.rows.length < 3 || table.querySelector("tr.whole")) continue;
  [...table.tHead.rows[0].cells].forEach((head, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") === "descending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const key = (row) => amount(row.cells[i]) ?? -Infinity;
      const numeric = [...body.rows].some((row) => row.cells[i].tagName === "TD" && amount(row.cells[i]) !== null);
      const order = [...body.rows].sort((a, b) =>
        numeric ? key(a) - key(b) : a.cells[i].textContent.localeCompare(b.cells[i].textContent));
      if (!up === numeric) order.reverse();
      body.append(...order);
    });
  });
}
