// One or two scans side by side, with what of them is abnormal; a line of the table shows its place in each.
import { amount, ask, element, millilitres, share } from "./words.js";

const { Niivue } = globalThis.niivue;
const viewer = document.getElementById("viewer");
const { id } = viewer.dataset;
const by = (name) => document.getElementById(name);

const NORMAL = 1;
const ABNORMAL = 2;
const COLOURS = { normal: [91, 143, 185], abnormal: [255, 157, 61] };

// Places are told in LPS; the viewer counts in RAS.
const toRas = ([x, y, z]) => [-x, -y, z];

function colours(name) {
  const [r, g, b] = COLOURS[name];
  return { R: [0, r], G: [0, g], B: [0, b], A: [0, 255], I: [0, 255] };
}

class Pane {
  constructor(figure, analysis) {
    this.figure = figure;
    this.analysis = analysis;
    this.which = figure.querySelector(".which");
    this.nv = new Niivue({
      backColor: [0, 0, 0, 1],
      crosshairColor: [1, 1, 1, 0.35],
      crosshairWidth: 1.2,
      crosshairWidthUnit: "mm",
      crosshairGap: 12,
      show3Dcrosshair: false,
      isRadiologicalConvention: true,
      isColorbar: false,
      dragAndDropEnabled: false,
      textHeight: 0.06,
      isCornerOrientationText: true,
      multiplanarShowRender: 0,
      loadingText: "",
      logLevel: "error",
    });
    for (const name of Object.keys(COLOURS)) this.nv.addColormap(name, colours(name));
  }

  async attach() {
    await this.nv.attachToCanvas(this.figure.querySelector("canvas"));
    this.nv.onLocationChange = ({ mm, values }) => this.tell(mm, values);
  }

  get scan() {
    return this.analysis.scans[Number(this.which.value)];
  }

  async load() {
    const files = `/api/v1/analyses/${id}/files/${this.scan.folder}`;
    const ct = `/api/v1/analyses/${id}/scans/${this.scan.index}/ct.nii.gz`;
    const mask = (name) => ({ url: `${files}/${name}.nii.gz`, name: `${name}.nii.gz`, colormap: name, cal_min: 0, cal_max: 1, opacity: 0 });
    await this.nv.loadVolumes([{ url: ct, name: "ct.nii.gz", colormap: "gray" }, mask("normal"), mask("abnormal")]);
    this.nv.setInterpolation(false);
    const { fraction, volume_ml, interval_ml } = this.scan.abnormal;
    const range = interval_ml ? ` (${interval_ml.map(amount).join("\u2013")})` : "";
    this.figure.querySelector(".figures").textContent = `${share(fraction)} abnormal, ${millilitres(volume_ml)}${range}`;
    this.dress();
  }

  // Window, overlays and planes as the tools say.
  dress() {
    const [low, high] = by("window").value.split(",").map(Number);
    Object.assign(this.nv.volumes[0], { cal_min: low, cal_max: high });
    const strength = Number(by("opacity").value);
    this.nv.setOpacity(NORMAL, by("normal").checked ? strength : 0);
    this.nv.setOpacity(ABNORMAL, by("abnormal").checked ? strength : 0);
    this.nv.updateGLVolume();
    const all = by("planes").value === "all";
    this.nv.setSliceType(all ? this.nv.sliceTypeMultiplanar : this.nv.sliceTypeAxial);
  }

  go(place) {
    if (!place) return;
    this.nv.scene.crosshairPos = this.nv.mm2frac(toRas(place));
    this.nv.drawScene();
    this.nv.createOnLocationChange();
  }

  tell(mm, values) {
    const [x, y, z] = toRas(mm).map(Math.round);
    const hu = Math.round(values[0].value);
    this.figure.querySelector(".place").textContent = `${hu} HU at ${x}, ${y}, ${z} mm (LPS)`;
  }
}

