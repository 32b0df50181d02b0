// What ends a draft: it is published, made a new script, or discarded.
import { call, Refused, told } from '../api.js';
import { show } from '../forms.js';
import { later } from '../toast.js';
import { word } from '../words.js';
import { draft, forget, path, save } from './draft.js';
import { warn } from './examples.js';
import { list, tell } from './judge.js';
import { content, element, form, kind, say, script, view } from './page.js';

let closeDiff = () => {};
let checking = null;

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

export async function openPublish() {
  if (!(await save())) return;
  const body = element('publish-body');
  body.replaceChildren(paragraph(word('Reading the difference…')));
  element('publish-dialog').showModal();
  try {
    const answer = await call('GET', path);
    const read = answer.value;
    draft.etag = answer.etag;
    const { value: live } = await call('GET', `/scripts/${encodeURIComponent(script)}/versions/${read.live_version}`);
    const parts = [];
    if (read.is_stale) {
      parts.push(paragraph(word(
        'Version {0} went live while you were editing on top of version {1}. Nothing of yours is lost: below, what is live stands left, yours right. Publishing puts yours in its place.',
        read.live_version,
        read.base_version), 'notice warn'));
      if (read.diff.live.source) {
        const theirs = document.createElement('details');
        const summary = document.createElement('summary');
        summary.textContent = word('What went live since version {0}', read.base_version);
        const text = document.createElement('pre');
        text.textContent = read.diff.live.source;
        theirs.append(summary, text);
        parts.push(theirs);
      }
    }

    const { uses } = read.diff?.mine ?? { uses: { added: [], removed: [] } };
    parts.push(uses.added.length + uses.removed.length > 0 ? rights(word('What it may do changes:'), uses) : paragraph(word('What it may do stays the same.')));
    const holder = document.createElement('div');
    holder.className = 'diff-holder';
    parts.push(holder);
    body.replaceChildren(...parts);
    closeDiff();
    closeDiff = () => {};
    if (live.source === read.source) holder.replaceChildren(paragraph(word('The source stays the same.')));
    else if (view.module) closeDiff = view.module.compare({ holder, before: live.source, after: read.source, beforeLabel: word('Version {0}, live', read.live_version), afterLabel: word('Your draft') });
    else {
      const text = document.createElement('pre');
      text.textContent = read.diff.mine.source;
      holder.replaceChildren(text);
    }

    element('publish-go').dataset.base = read.live_version;
    element('publish-go').disabled = false;
    checking?.abort();
    checking = new AbortController();
    element('publish-examples').replaceChildren();
    void warn(element('publish-examples'), checking.signal);
  } catch (error) {
    element('publish-go').disabled = true;
    body.replaceChildren(paragraph(error instanceof Refused && error.status === 404 ? word('There is no draft: nothing differs from what is live.') : told(error), 'notice bad'));
  }
}

export async function publish() {
  const button = element('publish-go');
  button.disabled = true;
  try {
    const message = element('publish-message').value.trim();
    const { value } = await call('POST', `/scripts/${encodeURIComponent(script)}/publish`, {
      body: { base_version: Number(button.dataset.base), ...(message ? { message } : {}) }, ifMatch: draft.etag,
    });
    draft.isDirty = false;
    forget();
    later(word('Version {0} is live', value.version));
    location.assign(form.dataset.home);
  } catch (error) {
    button.disabled = false;
    if (error instanceof Refused && (error.status === 409 || error.status === 412)) await openPublish();
    element('publish-body').prepend(paragraph(told(error), 'notice bad'));
  }
}

export async function create() {
  const button = element('create');
  button.disabled = true;
  try {
    const body = { ...content(), name: element('name').value.trim(), kind };
    const { value } = await call('POST', '/scripts', { body });
    draft.isDirty = false;
    forget();
    later(value.warnings?.length > 0 ? value.warnings[0] : word('{0} is live', value.name));
    location.assign(form.dataset.scripts.replace('NAME', encodeURIComponent(value.name)));
  } catch (error) {
    show(form, error);
    const late = error instanceof Refused ? error.fields.filter(field => field.field === 'source') : [];
    if (late.length > 0) tell(late);
  } finally {
    button.disabled = false;
  }
}

export async function discard() {
  try {
    await call('DELETE', path, {});
    draft.isDirty = false;
    draft.isStopped = true;
    forget();
    later(word('Your draft is gone; what is live stayed as it is'));
    location.reload();
  } catch (error) {
    element('discard-dialog').close();
    say(told(error), true);
  }
}

export function closePublish() {
  checking?.abort();
  closeDiff();
  closeDiff = () => {};
}
