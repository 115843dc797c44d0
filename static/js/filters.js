// The filter bar leaves out of the address what is not set, and offers to clear what is.
"use strict";

(() => {
  document.addEventListener("htmx:configRequest", (event) => {
    const { elt, formData } = event.detail;
    if (!elt.matches("[data-filters]") || !formData) return;
    for (const [name, value] of [...formData.entries()]) {
      if (!value) formData.delete(name);
    }
  });

  const form = document.querySelector("[data-filters]");
  const clear = form?.querySelector(".filters-clear");
  if (!clear) return;

  const offer = () => {
    clear.hidden = ![...new FormData(form).values()].some(Boolean);
  };

  // Typing has asked already. To ask again when the field is left would close what was
  // opened by the same click.
  form.elements.q.addEventListener("change", (event) => event.stopPropagation());
  form.addEventListener("input", offer);
  form.addEventListener("change", offer);
  addEventListener("pageshow", offer); // a browser keeps what was set when one goes back
})();
