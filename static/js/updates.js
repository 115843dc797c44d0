// What arrives from the server while somebody is looking: nothing that plays, is open
// or is being typed into is replaced before its time, no card comes twice or goes back
// to what it was before, and a hidden tab is quiet.
"use strict";

(() => {
  const SETTLED_MS = 50; // by then the element for the next look stands in its place

  const isLook = (element) => element?.hasAttribute?.("data-updates");

  const isInUse = (element) => element.querySelector("details[open]") !== null;

  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt } = event.detail;
    if (isLook(elt) && (document.hidden || isInUse(elt))) event.preventDefault();
  });

  // Opened while the look was under way.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target } = event.detail;
    if (isLook(target) && isInUse(target)) event.detail.shouldSwap = false;
  });

  // One look that begins after this moment, also where one is under way.
  let isUnderWay = false;
  let isOwed = false;

  const look = () => {
    const element = document.getElementById("updates");
    isOwed = isUnderWay;
    if (element && !isUnderWay) htmx.trigger(element, "look");
  };

  const endLook = () => {
    isUnderWay = false;
    if (isOwed) look();
  };

  // The request itself says when it has ended: by then whoever sent it may have left
  // the page, and htmx tells nobody.
  document.addEventListener("htmx:beforeSend", (event) => {
    const { elt, xhr, requestConfig } = event.detail;
    if (isLook(elt)) {
      isUnderWay = true;
      xhr.addEventListener("loadend", () => setTimeout(endLook, SETTLED_MS));
    }
    // What the menu of a card did shows on the card.
    if (requestConfig.verb === "post" && elt.closest(".card-menu")) {
      xhr.addEventListener("loadend", look);
    }
  });

  document.addEventListener("takes-started", look);

  document.addEventListener("visibilitychange", () => document.hidden || look());

  // What came for a card in use, by its id; null where it has left the page.
  const held = new Map();

  const isBusy = (card) => card.querySelector("video.full, details[open]") !== null;

  const isOlder = (card, other) =>
    Number(card.dataset.version) < Number(other.dataset.version);

  const renew = (card) => {
    card.setAttribute("hx-swap-oob", "true");
    htmx.swap(document.body, card.outerHTML, { swapStyle: "none" });
  };

  // A moment later, when whoever ends the use has put the focus where it belongs.
  const release = (event) => setTimeout(() => {
    const card = event.target.closest?.(".card");
    if (!card || !held.has(card.id) || isBusy(card)) return;
    const next = held.get(card.id);
    held.delete(card.id);
    if (next) renew(next);
    else card.remove();
  });

  document.addEventListener("toggle", release, true);
  document.addEventListener("clip-closed", release);

  const renewKnown = (fragment) => {
    for (const card of fragment.querySelectorAll(".card[id]")) {
      if (!document.getElementById(card.id)) continue;
      card.remove();
      renew(card);
    }
  };

  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    if (target.id === "takes") renewKnown(fragment);
    if (!target.matches(".card")) return;
    const card = fragment.querySelector(".card");
    const isLate = card && isOlder(card, held.get(target.id) ?? target);
    const mustWait = !isLate && isBusy(target);
    if (mustWait) held.set(target.id, card);
    else if (!isLate) held.delete(target.id);
    if (isLate || mustWait) event.detail.shouldSwap = false;
  });
})();
