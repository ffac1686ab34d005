
"use strict";
// Shows, hides and focuses what is there; puts nothing from a template into the page.
(() => {
  const byId = (id) => document.getElementById(id);
  const search = byId("search"), rule = byId("rule"), file = byId("file"), openAll = byId("open");
  const boxes = [...document.querySelectorAll("input[name=severity]")];
  const findings = [...document.querySelectorAll(".finding")].map((element) => ({ element, text: "" }));
  const groups = [...document.querySelectorAll(".file")];
  if (!findings.length) return;
  byId("tools").hidden = false;

  const shown = () => findings.filter((one) => !one.element.hidden);
  function apply() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const severities = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let count = 0;
    for (const one of findings) {
      const { severity, rule: itsRule, file: itsFile } = one.element.dataset;
      let fits = severities.has(severity) && (!rule.value || rule.value === itsRule) && (!file.value || file.value === itsFile);
      if (fits && words.length) {
        one.text ||= `${itsFile}\n${one.element.textContent}`.toLowerCase();
        fits = words.every((word) => one.text.includes(word));
      }
      one.element.hidden = !fits;
      count += fits;
    }
    for (const group of groups) {
      group.hidden = !group.querySelector(".finding:not([hidden])");
    }
    byId("nothing").hidden = count > 0;
    byId("count").textContent = `${count} of ${findings.length}`;
  }
  let waiting;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(apply, 120); });
  for (const element of [rule, file, ...boxes]) element.addEventListener("change", apply);

  function clear() {
    search.value = ""; rule.value = ""; file.value = "";
    for (const box of boxes) box.checked = true;
    apply();
  }
  function move(step) {
    const all = shown();
    const here = all.findIndex((one) => one.element.contains(document.activeElement));
    const next = all[here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, here + step))];
    if (!next) return;
    next.element.querySelector("summary").focus();
    next.element.scrollIntoView({ block: "nearest" });
  }
  openAll.addEventListener("click", () => {
    const open = openAll.textContent === "Open all";
    for (const one of shown()) one.element.open = open;
    openAll.textContent = open ? "Close all" : "Open all";
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { clear(); document.activeElement.blur(); return; }
    if (event.target.matches("input[type=search], select")) return;
    if (event.key === "/") { search.focus(); search.select(); } else if (event.key === "j") move(1); else if (event.key === "k") move(-1); else return;
    event.preventDefault();
  });
  // What is folded up would be missing on paper.
  const opened = [];
  addEventListener("beforeprint", () => {
    for (const one of shown()) if (!one.element.open) { one.element.open = true; opened.push(one.element); }
  });
  addEventListener("afterprint", () => { for (const element of opened.splice(0)) element.open = false; });
  apply();
})();
