// Drawn choices above a native list: a click chooses, the arrow keys walk, and whatever
// changes the list is shown. Also the steps of a number and the seed's two buttons.
"use strict";

(() => {
  const changed = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));

  const show = (select) => {
    const drawn = document.querySelector(`[data-segments="${select.id}"]`);
    for (const segment of drawn?.children ?? []) {
      segment.classList.toggle("is-chosen", segment.dataset.value === select.value);
    }
  };

  const choose = (select, value) => {
    if (select.value === value) return;
    select.value = value;
    changed(select);
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches(".drawn-select")) show(event.target);
  });

  document.addEventListener("studio:show", () => {
    document.querySelectorAll("[data-segments]").forEach((drawn) => {
      show(document.getElementById(drawn.dataset.segments));
    });
  });

  document.addEventListener("click", (event) => {
    const segment = event.target.closest(".segment");
    if (segment) {
      const select = document.getElementById(segment.parentElement.dataset.segments);
      choose(select, segment.dataset.value);
    }
    const step = event.target.closest("[data-step]");
    if (step) {
      const field = step.parentElement.querySelector("input");
      const before = field.value;
      step.dataset.step > 0 ? field.stepUp() : field.stepDown();
      if (field.value !== before) changed(field);
    }
    const seed = event.target.closest("[data-seed]");
    if (seed) setSeed(seed);
  });

  const setSeed = (button) => {
    const field = button.closest(".field").querySelector("input");
    const most = Math.min(Number(field.max) || 2147483647, 2147483647);
    if (button.dataset.seed === "random") field.value = "";
    else if (!field.value) field.value = Math.floor(Math.random() * most);
    changed(field);
  };

  // A closed native list would open its own menu on some systems: walk it here.
  const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
  document.addEventListener("keydown", (event) => {
    const select = event.target;
    const step = STEPS[event.key];
    if (!step || event.altKey || !select.matches?.(".drawn-select")) return;
    if (!document.querySelector(`[data-segments="${select.id}"]`)) return;
    event.preventDefault();
    const next = select.options[select.selectedIndex + step];
    if (next) choose(select, next.value);
  });
})();
