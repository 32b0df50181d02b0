// The editor of a script: its draft keeps itself, the server judges while one writes, and what is seen can be tried and published.
import { call, parseExact, Refused, told, Unreachable } from './api.js';
import { read, show } from './forms.js';
import { later } from './toast.js';
import { explain, outcome } from './try.js';

const SAVE_AFTER_MS = 1500;
const JUDGE_AFTER_MS = 600;
const RETRY_AFTER_MS = 5000;

const form = document.getElementById('editor');
const source = document.getElementById('source');
const state = document.getElementById('draft-state');
const script = form.dataset.script || null;
const kind = form.dataset.kind;
const kept = `sandbox-draft:${document.documentElement.dataset.tenant}:${script ?? `new ${kind}`}`;
const draftPath = script && `/scripts/${encodeURIComponent(script)}/draft`;

let code = null;
let etag = null;
let base = Number(form.dataset.base);
let isDirty = false;
let isStopped = false;
let saving = null;
let saveTimer = 0;
let judgeTimer = 0;

const element = id => document.getElementById(id);
const clock = () => new Date().toLocaleTimeString(document.documentElement.lang, { hour12: false });
const say = (text, isWrong = false) => {
  state.textContent = text;
  state.classList.toggle('wrong', isWrong);
};

/** The fields as the API takes them; throws a Refused that names a field which is no JSON. */
function content() {
  const body = read(form);
  delete body.name;
  if (body.trigger === undefined) body.trigger = null;
  if (body.trigger?.key === undefined) delete body.trigger?.key;
  return body;
}

// ---- Drafts

function keep() {
  try {
    const fields = [...form.elements].filter(field => field.name).map(field => [field.name, field.type === 'checkbox' ? field.checked : field.value, field.value]);
    localStorage.setItem(kept, JSON.stringify({ at: Date.now(), base, fields }));
  } catch {
    // Without storage the server's copy is the only one.
  }
}

function forget() {
  try {
    localStorage.removeItem(kept);
  } catch {
    // Nothing was kept.
  }
}

/** What this browser kept because the server could not be reached comes back. */
function restore() {
  let copy = null;
  try {
    copy = JSON.parse(localStorage.getItem(kept) ?? 'null');
  } catch {
    return;
  }

  if (!copy) return;
  for (const [name, value, own] of copy.fields) {
    const same = [...form.elements].filter(field => field.name === name);
    const field = same.length > 1 ? same.find(one => one.value === own) : same[0];
    if (!field) continue;
    if (field.type === 'checkbox') field.checked = value;
    else field.value = value;
  }

  changed();
  say('What this browser kept is shown: it had not reached the server.');
}

function changed() {
  isDirty = true;
  clearTimeout(saveTimer);
  clearTimeout(judgeTimer);
  judgeTimer = setTimeout(judge, JUDGE_AFTER_MS);
  if (isStopped) return;
  if (script) {
    say('Draft, not saved yet');
    saveTimer = setTimeout(save, SAVE_AFTER_MS);
  } else {
    keep();
    say('Kept in this browser until it is created');
  }
}

async function save() {
  clearTimeout(saveTimer);
  if (!script || isStopped) return true;
  if (saving) await saving;
  if (!isDirty) return true;
  saving = put().finally(() => {
    saving = null;
  });
  return saving;
}

async function put() {
  let body;
  try {
    body = content();
  } catch (error) {
    keep();
    say(`Not saved: ${error.fields?.[0]?.field ?? 'a field'} ${error.fields?.[0]?.message ?? 'is not complete'}.`, true);
    return false;
  }

  isDirty = false;
  try {
    const answer = await call('PUT', draftPath, { body: { ...body, base_version: base }, ifMatch: etag });
    etag = answer.etag;
    forget();
    if (!isDirty) say(`Draft saved ${clock()}, on top of version ${base}`);
    element('discard').hidden = false;
    return true;
  } catch (error) {
    isDirty = true;
    keep();
    if (error instanceof Unreachable) {
      say('The server is not reached; what you write is kept in this browser.', true);
      saveTimer = setTimeout(save, RETRY_AFTER_MS);
    } else if (error instanceof Refused && error.status === 412) {
      isStopped = true;
      say('This draft was changed elsewhere meanwhile. Reload to see it; what you wrote here stays in this browser.', true);
    } else if (error instanceof Refused && error.fields.length > 0) {
      say(`Not saved: ${error.fields.map(field => `${field.field} ${field.message}`).join('; ')}`, true);
    } else {
      say(`Not saved. ${told(error)}`, true);
    }

    return false;
  }
}

