// Choosing takes: the boxes on cards are a plain form's; here are the count, ranges with
// Shift, clicks on pictures once something is chosen, and that what was chosen stays so
// when its card comes anew or the filters take it from the page.
"use strict";

(() => {
  const form = document.querySelector("[data-choosing]");
  if (!form) return;
  const words = form.querySelector(".choose-count");
  let last = null; // the box that was clicked last, where a range begins

  const boxes = () => [...document.querySelectorAll(".choose")];
  const hidden = () => [...form.querySelectorAll("input[type=hidden]")];
  const number = () => document.querySelectorAll(".choose:checked").length + hidden().length;

  const say = () => {
    const chosen = number();
    const { one, many, none } = form.dataset;
    words.textContent = chosen === 1 ? one : many.replace("{}", chosen);
    document.getElementById("live").textContent = chosen ? words.textContent : none;
  };

  const show = () => {
    if (number()) say();
  };

  const chooseTo = (box) => {
    const all = boxes();
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    if (from < 0) return;
    for (const between of all.slice(from, to + 1)) between.checked = box.checked;
  };

  document.addEventListener("click", (event) => {
    const box = event.target.closest?.(".choose");
    if (!box) return;
    if (event.shiftKey && last) chooseTo(box);
    last = box;
    say();
  });

  // A click on a picture chooses it, as long as something is chosen. A key opens it.
  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.("a.poster, a.words");
      const box = link?.closest(".card").querySelector(".choose");
      if (!box || !event.detail || event.ctrlKey || event.metaKey || !number()) return;
      event.preventDefault();
      event.stopPropagation();
      box.dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey: event.shiftKey }));
    },
    true,
  );

  form.addEventListener("reset", () => {
    for (const field of hidden()) field.remove();
    // The boxes are empty a moment later.
    setTimeout(() => {
      say();
      if (last?.isConnected) last.focus();
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !number()) return;
    if (event.target.matches("input:not(.choose), textarea, select")) return;
    if (document.querySelector("video.full, dialog[open]")) return;
    form.reset();
  });

  // The card of a chosen take comes anew.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    if (!target.querySelector?.(".choose:checked")) return;
    const box = fragment.querySelector?.(`#${CSS.escape(target.id)} .choose`);
    if (box) box.checked = true;
    setTimeout(show);
  });

  // Other filters: what they hide stays chosen, and is checked where it comes back.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "results") return;
    for (const box of document.querySelectorAll("#results .choose:checked")) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: box.name, value: box.value });
      form.append(field);
    }
  });

  document.addEventListener("htmx:afterSwap", () => {
    for (const field of hidden()) {
      const box = document.querySelector(`.choose[value="${field.value}"]`);
      if (!box) continue;
      box.checked = true;
      field.remove();
    }
    show();
  });

  // The way back from the next page, with the boxes as they were.
  addEventListener("pageshow", show);
})();
