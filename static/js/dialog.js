// Dialogs: opened by data-open-dialog, closed by a click beside them; and the question
// before a form that cannot be undone (data-confirm; data-confirm-word on the button).
"use strict";

(() => {
  const openDialog = (dialog, opener) => {
    dialog.opener = opener ?? document.activeElement;
    dialog.showModal();
    dialog.dispatchEvent(new CustomEvent("studio:opened", { bubbles: true }));
  };

  document.addEventListener("studio:open", (event) => {
    openDialog(document.getElementById(event.detail), event.target);
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) openDialog(document.getElementById(opener.dataset.openDialog), opener);
    if (event.target.matches("dialog[open]")) event.target.close();
  });

  // The question mark shows the keys, as everywhere.
  document.addEventListener("keydown", (event) => {
    const keys = document.getElementById("keys");
    if (event.key !== "?" || !keys?.matches("dialog:not([open])")) return;
    if (event.target.closest("input, select, textarea, dialog[open]")) return;
    openDialog(keys);
  });

  let asking = null;
  const yes = document.querySelector("[data-confirm-yes]");
  const usual = yes.textContent; // another word: data-yes of the form

  const ask = (form) => {
    const dialog = document.getElementById("confirm");
    document.getElementById("confirm-text").textContent = form.dataset.confirm;
    yes.textContent = form.dataset.yes ?? usual;
    asking = form;
    dialog.returnValue = "no";
    dialog.showModal();
  };

  document.getElementById("confirm").addEventListener("close", (event) => {
    const form = asking;
    asking = null;
    if (event.target.returnValue !== "yes" || !form) return;
    form.dataset.confirmed = "";
    form.requestSubmit();
  });

  // In the capture phase: before htmx sees the form.
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!form.matches("[data-confirm]")) return;
      if ("confirmed" in form.dataset) {
        delete form.dataset.confirmed;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(form);
    },
    true,
  );
})();
