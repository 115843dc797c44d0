// The searchable list of models above the native one.
"use strict";

(() => {
  const dialog = document.getElementById("model-dialog");
  const select = () => document.getElementById("id_model");
  if (!dialog) return;
  const search = dialog.querySelector("input[type=search]");
  const list = document.getElementById("model-list");

  const lines = () => [...list.querySelectorAll("[data-model]")];
  const isFolded = (line) => line.closest("details:not([open])") !== null;
  const shown = () => lines().filter((line) => !line.hidden && !isFolded(line));

  const filter = () => {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const line of lines()) {
      line.hidden = !wanted.every((word) => line.dataset.words.includes(word));
    }
    for (const group of list.querySelectorAll("[data-group]")) {
      group.hidden = !group.querySelector("[data-model]:not([hidden])");
    }
    // Providers without a key are folded, but for a search and the model that is chosen.
    for (const fold of list.querySelectorAll("[data-fold]")) {
      fold.open = wanted.length > 0 || fold.querySelector(".is-chosen") !== null;
    }
    const none = list.querySelector("[data-none]");
    if (none) none.hidden = list.querySelector("[data-group]:not([hidden])") !== null;
  };

  const mark = () => {
    for (const line of lines()) {
      const isChosen = line.dataset.model === select().value;
      line.classList.toggle("is-chosen", isChosen);
      if (isChosen) line.setAttribute("aria-current", "true");
      else line.removeAttribute("aria-current");
    }
  };

  const show = () => {
    mark();
    filter();
    list.querySelector(".is-chosen")?.scrollIntoView({ block: "center" });
  };

  const choose = (line) => {
    dialog.close();
    const field = select();
    field.focus();
    if (field.value === line.dataset.model) return;
    field.value = line.dataset.model;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };

  dialog.addEventListener("studio:opened", () => {
    search.value = "";
    search.focus();
    htmx.trigger(list, "open-list");
    show();
  });

  list.addEventListener("htmx:afterSettle", show);

  search.addEventListener("input", filter);

  list.addEventListener("click", (event) => {
    const line = event.target.closest("[data-model]");
    if (line) choose(line);
  });

  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === search) {
      event.preventDefault();
      const [only] = shown();
      if (only) choose(only);
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const found = shown();
    const at = found.indexOf(document.activeElement) + step;
    if (at < 0) search.focus();
    else found[Math.min(at, found.length - 1)]?.focus();
  });

  // Enter on the native list opens the one that can be searched.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== select()) return;
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const detail = "model-dialog";
    select().dispatchEvent(new CustomEvent("studio:open", { bubbles: true, detail }));
  });
})();
