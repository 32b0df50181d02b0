// What an action did, said in one line at the bottom and to screen readers. It is never the only place of an error.
const KEY = 'sandbox-toast';
const SHOWN_MS = 6000;

export function toast(text) {
  const region = document.getElementById('toasts');
  if (!region) return;
  const line = document.createElement('p');
  line.textContent = text;
  region.replaceChildren(line);
  const end = () => {
    if (line.matches(':hover')) setTimeout(end, SHOWN_MS);
    else line.remove();
  };
  setTimeout(end, SHOWN_MS);
}

/** Shows it on the page that comes next. */
export function later(text) {
  try {
    sessionStorage.setItem(KEY, text);
  } catch {
    // Without storage the next page is the answer.
  }
}

try {
  const text = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (text) requestAnimationFrame(() => toast(text));
} catch {
  // Storage is switched off.
}
