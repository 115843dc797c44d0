// Strokes over the frame: shown where a comment has some, drawn with the pointer where
// somebody wants to. Points are kept within 0..1 of the picture, whatever its size.
"use strict";

(() => {
  const MOST_STROKES = 40;
  const MOST_POINTS = 2000;
  const box = () => document.querySelector("[data-player]");
  const canvas = () => document.querySelector("[data-sketch]");
  const form = () => document.querySelector("[data-comment-form]");
  let strokes = [];
  let stroke = null;

  // The picture lies within its element with bars beside or above it.
  const fit = () => {
    const clip = box()?.querySelector("video");
    if (!clip || !clip.videoWidth) return;
    const { clientWidth: width, clientHeight: height } = clip;
    const scale = Math.min(width / clip.videoWidth, height / clip.videoHeight);
    const w = clip.videoWidth * scale;
    const h = clip.videoHeight * scale;
    Object.assign(canvas().style, {
      left: `${clip.offsetLeft + (width - w) / 2}px`,
      top: `${clip.offsetTop + (height - h) / 2}px`,
      width: `${w}px`,
      height: `${h}px`,
    });
  };

  const show = (lines) => {
    if (!canvas()) return;
    const elements = lines.map((points) => {
      const line = document.createElementNS(canvas().namespaceURI, "polyline");
      const shown = points.length > 1 ? points : [points[0], points[0]];
      line.setAttribute("points", shown.map((point) => point.join(",")).join(" "));
      return line;
    });
    canvas().replaceChildren(...elements);
    canvas().toggleAttribute("hidden", !lines.length && !isDrawing());
    fit();
  };

  const isDrawing = () => canvas()?.classList.contains("is-drawing") ?? false;

  const keep = () => {
    const fields = form();
    fields.elements.drawing.value = strokes.length ? JSON.stringify(strokes) : "";
    fields.querySelector("[data-draw-clear]").hidden = !strokes.length;
    fields.elements.pinned.checked ||= strokes.length > 0;
  };

  const setDrawing = (isOn) => {
    canvas()?.classList.toggle("is-drawing", isOn);
    form()?.querySelector("[data-draw]").setAttribute("aria-pressed", String(isOn));
    if (isOn) box().halt();
    show(strokes);
  };

  const clear = () => {
    strokes = [];
    keep();
    show([]);
  };

  const place = (event) => {
    const area = canvas().getBoundingClientRect();
    const within = (value) => Math.min(Math.max(Number(value.toFixed(4)), 0), 1);
    return [
      within((event.clientX - area.left) / area.width),
      within((event.clientY - area.top) / area.height),
    ];
  };

  const points = () => strokes.reduce((sum, line) => sum + line.length, 0);

  document.addEventListener("pointerdown", (event) => {
    if (!isDrawing() || event.target.closest("[data-sketch]") === null) return;
    if (strokes.length >= MOST_STROKES || points() >= MOST_POINTS) return;
    event.preventDefault();
    canvas().setPointerCapture(event.pointerId);
    stroke = [place(event)];
    strokes.push(stroke);
    show(strokes);
  });

  document.addEventListener("pointermove", (event) => {
    if (!stroke || points() >= MOST_POINTS) return;
    stroke.push(place(event));
    show(strokes);
  });

  for (const name of ["pointerup", "pointercancel"]) {
    document.addEventListener(name, () => {
      if (!stroke) return;
      stroke = null;
      keep();
    });
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-draw]")) setDrawing(!isDrawing());
    if (event.target.closest?.("[data-draw-clear]")) clear();
  });

  document.addEventListener("studio:shown", (event) => {
    setDrawing(false);
    show(event.detail ? JSON.parse(event.detail) : strokes);
  });

  const equip = () => {
    const clip = box()?.querySelector("video");
    const button = form()?.querySelector("[data-draw]");
    if (!clip || !canvas()) return;
    if (button?.hidden) {
      // A fresh form: what was drawn went with the last one.
      button.hidden = false;
      strokes = [];
      setDrawing(false);
    }
    if ("sketched" in clip.dataset) return;
    clip.dataset.sketched = "";
    clip.addEventListener("play", () => {
      setDrawing(false);
      show([]);
    });
    clip.addEventListener("loadedmetadata", fit);
    new ResizeObserver(fit).observe(clip);
  };

  document.addEventListener("htmx:afterSettle", equip);
  equip();
})();
