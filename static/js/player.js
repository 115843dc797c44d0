// The tools beside the native player: frame steps, J K L, speed, loop, the timecode,
// mute that is remembered, and the time of the frame that is to be used elsewhere.
"use strict";

(() => {
  const FASTEST = 8;
  const pad = (number) => String(number).padStart(2, "0");

  const timecode = (seconds, rate) => {
    const frames = Math.floor(seconds * rate + 0.001);
    const whole = Math.round(rate);
    const total = Math.floor(frames / whole);
    return `${pad(Math.floor(total / 60))}:${pad(total % 60)}:${pad(frames % whole)}`;
  };

  const equip = (box) => {
    const clip = box.querySelector("video");
    const stage = box.parentElement;
    const tools = stage.querySelector("[data-player-tools]");
    const rate = Number(box.dataset.rate);
    const code = tools.querySelector("[data-timecode]");
    const shown = tools.querySelector("[data-timecode-text]");
    const speed = tools.querySelector("[data-speed]");
    const loop = tools.querySelector("[data-loop]");
    const sign = box.querySelector("[data-shuttle]");
    let back = 0; // speed of the way back; browsers play forward only
    let last = 0;

    const tick = () => {
      const words = timecode(clip.currentTime, rate);
      if (!code.classList.contains("is-copied")) shown.textContent = words;
      code.dataset.copy = words;
      for (const field of stage.querySelectorAll("[data-frame-at]")) {
        field.value = clip.currentTime.toFixed(4);
      }
    };

    const follow = () => {
      tick();
      if (!clip.paused) clip.requestVideoFrameCallback(follow);
    };

    const say = (words) => {
      sign.textContent = words;
      sign.hidden = !words;
    };

    const goBack = (now) => {
      if (!back) return;
      clip.currentTime = Math.max(0, clip.currentTime - ((now - last) / 1000) * back);
      last = now;
      if (clip.currentTime > 0) requestAnimationFrame(goBack);
      else halt();
    };

    const halt = () => {
      back = 0;
      clip.pause();
      clip.playbackRate = Number(speed.value);
      say("");
    };

    const step = (frames) => {
      halt();
      const frame = Math.floor(clip.currentTime * rate + 0.001) + frames;
      const end = Math.max(0, Math.floor(clip.duration * rate) - 1);
      clip.currentTime = (Math.min(Math.max(frame, 0), end) + 0.5) / rate;
    };

    const forward = () => {
      const running = !clip.paused && !back;
      back = 0;
      clip.playbackRate = running ? Math.min(clip.playbackRate * 2, FASTEST) : 1;
      say(clip.playbackRate > 1 ? `${clip.playbackRate}×` : "");
      clip.play();
    };

    const reverse = () => {
      clip.pause();
      const was = back;
      back = was ? Math.min(was * 2, FASTEST) : 1;
      say(`−${back}×`);
      last = performance.now();
      if (!was) requestAnimationFrame(goBack);
    };

    const toggleLoop = () => {
      clip.loop = !clip.loop;
      loop.setAttribute("aria-pressed", String(clip.loop));
      localStorage.setItem("loop", clip.loop ? "yes" : "no");
    };

    const toggleFull = () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else if ("fullBox" in box.dataset) box.requestFullscreen?.(); // with what lies over it
      else if (clip.requestFullscreen) clip.requestFullscreen();
      else clip.webkitEnterFullscreen?.();
    };

    const acts = {
      " ": () => (clip.paused && !back ? clip.play() : halt()),
      k: halt,
      j: reverse,
      l: forward,
      ",": () => step(-1),
      ".": () => step(1),
      o: toggleLoop,
      m: () => (clip.muted = !clip.muted),
      f: toggleFull,
    };

    box.press = (key) => {
      const act = acts[key.toLowerCase()];
      act?.();
      return Boolean(act);
    };

    box.halt = halt;
    box.goTo = (seconds) => {
      halt();
      clip.currentTime = seconds;
    };

    tools.hidden = false;
    clip.muted = localStorage.getItem("muted") === "yes";
    clip.loop = localStorage.getItem("loop") === "yes";
    loop.setAttribute("aria-pressed", String(clip.loop));
    clip.addEventListener("volumechange", () => {
      localStorage.setItem("muted", clip.muted ? "yes" : "no");
    });
    clip.addEventListener("play", () => {
      back = 0;
      if (clip.requestVideoFrameCallback) clip.requestVideoFrameCallback(follow);
    });
    for (const name of ["timeupdate", "seeked", "pause"]) {
      clip.addEventListener(name, tick);
    }
    clip.addEventListener("ended", () => say(""));
    speed.addEventListener("change", () => {
      clip.playbackRate = Number(speed.value);
    });
    loop.addEventListener("click", toggleLoop);
    tools.querySelector("[data-full]").addEventListener("click", toggleFull);
    for (const button of tools.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => step(Number(button.dataset.step)));
    }
    stage.querySelector(".frame-menu")?.addEventListener("toggle", (event) => {
      if (event.target.open) halt();
    });
    tick();
  };

  const equipAll = () => {
    for (const box of document.querySelectorAll("[data-player]:not([data-ready])")) {
      box.dataset.ready = "";
      equip(box);
    }
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.target;
    if (at.closest("input, select, textarea, dialog[open], .menu-panel")) return;
    // A focused button or link keeps its own space bar, a focused player as well.
    if (event.key === " " && at.closest("button, a, summary, video")) return;
    const box = document.querySelector("[data-player]");
    if (box?.press(event.key)) event.preventDefault();
  });

  document.addEventListener("htmx:afterSettle", equipAll);
  equipAll();
})();
