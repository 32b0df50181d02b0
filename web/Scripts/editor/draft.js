// The draft keeps itself: on the server, and in this browser while the server does not have it.
import { call, Refused, told } from '../api.js';
import { pause, retryMs, tell } from '../connection.js';
import { word } from '../words.js';
import { judge } from './judge.js';
import { clock, content, element, form, kind, say, script } from './page.js';

const SAVE_AFTER_MS = 1500;
const JUDGE_AFTER_MS = 600;
const kept = `sandbox-draft:${document.documentElement.dataset.tenant}:${script ?? `new ${kind}`}`;
export const path = script && `/scripts/${encodeURIComponent(script)}/draft`;

/** The server's copy and whether the fields differ from it. */
export const draft = { etag: null, base: Number(form.dataset.base), isDirty: false, isStopped: false };

let saving = null;
let retrying = null;
let saveTimer = 0;
let judgeTimer = 0;

function keep() {
  try {
    const fields = [...form.elements].filter(field => field.name).map(field => [field.name, field.type === 'checkbox' ? field.checked : field.value, field.value]);
    localStorage.setItem(kept, JSON.stringify({ at: Date.now(), base: draft.base, fields }));
  } catch {
    // Without storage the server's copy is the only one.
  }
}

export function forget() {
  try {
    localStorage.removeItem(kept);
  } catch {
    // Nothing was kept.
  }
}

/** What this browser kept because the server could not be reached comes back. */
export function restore() {
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
  say(word('What this browser kept is shown: it had not reached the server.'));
}

export function changed() {
  draft.isDirty = true;
  clearTimeout(saveTimer);
  clearTimeout(judgeTimer);
  judgeTimer = setTimeout(judge, JUDGE_AFTER_MS);
  if (draft.isStopped) return;
  if (script) {
    say(word('Draft, not saved yet'));
    saveTimer = setTimeout(save, SAVE_AFTER_MS);
  } else {
    keep();
    say(word('Kept in this browser until it is created'));
  }
}

export async function save() {
  clearTimeout(saveTimer);
  if (!script || draft.isStopped) return true;
  if (saving) await saving;
  if (!draft.isDirty) return true;
  saving = put().finally(() => {
    saving = null;
  });
  return saving;
}

/** One attempt waits, however often it was refused meanwhile. */
function retry() {
  retrying ??= pause(retryMs()).then(() => {
    retrying = null;
    return save();
  });
}

async function put() {
  let body;
  try {
    body = content();
  } catch (error) {
    keep();
    say(word('Not saved: {0}', told(error)), true);
    return false;
  }

  draft.isDirty = false;
  try {
    const answer = await call('PUT', path, { body: { ...body, base_version: draft.base }, ifMatch: draft.etag });
    tell(200);
    draft.etag = answer.etag;
    forget();
    if (!draft.isDirty) say(word('Draft saved {0}, on top of version {1}', clock(), draft.base));
    element('discard').hidden = false;
    return true;
  } catch (error) {
    draft.isDirty = true;
    keep();
    if (!tell(error instanceof Refused ? error.status : null)) {
      say(word('The server is not reached; what you write is kept in this browser.'), true);
      retry();
    } else if (error instanceof Refused && error.status === 412) {
      draft.isStopped = true;
      say(word('This draft was changed elsewhere meanwhile. Reload to see it; what you wrote here stays in this browser.'), true);
    } else {
      say(word('Not saved: {0}', told(error)), true);
    }

    return false;
  }
}
