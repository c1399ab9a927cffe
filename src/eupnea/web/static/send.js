// Chooses the files of one patient, sends them one by one, and starts the analysis.
import { ask, element } from "./words.js";

const IMAGE = /\.(nii|nii\.gz|mha|nrrd)$/i;
const DATE = /(\d{4})-?(\d{2})-?(\d{2})/;
const AT_ONCE = 4;
const OPTIONS = ["deidentify", "same_patient", "fill_gaps", "harmonise"];

const by = (id) => document.getElementById(id);
let chosen = [];

function complain(text) {
  by("problem").textContent = text;
  by("problem").hidden = !text;
}

function dateOf(file) {
  const found = DATE.exec(file.name);
  return found ? `${found[1]}-${found[2]}-${found[3]}` : "";
}

// Image files do not say when they were taken, so each gets a date to fill in.
function askDates() {
  const images = chosen.filter((file) => IMAGE.test(file.name));
  const rows = images.map((file) => {
    const input = element("input");
    input.type = "date";
    input.required = true;
    input.value = dateOf(file);
    input.setAttribute("aria-label", `when ${file.name} was taken`);
    return element("li", "", file.name, input);
  });
  by("dates").replaceChildren(...rows);
}

function choose(files) {
  chosen = files
    .filter((file) => !file.name.startsWith("."))
    .sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
  complain("");
  by("drop").hidden = chosen.length > 0;
  by("chosen").hidden = chosen.length === 0;
  const megabytes = chosen.reduce((sum, file) => sum + file.size, 0) / 1e6;
  by("count").textContent = `${chosen.length} files, ${megabytes.toFixed(0)} MB`;
  askDates();
}

const pathOf = (file) => file.webkitRelativePath || file.name;

// All files below what was dropped.
async function filesBelow(entry) {
  if (entry.isFile) return [await new Promise((done, fail) => entry.file(done, fail))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) return found;
    for (const one of some) found.push(...(await filesBelow(one)));
  }
}

function order() {
  const dates = [...by("dates").querySelectorAll("input")].map((input) => input.value);
  const options = Object.fromEntries(OPTIONS.map((name) => [name, by(name).checked]));
  return { name: by("name").value, dates, ...options };
}

// Sends file after file, a few at once; numbers keep their order.
async function sendAll(id) {
  let next = 0;
  let sent = 0;
  const sender = async () => {
    while (next < chosen.length) {
      const number = next++;
      const ending = /\.(zip|[a-z]+(\.gz)?)$/i.exec(chosen[number].name)?.[0] ?? "";
      const path = `/analyses/${id}/sources/${number}?name=${encodeURIComponent(ending)}`;
      await ask(path, { method: "PUT", body: chosen[number], headers: { "content-type": "application/octet-stream" } });
      by("sent").value = ++sent / chosen.length;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
}

async function measure() {
  const asked = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(order()) };
  const { id } = await ask("/analyses", asked);
  try {
    await sendAll(id);
    await ask(`/analyses/${id}/start`, { method: "POST", body: "", headers: { "content-type": "application/json" } });
  } catch (problem) {
    await ask(`/analyses/${id}`, { method: "DELETE" }).catch(() => {});
    throw problem;
  }
  location.assign(`/analyses/${id}`);
}

by("send").addEventListener("submit", async (event) => {
  event.preventDefault();
  by("measure").disabled = true;
  by("sent").hidden = false;
  try {
    await measure();
  } catch (problem) {
    complain(problem.message);
    by("measure").disabled = false;
    by("sent").hidden = true;
  }
});
by("forget").addEventListener("click", () => choose([]));
for (const id of ["folder", "files"]) {
  by(id).addEventListener("change", (event) => choose([...event.target.files]));
  if (by(id).files.length) choose([...by(id).files]);
}
by("drop").addEventListener("dragover", (event) => {
  event.preventDefault();
  by("drop").classList.add("over");
});
by("drop").addEventListener("dragleave", () => by("drop").classList.remove("over"));
by("drop").addEventListener("drop", async (event) => {
  event.preventDefault();
  by("drop").classList.remove("over");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
  choose((await Promise.all(entries.map(filesBelow))).flat());
});
