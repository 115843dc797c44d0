// Goes to a moment of the take on screen: <a href="video.mp4#t=2.5" data-jump="2.5">.
// Without this script the link opens the video itself at that moment.
"use strict";

(() => {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-jump]");
    const clip = document.querySelector("[data-player] video");
    if (!link || !clip || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    clip.pause();
    clip.currentTime = Number(link.dataset.jump);
    clip.scrollIntoView({ block: "nearest" });
    clip.focus({ preventScroll: true });
  });
})();
