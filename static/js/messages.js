// Answers to acts: dismissed by their button; requests that fail say so in words.
"use strict";

(() => {
  const box = () => document.getElementById("messages");
  const sentences = document.getElementById("sentences").dataset;

  const tell = (words) => {
    const message = document.createElement("div");
    message.className = "message error";
    message.setAttribute("role", "alert");
    const text = document.createElement("p");
    text.textContent = words;
    message.append(text);
    box().replaceChildren(message);
    setTimeout(() => message.remove(), 8000);
  };

  document.addEventListener("click", (event) => {
    event.target.closest("[data-dismiss]")?.closest(".message").remove();
  });

  // A look for news that fails is tried again by itself: no words about it.
  const isLook = (event) => event.detail.elt?.hasAttribute("data-updates");

  document.addEventListener("htmx:sendError", (event) => {
    if (!isLook(event)) tell(sentences.lost);
  });

  document.addEventListener("htmx:responseError", (event) => {
    if (isLook(event)) return;
    const isOld = event.detail.xhr.status === 403;
    tell(isOld ? sentences.old : sentences.failed);
  });

  document.addEventListener("studio:tell", (event) => tell(event.detail));
})();
