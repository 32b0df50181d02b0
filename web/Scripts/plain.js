// Whether one would rather have plain text than the code editor: chosen once for all pages; a phone has plain text.
const PLAIN = 'sandbox-plain';

export function prefersPlain() {
  try {
    return localStorage.getItem(PLAIN) === '1' || matchMedia('(max-width: 700px)').matches;
  } catch {
    return false;
  }
}

/** @param {boolean} isPlain */
export function keepPlain(isPlain) {
  try {
    localStorage.setItem(PLAIN, isPlain ? '1' : '0');
  } catch {
    // The choice lasts as long as the page.
  }
}
