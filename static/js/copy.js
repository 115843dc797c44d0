// Copies words to the clipboard: <button data-copy="the words">.
"use strict";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.closest("details[open]")?.removeAttribute("open");
});
