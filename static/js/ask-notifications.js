// Asks the browser for leave to notify, on a click and never before it.
"use strict";

(() => {
  const box = document.querySelector("[data-ask-notifications]");
  if (!box || !("Notification" in window)) return;
  const button = box.querySelector("button");
  const words = box.querySelector("[role=status]");

  const isOn = () =>
    Notification.permission === "granted" &&
    localStorage.getItem("notifications") === "yes";

  const show = () => {
    const isDenied = Notification.permission === "denied";
    button.textContent = isOn() ? button.dataset.off : button.dataset.on;
    button.hidden = isDenied;
    words.textContent = isDenied ? words.dataset.denied : isOn() ? words.dataset.on : "";
  };

  button.addEventListener("click", async () => {
    // At once: whoever answers the browser may be on another page by then.
    localStorage.setItem("notifications", isOn() ? "no" : "yes");
    await Notification.requestPermission();
    show();
  });

  box.hidden = false;
  show();
})();
