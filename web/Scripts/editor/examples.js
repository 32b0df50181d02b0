// Examples: payloads that are kept with the result that is expected, tried again before a version is published.
import { call, told } from '../api.js';
import { visible } from '../try.js';
import { word } from '../words.js';
import { content, element, script } from './page.js';

const ENDED = ['completed', 'failed', 'timeout', 'cancelled'];
const SHOWN_MAX = 120;
const at = script && `/scripts/${encodeURIComponent(script)}/examples`;
const path = name => `${at}/${encodeURIComponent(name)}`;

/** As the server has them, and what the last run said of each by name. */
let kept = [];
let checks = new Map();
/** What was tried last: input, request and execution, with the digits that they came with. */
let tried = null;
let agreed = () => {};
const hint = element('example-saved')?.textContent;

function make(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function button(text, act, label) {
  const made = make('button', 'button ghost small', text);
  made.type = 'button';
  if (label) made.setAttribute('aria-label', label);
  made.addEventListener('click', act);
  return made;
}

function tell(text, isWrong = false) {
  element('example-said').textContent = text;
  element('example-said').classList.toggle('wrong', isWrong);
}

/** A result in few words. */
function short(result) {
  if (!result?.status) return word('nothing');
  const text = visible(result.status === 'completed' ? JSON.stringify(result.output) : result.code ?? result.status);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}

function mark(check) {
  if (!check) return '';
  if (check.not_run) return make('span', 'status warn', word('not run: {0}', visible(check.not_run)));
  if (!check.was) return make('span', 'status idle', word('no result was kept; now {0}', short(check)));
  if (!check.changed) return make('span', 'status ok', word('same result'));
  return make('span', 'status warn', word('was {0}, now {1}', short(check.was), short(check)));
}

function show() {
  const options = kept.map(example => new Option(example.name, `example:${example.name}`));
  element('try-examples').replaceChildren(...options);
  element('try-examples').hidden = options.length === 0;
  element('example-count').textContent = kept.length > 0 ? String(kept.length) : '';
  element('example-none').hidden = kept.length > 0;
  element('examples-run').hidden = kept.length === 0;
  element('examples-keep').hidden = [...checks.values()].every(check => !isNew(check));
  element('example-list').replaceChildren(...kept.map(example => {
    const fill = make('button', 'link', example.name);
    fill.type = 'button';
    fill.addEventListener('click', () => take(example.name));
    const title = word('Delete the example {0}', example.name);
    const question = word('Delete the example {0}?', example.name);
    const text = word('Its input and what is expected of it are removed.');
    const drop = button(word('Delete'), () => ask(question, text, word('Delete'), () => remove(example.name), true), title);
    return make('li', null, fill, mark(checks.get(example.name)), drop);
  }));
}

/** Whether it has a result that is not the one expected. */
const isNew = check => !check.not_run && ENDED.includes(check.status) && (check.changed || !check.was);

export async function load() {
  if (!script) return;
  try {
    const { value } = await call('GET', at, { exact: true });
    kept = value.items;
    show();
  } catch (error) {
    tell(told(error), true);
  }
}

/** Fills the panel with an example's input. */
export function take(name) {
  const example = kept.find(one => one.name === name);
  if (!example) return;
  element('try-input').value = example.input === null ? '' : JSON.stringify(example.input, null, 2);
  if (element('try-request')) element('try-request').value = example.request ? JSON.stringify(example.request, null, 2) : '';
  element('try-from').value = `example:${name}`;
  element('try-title').scrollIntoView({ block: 'nearest' });
}

/** What was tried can be saved. */
export function remember(last) {
  tried = last;
  const form = element('example-save');
  if (!form) return;
  form.hidden = !last || !ENDED.includes(last.execution.status);
  element('example-saved').textContent = hint;
}

export function saveTried() {
  const name = element('example-name').value.trim();
  if (!tried || !name) {
    element('example-name').focus();
    return;
  }

  const { input, request, execution: { status, code, output } } = tried;
  const said = word('Saved as {0}: it is tried again before each version is published.', name);
  const write = () => put({ name, input, request, status, code, output }, said);
  const text = word('Its input and what is expected of it are those of this try then.');
  if (kept.some(example => example.name === name)) ask(word('Replace the example {0}?', name), text, word('Replace'), write);
  else void write();
}

async function put({ name, input, request, status, code, output }, said) {
  try {
    const body = { input: input ?? null, request: request ?? null, status, code: code ?? null, output: output ?? null };
    await call('PUT', path(name), { body });
    checks.delete(name);
    await load();
    tell(said);
    element('example-saved').textContent = said;
  } catch (error) {
    tell(told(error), true);
    element('example-saved').textContent = told(error);
  }
}

async function remove(name) {
  try {
    await call('DELETE', path(name), {});
    checks.delete(name);
    await load();
    tell(word('The example {0} is gone.', name));
  } catch (error) {
    tell(told(error), true);
  }
}

function ask(title, text, act, go, isDanger = false) {
  element('example-dialog-title').textContent = title;
  element('example-dialog-text').textContent = text;
  element('example-go').textContent = act;
  element('example-go').classList.toggle('danger', isDanger);
  element('example-go').classList.toggle('primary', !isDanger);
  agreed = go;
  element('example-dialog').showModal();
}

export function agree() {
  element('example-dialog').close();
  void agreed();
}

const runs = () => word('Examples run, each as a dry run: {0}…', kept.length);

/** Runs all with what is on the page. */
export async function runAll() {
  element('examples-run').disabled = true;
  tell(runs());
  try {
    const body = content();
    await run({ source: body.source, trigger: body.trigger, uses: body.uses, limits: body.limits, input_schema: body.input_schema });
    tell(summary());
  } catch (error) {
    tell(told(error), true);
  } finally {
    element('examples-run').disabled = false;
  }
}

async function run(body, signal) {
  const { value } = await call('POST', `${at}/run`, { body, signal, exact: true });
  checks = new Map(value.items.map(check => [check.name, check]));
  show();
}

function summary() {
  const all = [...checks.values()];
  const changed = all.filter(check => check.changed).length;
  const left = all.filter(check => check.not_run).length;
  const said = [];
  if (changed > 0) said.push(word('Examples that give another result than before: {0} of {1}.', changed, all.length));
  else if (left < all.length) said.push(word('Every example that ran gives the result that is expected.'));
  if (left > 0) said.push(word('Examples that did not run: {0} of {1}.', left, all.length));
  return said.join(' ');
}

/** What the examples give now becomes what is expected of them. */
export async function keepNew() {
  for (const example of kept) {
    const check = checks.get(example.name);
    if (!check || !isNew(check)) continue;
    const was = { status: check.status, code: check.code, output: check.output };
    await call('PUT', path(example.name), { body: { input: example.input, request: example.request, ...was } });
    checks.set(example.name, { ...check, changed: false, was });
  }

  await load();
}

export async function keepAll() {
  try {
    await keepNew();
    tell(word('The new results are what is expected now.'));
  } catch (error) {
    tell(told(error), true);
  }
}

/** Runs them for the dialog of publishing, and warns there; it hinders nobody. */
export async function warn(target, signal) {
  await load();
  if (kept.length === 0) return;
  const said = make('p', 'status run', runs());
  target.replaceChildren(said);
  try {
    await run({}, signal);
  } catch (error) {
    if (!signal.aborted) target.replaceChildren(make('p', 'notice warn', word('The examples did not run. {0}', told(error))));
    return;
  }

  const all = [...checks.values()];
  const differing = all.filter(check => check.changed || check.not_run);
  if (differing.length === 0) {
    target.replaceChildren(make('p', 'status ok', summary()));
    return;
  }

  const list = make('ul', null, ...differing.map(check => make('li', null, make('b', null, check.name), ' ', mark(check))));
  const block = make('div', null, make('p', null, summary()), list);
  if (all.some(check => check.changed)) {
    const keep = make('button', 'button small', word('Keep the new results'));
    keep.type = 'button';
    keep.addEventListener('click', async () => {
      keep.disabled = true;
      try {
        await keepNew();
        target.replaceChildren(make('p', 'status ok', word('The new results are what is expected now.')));
      } catch (error) {
        keep.disabled = false;
        block.append(make('p', 'wrong', told(error)));
      }
    });
    block.append(keep);
  }

  target.replaceChildren(make('div', 'notice warn', block));
}
