// A menu is a <details>: it closes on Escape, on a click elsewhere, after its own acts.
"use strict";

(() => {
  const openMenus = () => document.querySelectorAll("details.menu[open]");

  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
      event.preventDefault(); // what plays below it goes on
    }
  });

  document.addEventListener(
    "toggle",
    (event) => {
      if (!event.target.matches?.("details.menu[open]")) return;
      for (const menu of openMenus()) {
        if (menu !== event.target && !menu.contains(event.target)) menu.open = false;
      }
      event.target.querySelector("[data-autofocus]")?.focus();
    },
    true,
  );

  // Opened before htmx had come to it: what it opens with is fetched all the same.
  document.addEventListener("htmx:load", (event) => {
    for (const menu of event.detail.elt.querySelectorAll("details.menu[hx-get][open]")) {
      htmx.trigger(menu, "toggle");
    }
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.matches("form, button") && event.detail.successful) {
      const menu = event.detail.elt.closest("details.menu[open]");
      if (!menu) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
})();
