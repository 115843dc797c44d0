// A browser goes on reading a video at the address that it was led to. Where that is a
// signed one of a bucket it dies in some minutes: then the video is asked for anew.
"use strict";

(() => {
  const PAUSE = 30000; // what fails again so soon fails for another reason
  const tried = new WeakMap();

  document.addEventListener(
    "error",
    (event) => {
      const clip = event.target;
      if (!(clip instanceof HTMLVideoElement)) return;
      if (clip.error?.code !== MediaError.MEDIA_ERR_NETWORK) return;
      if (performance.now() - (tried.get(clip) ?? -PAUSE) < PAUSE) return;
      tried.set(clip, performance.now());
      const { currentTime, paused, playbackRate } = clip;
      clip.load();
      clip.currentTime = currentTime;
      clip.playbackRate = playbackRate;
      if (!paused) clip.play().catch(() => {});
    },
    true,
  );
})();
