// While the fields follow another model, people go on: what they change before the new
// fields are there is carried over, as far as the new model has it.
"use strict";

(() => {
  const form = () => document.querySelector("[data-composer]");
  const isFollowing = (event) => event.detail.elt?.id === "id_model";
  let before = null;
  let changed = [];

  const values = () => {
    const found = new Map();
    for (const field of form().querySelectorAll("#options [name]")) {
      if (field.type !== "file" && field.name !== "model") {
        found.set(field.name, field.value);
      }
    }
    return found;
  };

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!isFollowing(event)) return;
    const shown = event.detail.elt.querySelector("option[selected]");
    if (shown?.value === event.detail.elt.value && before === null) {
      event.preventDefault(); // chosen anew: the fields are there already
      return;
    }
    before = values();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id !== "options" || before === null) return;
    changed = [...values()].filter(([name, value]) => before.get(name) !== value);
    before = null;
  });

  const carry = (name, value) => {
    const field = form().elements[name];
    if (!field || field.value === value) return;
    field.value = value;
    if (field.tagName === "SELECT" && field.value !== value) {
      field.value = field.querySelector("option[selected]")?.value ?? "";
      return;
    }
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "options") return;
    for (const [name, value] of changed.splice(0)) carry(name, value);
  });

  for (const name of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(name, (event) => {
      if (isFollowing(event)) before = null;
    });
  }
})();
