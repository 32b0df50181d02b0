// Code that is only read: a version, or two of them side by side, in the editor's colours. The page's own text stays until it has loaded,
// where it does not, and for whom would rather have that.
import { call } from './api.js';
import { keepPlain, prefersPlain } from './plain.js';
import { word } from './words.js';

const LINE_HEIGHT = 22;
const PADDING = 40;

const holder = document.getElementById('viewer');
const text = document.getElementById('viewer-text');
const button = document.getElementById('plain');
let opened = null;

async function sourceOf(version) {
  return (await call('GET', `/scripts/${encodeURIComponent(holder.dataset.script)}/versions/${version}`)).value.source;
}

async function open() {
  const { code, version, from, label, before, editorWorker, languageWorker } = holder.dataset;
  const [module, after, earlier] = await Promise.all([import(code), sourceOf(version), from && sourceOf(from)]);
  module.workers({ editorWorker, languageWorker });
  // As high as the longer one, within what the stylesheet allows.
  const lines = Math.max(...[after, earlier ?? ''].map(source => source.split('\n').length));
  holder.style.height = `${lines * LINE_HEIGHT + PADDING}px`;
  holder.hidden = false;
  if (from) module.compare({ holder, before: earlier, after, beforeLabel: before, afterLabel: label });
  else module.read({ holder, text: after, label });
}

async function show(isPlain) {
  button.textContent = isPlain ? word('Code editor') : word('Plain text');
  if (!isPlain) {
    opened ??= open();
    try {
      await opened;
    } catch (error) {
      console.warn('The code editor did not open; the text stays.', error);
      button.hidden = true;
      holder.hidden = true;
      return;
    }
  }

  holder.hidden = isPlain;
  text.hidden = !isPlain;
}

if (holder) {
  let isPlain = prefersPlain();
  button.hidden = false;
  button.addEventListener('click', () => {
    isPlain = !isPlain;
    keepPlain(isPlain);
    void show(isPlain);
  });
  void show(isPlain);
}
