// The composer's keys and focus: Ctrl/Cmd+Enter sends, a refused form puts the focus on
// its first fault, what is typed while a form is under way stays.
"use strict";

(() => {
  const theForm = () => document.querySelector("[data-composer]");
  let typed = null;

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("[data-composer]");
    if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    const button = document.getElementById("generate");
    const isKeyMissing = form.querySelector("#key-place > *") !== null;
    if (!button.disabled && !isKeyMissing) form.requestSubmit(button);
  });

  // On a phone the composer is a sheet: its button says whether it is open.
  const openSheet = (form, isOpen) => {
    form.classList.toggle("is-open", isOpen);
    form.querySelector(".sheet-toggle").setAttribute("aria-expanded", String(isOpen));
  };

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("[data-composer].is-open");
    if (!form || event.key !== "Escape" || event.defaultPrevented) return;
    openSheet(form, false);
    form.querySelector(".sheet-toggle").focus();
  });

  const focusFirstFault = (form) => {
    const fault = form.querySelector('[aria-invalid="true"], [data-first-error]');
    if (!fault) return;
    fault.closest("details")?.setAttribute("open", "");
    if (fault.closest(".options")) openSheet(form, true);
    fault.focus();
  };

  const clearFaults = (form) => {
    form.querySelectorAll(".field-error").forEach((words) => {
      words.textContent = "";
    });
    form.querySelector(".notice-error")?.remove();
    form
      .querySelectorAll("[aria-invalid]")
      .forEach((field) => field.removeAttribute("aria-invalid"));
  };

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.closest("[data-composer]") || !field.hasAttribute("aria-invalid")) return;
    field.removeAttribute("aria-invalid");
    const words = document.getElementById(`${field.id}_error`);
    if (words) words.textContent = "";
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    // Who asked was replaced meanwhile, as the price of the model before: out of date.
    if (!event.detail.requestConfig.elt.isConnected) event.detail.shouldSwap = false;
    if (event.detail.target.id !== "composer") return;
    typed = theForm().elements.prompt.value;
  });

  // A tick set while the price was being asked for was not yet in the question.
  const tick = () => document.getElementById("id_accept_unknown_price");
  const isPrice = (event) => event.detail.requestConfig?.elt.id === "price-watch";
  let isTicked = false;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (isPrice(event)) isTicked = tick()?.checked ?? false;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (isPrice(event) && tick()) tick().checked = isTicked;
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const form = event.target.closest?.("[data-composer]");
    if (!form || typed === null || event.target !== form) return;
    form.elements.prompt.value = typed;
    typed = null;
    focusFirstFault(form);
  });

  document.addEventListener("takes-started", () => {
    const form = theForm();
    if (!form) return;
    clearFaults(form);
    openSheet(form, false);
    for (const name of ["parent", "parent_relation"]) form.elements[name].value = "";
  });

  // The browser takes the focus from a disabled button: give it back.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const button = document.getElementById("generate");
    if (event.detail.elt.id === "composer" && document.activeElement === button) {
      event.detail.elt.addEventListener(
        "htmx:afterRequest",
        () => setTimeout(() => document.activeElement === document.body && button.focus()),
        { once: true },
      );
    }
  });

  // Files have a way of their own: a look at the price never carries them.
  document.addEventListener("htmx:configRequest", (event) => {
    const { elt, formData } = event.detail;
    if (elt.id === "composer" || !elt.closest("[data-composer]") || !formData) return;
    for (const [name, value] of [...formData.entries()]) {
      if (value instanceof File) formData.delete(name);
    }
  });

  // Options that exist only with (or without) a picture.
  document.addEventListener("composer-mode", (event) => {
    for (const field of document.querySelectorAll("#options [data-modes]")) {
      const isOn = field.dataset.modes.split(" ").includes(event.detail.value);
      field.hidden = !isOn;
      field.querySelectorAll("input, select, textarea").forEach((control) => {
        control.disabled = !isOn;
      });
    }
  });

  document.addEventListener("click", (event) => {
    const example = event.target.closest("a[data-example]");
    const form = theForm();
    if (example && form) {
      event.preventDefault();
      form.elements.prompt.value = example.dataset.example;
      form.elements.prompt.dispatchEvent(new Event("input", { bubbles: true }));
      form.elements.prompt.focus();
    }
    const toggle = event.target.closest(".sheet-toggle");
    if (toggle) openSheet(form, !form.classList.contains("is-open"));
  });

  // What stood open stays open when the fields follow another model.
  const open = new Set();
  document.addEventListener("htmx:beforeSwap", () => {
    document.querySelectorAll("details[data-keep-open]").forEach((details) => {
      open[details.open ? "add" : "delete"](details.id);
    });
  });
  document.addEventListener("htmx:afterSwap", () => {
    document.querySelectorAll("details[data-keep-open]").forEach((details) => {
      if (open.has(details.id)) details.open = true;
    });
  });

  const first = theForm();
  if (first && "bound" in first.dataset) focusFirstFault(first);
})();
