// How numbers, dates and elements are written on every page.

export function share(fraction) {
  const percent = 100 * fraction;
  return `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}

export function amount(ml) {
  return ml < 10 ? ml.toFixed(1) : `${Math.round(ml)}`;
}

export function millilitres(ml) {
  return `${amount(ml)} ml`;
}

export function day(moment) {
  return moment.slice(0, 10);
}

// An element with a class and children; text is never read as markup.
export function element(name, kind = "", ...children) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.append(...children);
  return made;
}

// The answer of the interface as JSON; an error says what the server said.
export async function ask(path, options = {}) {
  const answer = await fetch(`/api/v1${path}`, options);
  if (!answer.ok) {
    const said = await answer.json().catch(() => ({}));
    const detail = typeof said.detail === "string" ? said.detail : `error ${answer.status}`;
    throw new Error(detail);
  }
  return answer.status === 204 ? null : answer.json();
}
