// The theme: the system's, light or dark. A cookie keeps it, so that the server renders the right one and nothing flashes.
import { toast } from './toast.js';
import { word } from './words.js';

const NEXT = { system: 'light', light: 'dark', dark: 'system' };
const SAID = { system: word('Theme: as the system'), light: word('Theme: light'), dark: word('Theme: dark') };

document.addEventListener('click', event => {
  if (!event.target.closest?.('[data-theme-switch]')) return;
  const root = document.documentElement;
  const next = NEXT[root.dataset.theme] ?? 'light';
  root.dataset.theme = next;
  document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`;
  document.dispatchEvent(new Event('theme'));
  toast(SAID[next]);
});
