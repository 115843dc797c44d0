// Comments beside the player: the frame that a comment is about, going to it, answering,
// and the keys C (comment), A (approve), R (ask for changes), S (skip).
"use strict";

(() => {
  const box = () => document.querySelector("[data-player]");
  const clip = () => box()?.querySelector("video");
  const form = () => document.querySelector("[data-comment-form]");

  const timecode = (seconds) => {
    const rate = Number(box().dataset.rate);
    const whole = Math.round(rate);
    const frames = Math.floor(seconds * rate + 0.001);
    const total = Math.floor(frames / whole);
    return [Math.floor(total / 60), total % 60, frames % whole]
      .map((number) => String(number).padStart(2, "0"))
      .join(":");
  };

  // The pin follows the player until something is drawn on the frame.
  const follow = () => {
    const fields = form();
    if (!fields || !clip() || fields.elements.drawing.value) return;
    fields.querySelector("[data-pin-at]").value = clip().currentTime.toFixed(4);
    fields.querySelector("[data-pin-time]").textContent = timecode(clip().currentTime);
  };

  // What is typed outlives a reload and a session's end, until it is sent.
  const place = () => `comment:${form().getAttribute("action")}`;

  const restore = () => {
    const text = form()?.elements.text;
    if (text && !text.value) text.value = sessionStorage.getItem(place()) ?? "";
  };

  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-comment-form] textarea")) return;
    sessionStorage.setItem(place(), event.target.value);
  });

  document.addEventListener("submit", (event) => {
    const isPlain = !event.target.hasAttribute("hx-post");
    if (event.target.matches("[data-comment-form]") && isPlain) {
      sessionStorage.removeItem(place()); // a refused form comes back filled
    }
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { requestConfig, isError } = event.detail;
    const sent = requestConfig?.elt?.matches?.("[data-comment-form]");
    if (sent && !isError && event.detail.xhr.status === 200) {
      sessionStorage.removeItem(place());
    }
  });

  const listen = () => {
    follow();
    restore();
    const video = clip();
    if (!video || "reviewed" in video.dataset) return;
    video.dataset.reviewed = "";
    for (const name of ["timeupdate", "seeked", "pause", "loadedmetadata"]) {
      video.addEventListener(name, follow);
    }
  };

  const answer = (id, name) => {
    const fields = form();
    fields.elements.parent.value = id;
    fields.querySelector("[data-answering]").hidden = !id;
    fields.querySelector("[data-answering-name]").textContent = name;
    fields.querySelector("[data-pin-choice]").hidden = Boolean(id);
    fields.elements.text.focus();
  };

  const goTo = (link) => {
    if (!box()?.goTo) return false;
    box().goTo(Number(link.dataset.go));
    const target = link.getAttribute("href");
    if (target.startsWith("#")) document.querySelector(target)?.scrollIntoView();
    document.dispatchEvent(
      new CustomEvent("studio:shown", { detail: link.dataset.drawing ?? "" }),
    );
    return true;
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-go]");
    if (link && goTo(link)) event.preventDefault();
    const reply = event.target.closest?.("[data-reply]");
    if (!reply || !form()) return;
    event.preventDefault();
    answer(reply.dataset.reply, reply.dataset.replyTo ?? "");
  });

  // Who begins to write has seen the frame: it stays.
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-comment-form] textarea")) box()?.halt?.();
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-send-on-change]")) event.target.form.submit();
  });

  document.addEventListener("keydown", (event) => {
    if (event.target.matches?.("[data-comment-form] textarea")) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.target.form.requestSubmit();
      }
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input, select, textarea, dialog[open], .menu-panel")) return;
    const key = event.key.toLowerCase();
    if (key === "c" && form()) {
      event.preventDefault();
      form().elements.text.focus();
    } else if (/^[a-z]$/.test(key)) {
      document.querySelector(`[data-key="${key}"]`)?.click();
    }
  });

  // A button that asks first, in the dialog of the page.
  document.addEventListener("htmx:confirm", (event) => {
    const words = event.target.dataset?.ask;
    if (!words) return;
    event.preventDefault();
    const dialog = document.getElementById("confirm");
    document.getElementById("confirm-text").textContent = words;
    dialog.returnValue = "no";
    dialog.addEventListener(
      "close",
      () => dialog.returnValue === "yes" && event.detail.issueRequest(true),
      { once: true },
    );
    dialog.showModal();
  });

  document.addEventListener("htmx:afterSettle", listen);
  listen();
})();
