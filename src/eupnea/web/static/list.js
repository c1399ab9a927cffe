// The table of analyses, kept current.
import { ask, day, element, share } from "./words.js";

const EVERY_MS = 1500;
const table = document.getElementById("analyses");

function course(job) {
  const cell = element("td", "course");
  for (const scan of job.ended?.scans ?? []) {
    if (cell.childNodes.length) cell.append(" \u2192 ");
    cell.append(element("b", "", share(scan.abnormal_fraction)), " ");
    cell.append(element("span", "", day(scan.acquired_at)));
  }
  return cell;
}

function state(job) {
  const cell = element("td", `state ${job.state}`);
  if (!job.doing) {
    cell.append(job.ended?.code ? `${job.state}: ${job.ended.code}` : job.state);
    return cell;
  }
  const bar = element("progress");
  bar.max = job.doing.total;
  bar.value = job.doing.done;
  bar.title = job.doing.name;
  cell.append(bar);
  return cell;
}

function remover(job) {
  const button = element("button", "plain", "Remove");
  button.type = "button";
  button.addEventListener("click", async () => {
    if (!confirm("Remove this analysis with all that is kept of it?")) return;
    await ask(`/analyses/${job.id}`, { method: "DELETE" });
    await show();
  });
  return element("td", "", button);
}

function row(job) {
  const link = element("a", "", job.order.name || "unnamed");
  link.href = `/analyses/${job.id}`;
  const asked = new Date(job.created_at).toLocaleString();
  return element("tr", "", element("th", "", link), element("td", "", asked), course(job), state(job), remover(job));
}

async function show() {
  const jobs = await ask("/analyses");
  table.tBodies[0].replaceChildren(...jobs.map(row));
  table.hidden = jobs.length === 0;
  document.getElementById("none").hidden = jobs.length > 0;
}

async function keepCurrent() {
  await show().catch(() => {});
  setTimeout(keepCurrent, EVERY_MS);
}

keepCurrent();