// ---- Judging

function list(target, texts, none) {
  target.replaceChildren(...(texts.length > 0 ? texts : [none]).map(text => {
    const item = document.createElement('li');
    item.textContent = text;
    return item;
  }));
}

function tell(problems) {
  const target = element('problems');
  target.replaceChildren(...problems.map(problem => {
    const item = document.createElement('li');
    item.className = problem.warning ? 'warn' : 'bad';
    if (problem.line) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'link';
      button.textContent = `Line ${problem.line}${problem.column ? `, column ${problem.column}` : ''}`;
      button.addEventListener('click', () => reveal(problem.line, problem.column));
      item.append(button, ' ');
    }

    item.append(problem.message);
    return item;
  }));
  const count = element('problem-count');
  const wrong = problems.filter(problem => !problem.warning).length;
  count.hidden = problems.length === 0;
  count.className = `problems ${wrong > 0 ? 'bad' : 'warn'}`;
  count.textContent = wrong > 0 ? `${wrong} ${wrong === 1 ? 'problem' : 'problems'}` : `${problems.length} ${problems.length === 1 ? 'warning' : 'warnings'}`;
  code?.mark(problems);
}

function reveal(line, column) {
  if (code && !element('code').hidden) {
    code.reveal(line, column);
    return;
  }

  const lines = source.value.split('\n');
  const at = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + Math.max(0, (column ?? 1) - 1);
  source.focus();
  source.setSelectionRange(at, at);
}

let judged = null;

async function judge() {
  let body;
  try {
    body = content();
  } catch (error) {
    tell([{ message: `${error.fields[0].field} ${error.fields[0].message}.` }]);
    return;
  }

  judged?.abort();
  judged = new AbortController();
  try {
    const { value } = await call('POST', '/scripts/validate', { body: { kind, source: body.source, trigger: body.trigger, uses: body.uses }, signal: judged.signal });
    const errors = value.errors.map(error => ({ ...error, message: error.field === 'source' ? error.message : `${error.field} ${error.message}` }));
    tell([...errors, ...value.warnings.map(message => ({ message, warning: true }))]);
    if (element('inferred')) list(element('inferred'), explain(value.uses), 'nothing but its input and its log');
    if (element('next-runs')) {
      const zone = form.elements['trigger.timezone']?.value || 'UTC';
      list(element('next-runs'), value.next_runs.map(at => when(at, zone)), 'none');
    }
  } catch (error) {
    if (!(error instanceof DOMException)) tell([{ message: told(error), warning: true }]);
  }
}

function when(at, zone) {
  try {
    return new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: zone, weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hour12: false, timeZoneName: 'shortOffset' }).format(new Date(at));
  } catch {
    return at;
  }
}

// ---- Trying

let running = null;

async function attempt(isDry) {
  if (running) return;
  const result = element('try-result');
  running = new AbortController();
  const begun = performance.now();
  const dry = isDry ?? element('try-dry').checked;
  element('try-stop').hidden = false;
  element('try').disabled = true;
  const line = document.createElement('p');
  line.className = 'status run';
  result.replaceChildren(line);
  const tick = setInterval(() => {
    line.textContent = `Running, ${((performance.now() - begun) / 1000).toFixed(1)} s`;
  }, 100);
  try {
    const body = content();
    const input = element('try-input').value.trim();
    const request = element('try-request')?.value.trim();
    const asked = {
      kind, source: body.source, trigger: body.trigger, uses: body.uses, limits: body.limits, dry_run: dry,
      input: input === '' ? null : parsed('Input', input),
    };
    if (request) asked.request = parsed('Request', request);
    if (script) asked.name = script;
    const { value: execution } = await call('POST', '/scripts/try', { body: asked, signal: running.signal });
    const [logs, calls] = await Promise.all([
      call('GET', `/executions/${execution.id}/logs?limit=200`).then(answer => answer.value.items, () => []),
      call('GET', `/executions/${execution.id}/calls?limit=100`).then(answer => answer.value.items, () => []),
    ]);
    outcome(result, execution, logs, calls, reveal);
    const at = execution.error?.line;
    if (at) code?.mark([{ line: at, column: execution.error.column, message: `${execution.code}: ${execution.error.message}` }]);
  } catch (error) {
    const said = document.createElement('p');
    said.className = 'notice bad';
    said.setAttribute('role', 'alert');
    said.textContent = error instanceof DOMException ? 'Stopped.'
      : error instanceof Refused && error.fields.length > 0 ? error.fields.map(field => `${field.field} ${field.message}`).join('; ')
      : told(error);
    result.replaceChildren(said);
  } finally {
    clearInterval(tick);
    running = null;
    element('try-stop').hidden = true;
    element('try').disabled = false;
  }
}

