// A chart that is wider than its box is shown from its newest bar on.
"use strict";

addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll(".chart-box")) {
    const newest = [...box.querySelectorAll(".bar rect")].at(-1);
    if (!newest) continue;
    const room = box.getBoundingClientRect();
    box.scrollLeft += newest.getBoundingClientRect().right - room.right + room.width / 4;
  }
});
