// Keeps lengths of time true while a page stands open: since when, how long ago, how
// long still. The words for the units come from the page.
"use strict";

(() => {
  const [S, MIN, H, NOW] = document
    .querySelector('meta[name="time-words"]')
    .content.split("|");

  const lasted = (seconds) => {
    if (seconds < 60) return `${seconds} ${S}`;
    const minutes = Math.floor(seconds / 60);
    const rest = seconds % 60;
    if (minutes < 10 && rest) return `${minutes} ${MIN} ${rest} ${S}`;
    if (minutes < 60) return `${minutes} ${MIN}`;
    const hours = Math.floor(minutes / 60);
    return minutes % 60 ? `${hours} ${H} ${minutes % 60} ${MIN}` : `${hours} ${H}`;
  };

  const ago = (seconds) => {
    if (seconds < 60) return NOW;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} ${MIN}`;
    return `${Math.floor(seconds / 3600)} ${H}`;
  };

  const roughly = (seconds) =>
    seconds < 55
      ? `${Math.max(5, Math.round(seconds / 5) * 5)} ${S}`
      : `${Math.max(1, Math.round(seconds / 60))} ${MIN}`;

  const write = (element, words) => {
    if (element.textContent !== words) element.textContent = words;
  };

  const age = (element) => (Date.now() - Date.parse(element.dateTime)) / 1000;

  const tick = () => {
    for (const element of document.querySelectorAll("time[data-since]")) {
      write(element, lasted(Math.max(0, Math.round(age(element)))));
    }
    for (const element of document.querySelectorAll("[data-until]")) {
      const left = (Date.parse(element.dataset.until) - Date.now()) / 1000;
      const words = element.dataset.words.replace("{}", roughly(left));
      write(element, left > 3 ? words : element.dataset.soon);
    }
  };

  const tickSlowly = () => {
    for (const element of document.querySelectorAll("time[data-ago]")) {
      if (age(element) < 86400) write(element, ago(Math.max(0, age(element))));
    }
  };

  tickSlowly();
  document.addEventListener("htmx:afterSettle", tickSlowly);
  document.addEventListener("htmx:oobAfterSwap", tickSlowly); // a card that has changed
  setInterval(() => document.hidden || tick(), 1000);
  setInterval(() => document.hidden || tickSlowly(), 30000);
})();
