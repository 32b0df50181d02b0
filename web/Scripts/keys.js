// Keys of one letter or sign: a list of them, the search, the main pages, the rows of a list. They rest while one types, with modifiers,
// in the code editor and under an open dialog; a switch in the list turns them off (WCAG 2.1.4).
import { open as find } from './palette.js';

const OFF = 'sandbox-keys-off';
const PAGES = { o: '/', s: '/scripts', e: '/executions', r: '/errors' };
const SECOND_WITHIN_MS = 1500;
const TYPING = 'input, textarea, select, [contenteditable], .monaco-editor';

const dialog = document.getElementById('keys');
const box = document.getElementById('keys-on');
let began = -Infinity;

function areOff() {
  try {
    return localStorage.getItem(OFF) === '1';
  } catch {
    return false;
  }
}

/** Letters are those of the place on the keyboard where its own are not Latin. */
const keyOf = event => /^Key[A-Z]$/.test(event.code) && !/^[a-z]$/i.test(event.key) ? event.code.slice(3).toLowerCase() : event.key;

function list() {
  box.checked = !areOff();
  dialog.showModal();
}

function search() {
  const field = document.querySelector('#content input[type=search]');
  if (!field) {
    find();
    return;
  }

  field.focus();
  field.select();
}

/** Moves the focus to the link of the next row: Enter follows it as it follows any link. */
function move(by) {
  const rows = [...document.querySelectorAll('#content .table > tbody > tr')];
  const links = rows.map(row => row.querySelector('a[href]')).filter(link => link?.checkVisibility());
  const at = links.findIndex(link => link.closest('tr').contains(document.activeElement));
  links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
}

/** Only where the navigation leads: who may not see a page has no key for it. */
function go(letter) {
  const path = PAGES[letter];
  const link = path && [...document.querySelectorAll('.nav a')].find(one => new URL(one.href).pathname === path);
  if (link) location.assign(link.href);
  return Boolean(link);
}

function press(event) {
  const key = keyOf(event);
  const isSecond = event.timeStamp - began < SECOND_WITHIN_MS;
  began = -Infinity;
  if (isSecond && go(key)) return true;
  switch (key) {
    case '?': list(); return true;
    case '/': search(); return true;
    case 'j': move(1); return true;
    case 'k': move(-1); return true;
    case 'g': began = event.timeStamp; return true;
    default: return false;
  }
}

if (dialog) {
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (event.target.closest?.(TYPING) || document.querySelector('dialog[open]') || areOff()) return;
    if (press(event)) event.preventDefault();
  });
  document.addEventListener('click', event => {
    if (event.target.closest?.('[data-keys]')) list();
    if (event.target === dialog) dialog.close();
  });
  box.addEventListener('change', () => {
    try {
      localStorage.setItem(OFF, box.checked ? '0' : '1');
    } catch {
      // Nothing is kept here: the keys stay on.
      box.checked = true;
    }
  });
}
