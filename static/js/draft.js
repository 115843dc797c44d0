// What is typed outlives a reload, a crash and a session's end: kept per project on this
// device, put back when the page opens with an untouched form.
"use strict";

(() => {
  const first = document.querySelector("[data-composer]");
  if (!first) return;
  const place = `draft:${first.dataset.draftOf}:${first.dataset.draft}`;
  const LEFT_OUT = [
    "csrfmiddlewaretoken",
    "form_key",
    "replaces",
    "accept_unknown_price",
  ];
  const form = () => document.querySelector("[data-composer]");

  const valuesOf = (element) => {
    const values = {};
    for (const [name, value] of new FormData(element)) {
      if (typeof value === "string" && !LEFT_OUT.includes(name)) values[name] = value;
    }
    return values;
  };

  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(place));
    } catch {
      return null;
    }
  };

  const save = () => {
    try {
      localStorage.setItem(place, JSON.stringify(valuesOf(form())));
    } catch {
      // Full or forbidden: the page works without.
    }
  };

  let timer = 0;
  const saveSoon = (event) => {
    if (!event.target.closest?.("[data-composer]")) return;
    clearTimeout(timer);
    timer = setTimeout(save, 300);
  };
  document.addEventListener("input", saveSoon);
  document.addEventListener("change", saveSoon);
  document.addEventListener("htmx:afterSettle", saveSoon);
  addEventListener("pagehide", () => {
    if (timer && form()) save();
  });

  // Sent away to sign in: what was typed is to be here afterwards, whatever the address.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.getResponseHeader("HX-Redirect") === null) return;
    save();
    sessionStorage.setItem("signing-in", place);
  });
  const isBack = sessionStorage.getItem("signing-in") === place;
  if (isBack) sessionStorage.removeItem("signing-in");

  // A remix, a refused form and a prompt in the address speak for themselves.
  const isUntouched = !("bound" in first.dataset) && (isBack || !location.search);
  const draft = isUntouched ? read() : null;
  if (!draft) return;
  const now = valuesOf(first);
  if (draft.prompt && (isBack || !now.prompt)) first.elements.prompt.value = draft.prompt;
  const settings = Object.entries(draft).filter(([name]) => name !== "prompt");
  if (settings.every(([name, value]) => (now[name] ?? "") === value)) return;
  const { prompt, parent, parent_relation, ...values } = draft;
  if ("takes" in values) first.elements.takes.value = values.takes;
  first.elements.parent.value = parent ?? "";
  first.elements.parent_relation.value = parent_relation ?? "";
  htmx.ajax("POST", first.dataset.follow, {
    values,
    target: "#options",
    swap: "outerHTML",
  });
})();
