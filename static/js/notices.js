// Says that a take of one's own has ended while one was on another page, or that one's
// approval is asked for or was given: a line that leads there, a polite word, a number in
// the title, and a notification where the browser was asked for it. Looks again only
// while something can come.
"use strict";

(() => {
  const box = document.querySelector("[data-notices]");
  if (!box) return;

  const FIRST_LOOK_MS = 1500;
  const AFTER_START_MS = 8000;
  const AFTER_TROUBLE_MS = 30000;
  const KEPT = 60; // ids of what was shown
  const MOST = 3; // lines at once: more would stand before the page
  const title = document.title;
  let unseen = 0;
  let timer = 0;

  // From this browser's first page on, and nothing from before it: a take may end
  // before any page has looked.
  if (!localStorage.getItem("notices-from")) {
    localStorage.setItem("notices-from", box.dataset.now);
  }

  const shownIds = () => JSON.parse(localStorage.getItem("notices-shown") ?? "[]");

  // Whether no other tab of this browser has shown it.
  const claim = (id) => {
    const ids = shownIds();
    if (ids.includes(id)) return false;
    localStorage.setItem("notices-shown", JSON.stringify([...ids, id].slice(-KEPT)));
    return true;
  };

  const isHere = (notice) =>
    !document.hidden &&
    ((notice.take && document.getElementById(`take-${notice.take}`) !== null) ||
      location.pathname === notice.href);

  const count = (number) => {
    unseen = number;
    document.title = unseen ? `(${unseen}) ${title}` : title;
    // A browser that knows no such badge, or refuses it, shows the title alone.
    const badge = unseen ? navigator.setAppBadge?.(unseen) : navigator.clearAppBadge?.();
    badge?.catch(() => {});
  };

  const messages = document.getElementById("messages");
  const { all, more } = document.getElementById("notice").dataset;
  let folded = 0;

  const write = (notice) => {
    const part = document.getElementById("notice").content.cloneNode(true);
    const line = part.firstElementChild;
    const link = line.querySelector("a");
    link.href = notice.href;
    link.textContent = notice.words;
    messages.append(line);
    return line;
  };

  // The oldest lines become one that counts them.
  const fold = () => {
    const lines = [...messages.querySelectorAll("[data-told]")];
    const old = lines.slice(0, Math.max(lines.length - MOST, 0));
    const counting = messages.querySelector("[data-folded]");
    if (!old.length) return;
    folded = old.length + (counting ? folded : 0);
    for (const line of [...old, counting]) line?.remove();
    const words = more.replace("{}", folded);
    write({ href: all, words }).dataset.folded = "";
  };

  const notify = (notice) => {
    const isWanted = localStorage.getItem("notifications") === "yes";
    if (!isWanted || !("Notification" in window)) return;
    if (Notification.permission !== "granted") return;
    const shown = new Notification("Dailies", { body: notice.words, tag: notice.id });
    shown.addEventListener("click", () => {
      window.focus();
      location.assign(notice.href);
    });
  };

  const tell = (notices) => {
    const fresh = notices.filter((notice) => claim(notice.id) && !isHere(notice));
    if (!fresh.length) return;
    for (const notice of fresh) write(notice).dataset.told = "";
    fold();
    const words = fresh.map((notice) => notice.words).join(". ");
    document.getElementById("live").textContent = words;
    if (!document.hidden) return;
    for (const notice of fresh) notify(notice);
    count(unseen + fresh.length);
  };

  const plan = (milliseconds) => {
    clearTimeout(timer);
    if (milliseconds) timer = setTimeout(look, milliseconds);
  };

  const look = async () => {
    const from = localStorage.getItem("notices-from");
    const since = localStorage.getItem("notices-since") ?? from;
    const address = `${box.dataset.notices}?${new URLSearchParams({ since, from })}`;
    try {
      const answer = await fetch(address, { redirect: "manual" });
      if (!answer.ok) return; // signed out
      const news = await answer.json();
      localStorage.setItem("notices-since", news.now);
      tell(news.notices);
      plan(news.seconds * 1000);
    } catch {
      // Offline: once more after a while.
      plan(AFTER_TROUBLE_MS);
    }
  };

  document.addEventListener("takes-started", () => plan(AFTER_START_MS));
  document.addEventListener("visibilitychange", () => document.hidden || count(0));
  plan(FIRST_LOOK_MS);
})();
