// SPDX-License-Identifier: Apache-2.0
// Names on the maps, views that move together, layers that can be switched, and a size that fits on paper.
const toancanhReport = (() => {
  function describe(feature, layer) {
    layer.bindTooltip(
      () => {
        const box = document.createElement("div");
        const name = document.createElement("strong");
        name.textContent = feature.properties.name;
        const code = document.createElement("span");
        code.textContent = feature.properties.code;
        box.append(name, code);
        return box;
      },
      { sticky: true, className: "unit-tip" },
    );
    layer.on("mouseover", () => layer.setStyle({ weight: 2.4 }));
    layer.on("mouseout", () => layer.setStyle({ weight: feature.properties.colour === null ? 0.8 : 1.1 }));
  }

  /** Names stand where there is room: changed units first, then the larger ones. */
  function nameUnits(map, units) {
    const pane = map.createPane("names");
    pane.style.zIndex = 620;
    pane.style.pointerEvents = "none";
    const found = [];
    units.eachLayer((layer) => found.push(layer.feature.properties));
    found.sort((one, other) => other.rank - one.rank);
    const names = found.map((unit) => {
      const text = document.createElement("span");
      text.textContent = unit.name.replace(/^(Phường|Xã|Thị trấn|Đặc khu) /i, "");
      const marker = L.marker(unit.label, {
        pane: "names",
        interactive: false,
        keyboard: false,
        icon: L.divIcon({ className: "unit-name", html: text, iconSize: null }),
      }).addTo(map);
      return { unit, marker, text };
    });
    const place = () => {
      const taken = [];
      for (const { unit, marker, text } of names) {
        const at = map.latLngToContainerPoint(unit.label);
        const [w, h] = [text.offsetWidth / 2 + 2, text.offsetHeight / 2 + 1];
        const box = [at.x - w, at.y - h, at.x + w, at.y + h];
        const free = taken.every((o) => box[0] > o[2] || box[2] < o[0] || box[1] > o[3] || box[3] < o[1]);
        if (free) taken.push(box);
        marker.getElement().style.visibility = free ? "visible" : "hidden";
      }
    };
    map.on("zoomend resize", place);
    place();
    return place;
  }

  function together(maps) {
    let busy = false;
    for (const map of maps) {
      map.on("move", () => {
        if (busy) return;
        busy = true;
        for (const other of maps) {
          if (other !== map) other.setView(map.getCenter(), map.getZoom(), { animate: false });
        }
        busy = false;
      });
      // The wheel scrolls the page until the map is used.
      map.on("click focus", () => map.scrollWheelZoom.enable());
      map.getContainer().addEventListener("mouseleave", () => map.scrollWheelZoom.disable());
    }
  }

  function switches(layers) {
    for (const box of document.querySelectorAll("input[data-layer]")) {
      const { map, layer } = layers[box.dataset.layer];
      const show = () => (box.checked ? layer.addTo(map) : layer.remove());
      box.addEventListener("change", show);
      show();
    }
  }

  /** On paper the maps have another size: they are laid out anew before and after. */
  function paper(refit) {
    const root = document.documentElement;
    const onPaper = () => {
      root.classList.add("paper");
      refit();
    };
    const onScreen = () => {
      root.classList.remove("paper");
      refit();
    };
    addEventListener("beforeprint", onPaper);
    addEventListener("afterprint", onScreen);
    matchMedia("print").addEventListener("change", (event) => (event.matches ? onPaper() : onScreen()));
  }

  /** sides: [{map, units}] in order; layers: {name: {map, layer}}; view: [[south, west], [north, east]]. */
  function start({ sides, layers, view, place }) {
    const maps = sides.map((side) => side.map);
    const last = sides[sides.length - 1];
    for (const map of maps) L.control.scale({ imperial: false, maxWidth: 120 }).addTo(map);
    const rename = sides.map((side) => nameUnits(side.map, side.units));
    together(maps);
    switches(layers);
    for (const { map, layer } of Object.values(layers)) if (map.hasLayer(layer)) layer.bringToFront();
    const refit = () => {
      for (const map of maps) map.options.minZoom = 0;
      for (const map of maps) {
        map.invalidateSize({ animate: false, pan: false });
      }
      if (!(last.map.getSize().x > 24 && last.map.getSize().y > 24)) return;
      last.map.fitBounds(view, { animate: false, padding: [12, 12] });
      // No farther out than the units and their surroundings: a view of the country would have to show its islands.
      const farthest = last.map.getBoundsZoom(last.map.options.maxBounds, true);
      for (const map of maps) map.options.minZoom = Math.min(map.getZoom(), farthest);
      for (const again of rename) again();
    };
    for (const map of maps) map.getContainer().setAttribute("aria-label", place[maps.indexOf(map)]);
    document.querySelector("[data-reset]")?.addEventListener("click", refit);
    addEventListener("resize", () => requestAnimationFrame(refit));
    paper(refit);
    document.fonts.ready.then(() => {
      refit();
      document.documentElement.dataset.ready = "true";
    });
  }

  return { describe, start };
})();