function parsed(name, text) {
  try {
    return parseExact(text);
  } catch (error) {
    throw new Error(`${name} is not JSON: ${error.message}`);
  }
}

async function takePast(id) {
  if (!id) return;
  try {
    const { value } = await call('GET', `/executions/${id}`, { exact: true });
    element('try-input').value = value.input === null ? '' : JSON.stringify(value.input, null, 2);
    const request = value.trigger?.httpRequest;
    if (request && element('try-request')) {
      const { method, query, params, headers } = request;
      element('try-request').value = JSON.stringify({ method, query, params, headers }, null, 2);
    }
  } catch (error) {
    say(told(error), true);
  }
}

// ---- Publishing

let closeDiff = () => {};

function paragraph(text, className) {
  const p = document.createElement('p');
  if (className) p.className = className;
  p.textContent = text;
  return p;
}

function rights(title, uses) {
  const block = document.createElement('div');
  block.className = 'notice warn';
  const ul = document.createElement('ul');
  list(ul, [...uses.added, ...uses.removed], '');
  block.append(paragraph(title), ul);
  return block;
}

async function openPublish() {
  if (!(await save())) return;
  const body = element('publish-body');
  body.replaceChildren(paragraph('Reading the difference…'));
  element('publish-dialog').showModal();
  try {
    const answer = await call('GET', draftPath);
    const draft = answer.value;
    etag = answer.etag;
    const { value: live } = await call('GET', `/scripts/${encodeURIComponent(script)}/versions/${draft.live_version}`);
    const parts = [];
    if (draft.is_stale) {
      parts.push(paragraph(`Version ${draft.live_version} went live while you were editing on top of version ${draft.base_version}. Nothing of yours is lost: below, what is live stands left, yours right. Publishing puts yours in its place.`, 'notice warn'));
      if (draft.diff.live.source) {
        const theirs = document.createElement('details');
        const summary = document.createElement('summary');
        summary.textContent = `What went live since version ${draft.base_version}`;
        const text = document.createElement('pre');
        text.textContent = draft.diff.live.source;
        theirs.append(summary, text);
        parts.push(theirs);
      }
    }

    const { uses } = draft.diff?.mine ?? { uses: { added: [], removed: [] } };
    parts.push(uses.added.length + uses.removed.length > 0 ? rights('What it may do changes:', uses) : paragraph('What it may do stays the same.'));
    const holder = document.createElement('div');
    holder.className = 'diff-holder';
    parts.push(holder);
    body.replaceChildren(...parts);
    closeDiff();
    closeDiff = () => {};
    if (live.source === draft.source) holder.replaceChildren(paragraph('The source stays the same.'));
    else if (module) closeDiff = module.compare({ holder, before: live.source, after: draft.source, beforeLabel: `Version ${draft.live_version}, live`, afterLabel: 'Your draft' });
    else {
      const text = document.createElement('pre');
      text.textContent = draft.diff.mine.source;
      holder.replaceChildren(text);
    }

    element('publish-go').dataset.base = draft.live_version;
    element('publish-go').disabled = false;
  } catch (error) {
    element('publish-go').disabled = true;
    body.replaceChildren(paragraph(error instanceof Refused && error.status === 404 ? 'There is no draft: nothing differs from what is live.' : told(error), 'notice bad'));
  }
}

async function publish() {
  const button = element('publish-go');
  button.disabled = true;
  try {
    const message = element('publish-message').value.trim();
    const { value } = await call('POST', `/scripts/${encodeURIComponent(script)}/publish`, {
      body: { base_version: Number(button.dataset.base), ...(message ? { message } : {}) }, ifMatch: etag,
    });
    isDirty = false;
    forget();
    later(`Version ${value.version} is live`);
    location.assign(form.dataset.home);
  } catch (error) {
    button.disabled = false;
    const said = error instanceof Refused && error.fields.length > 0 ? error.fields.map(field => `${field.field} ${field.message}`).join('; ') : told(error);
    if (error instanceof Refused && (error.status === 409 || error.status === 412)) await openPublish();
    element('publish-body').prepend(paragraph(said, 'notice bad'));
  }
}

