// Clips in the grid: a silent glimpse on hover, the whole clip on a click, both mounted
// only then. One of each at a time.
"use strict";

(() => {
  const HOVER_MS = 250;
  const canGlimpse =
    matchMedia("(hover: hover) and (pointer: fine)").matches &&
    !matchMedia("(prefers-reduced-motion: reduce)").matches &&
    !navigator.connection?.saveData;
  let timer = 0;
  let hovered = null;

  const video = (address, name) => {
    const element = document.createElement("video");
    element.src = address;
    element.className = name;
    element.playsInline = true;
    return element;
  };

  const endGlimpse = () => {
    clearTimeout(timer);
    hovered?.querySelector("video.glimpse")?.remove();
    hovered = null;
  };

  const glimpse = (frame) => {
    const clip = video(frame.dataset.preview, "glimpse");
    clip.muted = true;
    clip.loop = true;
    clip.setAttribute("aria-hidden", "true");
    clip.tabIndex = -1;
    clip.addEventListener("canplay", () => clip.play().catch(() => clip.remove()), {
      once: true,
    });
    frame.querySelector(".poster").after(clip);
  };

  if (canGlimpse) {
    document.addEventListener("pointerover", (event) => {
      const frame = event.target.closest?.(".frame[data-preview]");
      if (frame === hovered) return;
      endGlimpse();
      if (!frame || frame.querySelector("video.full")) return;
      hovered = frame;
      timer = setTimeout(() => glimpse(frame), HOVER_MS);
    });
  }

  const stop = (clip) => {
    const frame = clip.parentElement;
    clip.remove();
    frame?.querySelector(".play")?.removeAttribute("hidden");
    frame?.dispatchEvent(new Event("clip-closed", { bubbles: true }));
  };

  const playHere = (link) => {
    endGlimpse();
    document.querySelectorAll("video.full").forEach(stop);
    const clip = video(link.href, "full");
    clip.controls = true;
    clip.autoplay = true;
    clip.muted = localStorage.getItem("muted") === "yes";
    clip.addEventListener("volumechange", () => {
      localStorage.setItem("muted", clip.muted ? "yes" : "no");
    });
    link.after(clip);
    link.hidden = true;
    clip.focus();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-play]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    playHere(link);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (document.fullscreenElement) return;
    document.querySelectorAll("video.full").forEach((clip) => {
      const frame = clip.parentElement;
      stop(clip);
      frame.querySelector(".play")?.focus();
    });
  });
})();
