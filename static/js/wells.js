// Wells for pictures: choose, drop, paste, or take one of the team's. A picture goes up
// at once and is named by its id from then on; until then the file itself is in the form.
"use strict";

(() => {
  const form = () => document.querySelector("[data-composer]");
  const part = (well, name) => well.querySelector(`[data-well-${name}]`);
  const maximum = (well) => Number(well.dataset.maximum);

  const idsOf = (well) => part(well, "ids").value.split(" ").filter(Boolean);

  const setIds = (well, ids) => {
    const field = part(well, "ids");
    field.value = ids.join(" ");
    part(well, "box").classList.toggle("is-filled", ids.length > 0);
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const say = (well, words) => {
    const place = part(well, "error");
    place.textContent = words;
    place.hidden = !words;
    const file = well.querySelector(".well-file");
    if (words) file?.setAttribute("aria-invalid", "true");
    else file?.removeAttribute("aria-invalid");
  };

  const addTile = (well, tile) => {
    const tiles = part(well, "tiles");
    if (maximum(well) === 1) tiles.replaceChildren(tile);
    else tiles.append(tile);
  };

  const keep = (well, id, tile) => {
    const known = maximum(well) === 1 ? [] : idsOf(well);
    if (known.includes(id)) return;
    addTile(well, tile);
    setIds(well, [...known, id].slice(0, maximum(well)));
    say(well, "");
  };

  const waitingTile = (file) => {
    const tile = document.createElement("figure");
    tile.className = "tile is-uploading";
    const image = document.createElement("img");
    image.src = URL.createObjectURL(file);
    image.alt = "";
    image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
    const progress = document.createElement("progress");
    progress.max = 1;
    tile.append(image, progress);
    return tile;
  };

  const fragment = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  };

  const send = (well, file) =>
    new Promise((resolve) => {
      const tile = waitingTile(file);
      const before = [...part(well, "tiles").children];
      addTile(well, tile);
      part(well, "box").classList.add("is-filled");
      const body = new FormData();
      body.append("image", file);
      body.append("project", form().dataset.draft);
      const request = new XMLHttpRequest();
      request.open("POST", form().dataset.upload);
      const token = form().elements.csrfmiddlewaretoken.value;
      request.setRequestHeader("X-CSRFToken", token);
      request.setRequestHeader("HX-Request", "true");
      request.upload.addEventListener("progress", (event) => {
        tile.querySelector("progress").value = event.loaded / event.total;
      });
      request.addEventListener("loadend", () => {
        tile.remove();
        arrived(well, request, before);
        resolve();
      });
      request.send(body);
    });

  // The fields may have followed another model meanwhile: the well of that name counts.
  const present = (well) =>
    document.querySelector(`[data-well="${well.dataset.well}"]`) ?? well;

  const arrived = (started, request, before) => {
    const well = present(started);
    const content = fragment(request.responseText);
    const tile = content.querySelector("[data-asset]");
    if (request.status === 201 && tile) {
      keep(well, tile.dataset.asset, tile);
      return;
    }
    // What was not taken replaces nothing: the picture before is still the one sent.
    const tiles = part(well, "tiles");
    if (idsOf(well).length && !tiles.children.length) tiles.replaceChildren(...before);
    part(well, "box").classList.toggle("is-filled", idsOf(well).length > 0);
    const { failed, lost } = document.getElementById("sentences").dataset;
    const own = request.status === 422 ? content.textContent.trim() : "";
    say(well, own || (request.status ? failed : lost));
  };

  const upload = async (started, files) => {
    const room = maximum(started) === 1 ? 1 : maximum(started) - idsOf(started).length;
    for (const file of files.slice(0, Math.max(room, 0))) {
      await send(present(started), file);
    }
    const well = present(started);
    const input = well.querySelector(".well-file");
    // Only what has gone up: another choice may have been made meanwhile.
    if ([...input.files].every((file) => files.includes(file))) input.value = "";
  };

  document.addEventListener("change", (event) => {
    if (!event.target.matches(".well-file") || !event.target.files.length) return;
    upload(event.target.closest("[data-well]"), [...event.target.files]);
  });

  document.addEventListener("click", (event) => {
    const remove = event.target.closest("[data-remove-tile]");
    if (remove) {
      const well = remove.closest("[data-well]");
      const tile = remove.closest(".tile");
      tile.remove();
      setIds(well, idsOf(well).filter((id) => id !== tile.dataset.asset));
      well.querySelector(".well-file")?.focus();
    }
    const pick = event.target.closest("[data-pick]");
    if (pick) openPicker(pick);
    const choice = event.target.closest("[data-choose]");
    if (choice) choose(choice);
  });

  // Dropping, anywhere on a well

  const wellUnder = (event) => event.target.closest?.("[data-well]");

  document.addEventListener("dragover", (event) => {
    const well = wellUnder(event);
    if (!well || !well.querySelector(".well-file")) return;
    event.preventDefault();
    part(well, "box").classList.add("is-over");
  });

  for (const name of ["dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      const well = wellUnder(event);
      if (well) part(well, "box").classList.remove("is-over");
    });
  }

  document.addEventListener("drop", (event) => {
    const well = wellUnder(event);
    if (!well) return;
    const files = [...event.dataTransfer.files];
    event.preventDefault();
    if (files.length) upload(well, files);
  });

  // Pasting: into the first well that has room

  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    const pictures = files.filter((file) => file.type.startsWith("image/"));
    if (!pictures.length || !form()) return;
    const wells = [...form().querySelectorAll("[data-well]:has(.well-file)")];
    const focused = event.target.closest?.("[data-well]");
    const well = focused ?? wells.find((one) => idsOf(one).length < maximum(one));
    if (!well) return;
    event.preventDefault();
    upload(well, pictures);
  });

  // The team's pictures

  let picking = null;

  const openPicker = (button) => {
    picking = button.closest("[data-well]");
    const detail = "asset-dialog";
    button.dispatchEvent(new CustomEvent("studio:open", { bubbles: true, detail }));
    htmx.ajax("GET", button.dataset.pick, { target: "#asset-list", swap: "innerHTML" });
  };

  const choose = (choice) => {
    const tile = document.getElementById("empty-tile").content.cloneNode(true);
    const figure = tile.querySelector(".tile");
    figure.dataset.asset = choice.dataset.choose;
    const image = figure.querySelector("img");
    image.src = choice.dataset.src;
    image.alt = choice.querySelector("img").alt;
    keep(picking, choice.dataset.choose, figure);
    document.getElementById("asset-dialog").close();
    picking.querySelector(".well-file, .well-pick")?.focus();
  };
})();