// Lines of the table: a region of one scan, or what became of regions between two.
function regionLines(scan) {
  return scan.regions.map((region) => ({
    cells: [element("th", "", region.id), zone(region), element("td", "n", millilitres(region.volume_ml))],
    places: [region.centroid_mm],
  }));
}

function zone(region) {
  return element("td", "zone", region?.zone ?? "");
}

// Where the first of some regions lies in a scan; nowhere if it is in none.
function placeOf(names, scan) {
  return scan.regions.find((region) => region.id === names[0])?.centroid_mm;
}

function eventLines(change, scans) {
  const regions = new Map([change.to, change.from].flatMap((n) => scans[n].regions.map((region) => [region.id, region])));
  const size = (event) => Math.max(event.volume_before_ml, event.volume_after_ml);
  const told = [...change.events].sort((a, b) => Number(a.kind === "stable") - Number(b.kind === "stable") || size(b) - size(a));
  return told.map((event) => {
    const names = [...new Set([...event.before, ...event.after])];
    const volumes = `${amount(event.volume_before_ml)} \u2192 ${amount(event.volume_after_ml)} ml`;
    return {
      cells: [
        element("th", "", names.join(", ")),
        element("td", `kind ${event.kind}`, event.kind),
        zone(regions.get(names[0])),
        element("td", "n", volumes),
      ],
      places: [
        event.centroid_before_mm ?? placeOf(event.before, scans[change.from]),
        event.centroid_after_mm ?? placeOf(event.after, scans[change.to]),
      ],
    };
  });
}

function linesOf(analysis, panes) {
  if (panes.length === 1) return regionLines(panes[0].scan);
  const [before, after] = panes.map((pane) => pane.scan.index);
  const change = analysis.changes.find((one) => one.from === before && one.to === after);
  return change ? eventLines(change, analysis.scans) : [];
}

function showLines(analysis, panes) {
  const lines = linesOf(analysis, panes);
  const rows = lines.map(({ cells, places }) => {
    const row = element("tr", "", ...cells);
    row.tabIndex = 0;
    const choose = () => {
      by("rows").querySelector(".on")?.classList.remove("on");
      row.classList.add("on");
      apart(panes, () => panes.forEach((pane, n) => pane.go(places[n])));
    };
    row.addEventListener("click", choose);
    row.addEventListener("keydown", (event) => event.key === "Enter" && choose());
    return row;
  });
  by("rows").tBodies[0].replaceChildren(...rows);
  if (!lines.length && panes.length > 1) {
    const text = "These two were not compared with one another; choose neighbours, or the first and another.";
    by("rows").tBodies[0].append(element("tr", "", element("td", "zone", text)));
  }
  rows[0]?.click();
}

// Panes follow one another, but for the time in which each is sent to a place of its own.
function yoke(panes) {
  const together = by("together").checked && panes.length > 1;
  for (const pane of panes) {
    pane.nv.broadcastTo(together ? panes.filter((other) => other !== pane).map(({ nv }) => nv) : [], { "2d": true, "3d": true });
  }
}

function apart(panes, move) {
  for (const pane of panes) pane.nv.broadcastTo([]);
  move();
  yoke(panes);
}

async function main() {
  const analysis = await ask(`/analyses/${id}/files/analysis.json`);
  const panes = [...viewer.querySelectorAll(".pane")].map((figure) => new Pane(figure, analysis));
  for (const pane of panes) {
    await pane.attach();
    await pane.load();
    pane.which.addEventListener("change", async () => {
      await pane.load();
      showLines(analysis, panes);
    });
  }
  for (const name of ["abnormal", "normal", "opacity", "window", "planes"]) {
    by(name).addEventListener("input", () => panes.forEach((pane) => pane.dress()));
  }
  by("together").addEventListener("input", () => yoke(panes));
  showLines(analysis, panes);
  viewer.dataset.state = "ready";
}

main().catch((problem) => {
  viewer.dataset.state = "failed";
  viewer.prepend(element("p", "problem", problem.message));
});
