// Narrows a list while somebody types: <input data-narrow="#list"> hides every
// [data-words] below #list that lacks one of the words, and groups left empty; groups
// that are folded open for as long as something is searched for.
"use strict";

const unfolded = new Set(); // by us: what somebody has opened stays open

const fold = (group, isSearched) => {
  if (isSearched && !group.open) unfolded.add(group);
  if (isSearched) group.open = true;
  else if (unfolded.delete(group)) group.open = false;
};

for (const field of document.querySelectorAll("[data-narrow]")) {
  const list = document.querySelector(field.dataset.narrow);
  field.closest("[data-narrow-box]").hidden = false;

  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let any = false;
    for (const group of list.querySelectorAll("[data-narrow-group]")) {
      let some = false;
      for (const line of group.querySelectorAll("[data-words]")) {
        line.hidden = !words.every((word) => line.dataset.words.includes(word));
        some ||= !line.hidden;
      }
      group.hidden = !some;
      if (group.matches("details")) fold(group, words.length > 0);
      any ||= some;
    }
    list.querySelector("[data-narrow-none]").hidden = any;
  });

  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}
