// The command palette: pages, scripts by name, an execution by its id. Opened by Ctrl+K but for inside the code editor, and by its button.
import { call } from './api.js';
import { word } from './words.js';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const FOUND_MAX = 8;
const ASK_AFTER_MS = 150;

const dialog = document.getElementById('palette');
const text = document.getElementById('palette-text');
const list = document.getElementById('palette-list');
let chosen = 0;
let asked = null;
let timer = 0;

const named = path => {
  const tenant = new URLSearchParams(location.search).get('tenant');
  return tenant ? `${path}?tenant=${encodeURIComponent(tenant)}` : path;
};

function pages(wanted) {
  return [...document.querySelectorAll('.nav a')]
    .map(link => ({ word: link.querySelector('span').textContent, url: link.href, group: word('Go to') }))
    .filter(page => page.word.toLowerCase().includes(wanted));
}

async function scripts(wanted) {
  asked?.abort();
  asked = new AbortController();
  try {
    const { value } = await call('GET', `/scripts?limit=${FOUND_MAX}${wanted ? `&q=${encodeURIComponent(wanted)}` : ''}`, { signal: asked.signal });
    return value.items.map(script => ({ word: script.name, url: named(`/scripts/${encodeURIComponent(script.name)}`), group: word('Scripts') }));
  } catch {
    return [];
  }
}

function choose(at) {
  const options = [...list.querySelectorAll('[role=option]')];
  chosen = options.length === 0 ? 0 : (at + options.length) % options.length;
  options.forEach((option, i) => option.setAttribute('aria-selected', String(i === chosen)));
  const option = options[chosen];
  if (option) {
    text.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  } else {
    text.removeAttribute('aria-activedescendant');
  }
}

function show(found) {
  let group = '';
  const items = [];
  found.forEach((one, i) => {
    if (one.group !== group) {
      const head = document.createElement('li');
      head.className = 'group';
      head.role = 'presentation';
      head.textContent = group = one.group;
      items.push(head);
    }

    const option = document.createElement('li');
    option.role = 'option';
    option.id = `palette-${i}`;
    option.textContent = one.word;
    option.dataset.url = one.url;
    items.push(option);
  });
  if (items.length === 0) {
    const none = document.createElement('li');
    none.className = 'group';
    none.role = 'presentation';
    none.textContent = word('Nothing is called so.');
    items.push(none);
  }

  list.replaceChildren(...items);
  choose(0);
}

async function look() {
  const wanted = text.value.trim().toLowerCase();
  if (ID.test(wanted)) {
    show([{ word: word('Execution {0}', wanted), url: named(`/executions/${wanted}`), group: word('Executions') }]);
    return;
  }

  show(pages(wanted));
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const found = await scripts(wanted);
    if (text.value.trim().toLowerCase() === wanted) show([...found, ...pages(wanted)]);
  }, ASK_AFTER_MS);
}

/** Shows it, empty. */
export function open() {
  if (!dialog || dialog.open) return;
  text.value = '';
  dialog.showModal();
  text.focus();
  void look();
}

function go(option) {
  if (option?.dataset.url) location.assign(option.dataset.url);
}

if (dialog) {
  document.addEventListener('keydown', event => {
    if (event.key !== 'k' || !(event.ctrlKey || event.metaKey) || event.target.closest?.('.monaco-editor')) return;
    event.preventDefault();
    open();
  });
  document.addEventListener('click', event => {
    if (event.target.closest?.('[data-palette]')) open();
    if (event.target === dialog) dialog.close();
  });
  text.addEventListener('input', () => void look());
  text.addEventListener('keydown', event => {
    if (event.key === 'ArrowDown') choose(chosen + 1);
    else if (event.key === 'ArrowUp') choose(chosen - 1);
    else if (event.key === 'Enter') go(list.querySelectorAll('[role=option]')[chosen]);
    else return;
    event.preventDefault();
  });
  list.addEventListener('click', event => go(event.target.closest('[role=option]')));
}