async function create() {
  const button = element('create');
  button.disabled = true;
  try {
    const body = { ...content(), name: element('name').value.trim(), kind };
    const { value } = await call('POST', '/scripts', { body });
    isDirty = false;
    forget();
    later(value.warnings?.length > 0 ? value.warnings[0] : `${value.name} is live`);
    location.assign(form.dataset.scripts.replace('NAME', encodeURIComponent(value.name)));
  } catch (error) {
    show(form, error);
    const late = error instanceof Refused ? error.fields.filter(field => field.field === 'source') : [];
    if (late.length > 0) tell(late);
  } finally {
    button.disabled = false;
  }
}

async function discard() {
  try {
    await call('DELETE', draftPath, {});
    isDirty = false;
    isStopped = true;
    forget();
    later('Your draft is gone; what is live stayed as it is');
    location.reload();
  } catch (error) {
    element('discard-dialog').close();
    say(told(error), true);
  }
}

// ---- The code editor takes the place of the text area once it is there.

let module = null;

async function openCode() {
  const holder = element('code');
  try {
    const [loaded, types] = await Promise.all([import(form.dataset.code), fetch('/api/v1/sdk/types', { headers: { 'X-Tenant': document.documentElement.dataset.tenant } }).then(answer => answer.ok ? answer.text() : '')]);
    module = loaded;
    if (prefersPlain()) {
      element('plain').hidden = false;
      plain(true);
      return;
    }

    holder.hidden = false;
    code = module.open({ holder, text: source.value, label: 'Source of the script', kind, types, editorWorker: form.dataset.editorWorker, languageWorker: form.dataset.languageWorker });
    source.hidden = true;
    code.onChange(text => {
      source.value = text;
      changed();
    });
    code.keys(save, () => attempt(), () => attempt(true));
    element('plain').hidden = false;
    const line = /^#L(\d+)$/.exec(location.hash)?.[1];
    if (line) code.reveal(Number(line));
    void judge();
  } catch (error) {
    holder.hidden = true;
    source.hidden = false;
    console.warn('The code editor did not open; the text area stays.', error);
  }
}

const PLAIN = 'sandbox-plain';

function prefersPlain() {
  try {
    return localStorage.getItem(PLAIN) === '1' || matchMedia('(max-width: 700px)').matches;
  } catch {
    return false;
  }
}

function plain(isPlain) {
  element('code').hidden = isPlain;
  source.hidden = !isPlain;
  element('plain').textContent = isPlain ? 'Code editor' : 'Plain text area';
  element('plain').dataset.isPlain = isPlain ? '1' : '';
}

element('plain').addEventListener('click', () => {
  const isPlain = element('plain').dataset.isPlain !== '1';
  try {
    localStorage.setItem(PLAIN, isPlain ? '1' : '0');
  } catch {
    // The choice lasts as long as the page.
  }

  if (!isPlain && !code) {
    plain(false);
    void openCode();
    return;
  }

  plain(isPlain);
  if (!isPlain) {
    code.text = source.value;
    code.focus();
  } else {
    source.focus();
  }
});

form.addEventListener('submit', event => event.preventDefault());
form.addEventListener('input', event => {
  if (event.target.dataset.skip === undefined && event.target.name) changed();
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
  if (isDirty && script) event.preventDefault();
});
element('try').addEventListener('click', () => void attempt());
element('try-stop').addEventListener('click', () => running?.abort());
element('try-past')?.addEventListener('change', event => void takePast(event.target.value));
element('problem-count').addEventListener('click', () => element('problems').querySelector('button')?.click());
element('create')?.addEventListener('click', () => void create());
element('publish')?.addEventListener('click', () => void openPublish());
element('publish-go')?.addEventListener('click', () => void publish());
element('publish-dialog')?.addEventListener('close', () => {
  closeDiff();
  closeDiff = () => {};
});
element('discard')?.addEventListener('click', () => element('discard-dialog').showModal());
element('discard-go')?.addEventListener('click', () => void discard());
const zones = element('zones');
if (zones) zones.replaceChildren(...Intl.supportedValuesOf('timeZone').map(zone => Object.assign(document.createElement('option'), { value: zone })));

if (script && form.dataset.drafted === 'yes') {
  void call('GET', draftPath).then(answer => {
    etag = answer.etag;
    base = answer.value.base_version;
  }, () => {});
}

restore();
void judge();
void openCode();
