// Shows how far an analysis is, and its answer as soon as it is there.
import { ask } from "./words.js";

const EVERY_MS = 1000;
const { id } = document.getElementById("waiting").dataset;

async function look() {
  const job = await ask(`/analyses/${id}`).catch(() => null);
  if (job?.ended) {
    location.reload();
    return;
  }
  if (job?.doing) {
    document.getElementById("step").textContent = job.doing.name;
    const bar = document.getElementById("done");
    bar.max = job.doing.total;
    bar.value = job.doing.done;
  }
  setTimeout(look, EVERY_MS);
}

look();
