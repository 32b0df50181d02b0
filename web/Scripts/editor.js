// The editor of a script: its draft keeps itself, the server judges while one writes, and what is seen can be tried and published.
import { call } from './api.js';
import { keepPlain, prefersPlain } from './plain.js';
import { word } from './words.js';
import { attempt, stop, takeGenerated, takePast } from './editor/attempt.js';
import { changed, draft, path, restore, save } from './editor/draft.js';
import { agree, keepAll, load, runAll, saveTried, take } from './editor/examples.js';
import { inputType } from './editor/input-type.js';
import { judge } from './editor/judge.js';
import { element, form, kind, script, source, view } from './editor/page.js';
import { closePublish, create, discard, openPublish, publish } from './editor/publish.js';
import { openParts } from './editor/trigger.js';

// ---- The code editor takes the place of the text area once it is there.

async function openCode() {
  const holder = element('code');
  try {
    const [loaded, types] = await Promise.all([import(form.dataset.code), fetch('/api/v1/sdk/types', { headers: { 'X-Tenant': document.documentElement.dataset.tenant } }).then(answer => answer.ok ? answer.text() : '')]);
    view.module = loaded;
    if (prefersPlain()) {
      element('plain').hidden = false;
      plain(true);
      return;
    }

    holder.hidden = false;
    view.code = view.module.open({ holder, text: source.value, label: word('Source of the script'), kind, types, editorWorker: form.dataset.editorWorker, languageWorker: form.dataset.languageWorker });
    source.hidden = true;
    typeInput();
    view.code.onChange(text => {
      source.value = text;
      changed();
    });
    view.code.keys(save, () => attempt(), () => attempt(true));
    element('plain').hidden = false;
    const line = /^#L(\d+)$/.exec(location.hash)?.[1];
    if (line) view.code.reveal(Number(line));
    void judge();
  } catch (error) {
    holder.hidden = true;
    source.hidden = false;
    console.warn('The code editor did not open; the text area stays.', error);
  }
}

const TYPE_AFTER_MS = 500;
let typeTimer = 0;

/** context.input has the type that the input schema on the page says; one that is no JSON leaves it as it was. */
function typeInput() {
  try {
    const text = element('schema').value.trim();
    view.code?.typeInput(text === '' ? 'any' : inputType(JSON.parse(text)));
  } catch {
    // The field itself says that it is no JSON.
  }
}

function plain(isPlain) {
  element('code').hidden = isPlain;
  source.hidden = !isPlain;
  element('plain').textContent = isPlain ? word('Code editor') : word('Plain text area');
  element('plain').dataset.isPlain = isPlain ? '1' : '';
}

element('plain').addEventListener('click', () => {
  const isPlain = element('plain').dataset.isPlain !== '1';
  keepPlain(isPlain);
  if (!isPlain && !view.code) {
    plain(false);
    void openCode();
    return;
  }

  plain(isPlain);
  if (!isPlain) {
    view.code.text = source.value;
    view.code.focus();
  } else {
    source.focus();
  }
});

form.addEventListener('submit', event => event.preventDefault());
form.addEventListener('input', event => {
  if (event.target.dataset.opens) {
    openParts();
    changed();
  } else if (event.target.dataset.skip === undefined && event.target.name) {
    changed();
  }
});
document.addEventListener('keydown', event => {
  if (!(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
  if (event.key === 's') {
    event.preventDefault();
    void (script ? save() : create());
  } else if (event.key === 'Enter') {
    event.preventDefault();
    void attempt(event.shiftKey ? true : undefined);
  }
});
addEventListener('beforeunload', event => {
  if (draft.isDirty && script) event.preventDefault();
});
element('try').addEventListener('click', () => void attempt());
element('try-stop').addEventListener('click', () => void stop());
element('try-from').addEventListener('change', event => {
  const [from, what] = event.target.value.split(':');
  if (from === 'generated') takeGenerated();
  else if (from === 'example') take(what);
  else if (from === 'execution') void takePast(what);
});
element('try-input').addEventListener('input', () => {
  element('try-from').value = '';
});
element('schema').addEventListener('input', () => {
  clearTimeout(typeTimer);
  typeTimer = setTimeout(typeInput, TYPE_AFTER_MS);
});
element('example-keep')?.addEventListener('click', () => saveTried());
element('example-name')?.addEventListener('keydown', event => {
  if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) saveTried();
});
element('example-go')?.addEventListener('click', () => agree());
element('examples-run')?.addEventListener('click', () => void runAll());
element('examples-keep')?.addEventListener('click', () => void keepAll());
element('problem-count').addEventListener('click', () => element('problems').querySelector('button')?.click());
element('create')?.addEventListener('click', () => void create());
element('publish')?.addEventListener('click', () => void openPublish());
element('publish-go')?.addEventListener('click', () => void publish());
element('publish-dialog')?.addEventListener('close', closePublish);
element('discard')?.addEventListener('click', () => element('discard-dialog').showModal());
element('discard-go')?.addEventListener('click', () => void discard());
const zones = element('zones');
if (zones) zones.replaceChildren(...Intl.supportedValuesOf('timeZone').map(zone => Object.assign(document.createElement('option'), { value: zone })));

if (script && form.dataset.drafted === 'yes') {
  void call('GET', path).then(answer => {
    draft.etag = answer.etag;
    draft.base = answer.value.base_version;
  }, () => {});
}

restore();
openParts();
void load();
void judge();
void openCode();
