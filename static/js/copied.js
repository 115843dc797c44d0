// Says that something was copied: <button data-copy="…" data-copied>, or with a word of
// its own, data-copied="Copied", in place of the text for a moment.
"use strict";

(() => {
  const SHOWN_MS = 1200;

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copied]");
    if (!button || button.classList.contains("is-copied")) return;
    button.classList.add("is-copied");
    const place = button.querySelector("[data-timecode-text]");
    const before = place?.textContent;
    if (place) place.textContent = button.dataset.copied;
    setTimeout(() => {
      button.classList.remove("is-copied");
      if (place?.textContent === button.dataset.copied) place.textContent = before;
    }, SHOWN_MS);
  });
})();
