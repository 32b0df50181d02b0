// What a try came to, as text nodes: nothing that a script wrote becomes markup.
import { word } from './words.js';

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Controls and marks of direction are shown, not obeyed. */
export function visible(text) {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, c => c === '\u007f' ? '\u2421' : String.fromCharCode(0x2400 + c.charCodeAt(0)))
    .replace(/[\u0080-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, c => `‹U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}›`);
}

const SHOWN_MAX = 20_000;

function block(text) {
  const shown = visible(text);
  return make('pre', 'mono', shown.length > SHOWN_MAX ? `${shown.slice(0, SHOWN_MAX)}\n${word('… {0} more characters', shown.length - SHOWN_MAX)}` : shown);
}

/** A line of a log. */
export function logLine(line) {
  const item = make('li', line.level);
  const said = visible(line.message) + (line.metadata ? ` ${visible(JSON.stringify(line.metadata))}` : '');
  item.append(make('span', 'level', line.level), make('span', 'said', said));
  return item;
}

const STATUSES = {
  completed: word('Completed'), failed: word('Failed'), timeout: word('Timed out'), cancelled: word('Cancelled'), running: word('Running'), pending: word('Waiting'),
};
const TONES = { completed: 'ok', failed: 'bad', timeout: 'warn' };

/**
 * @param {HTMLElement} target
 * @param {any} execution
 * @param {any[]} logs
 * @param {any[]} calls
 * @param {(line: number, column?: number) => void} reveal
 */
export function outcome(target, execution, logs, calls, reveal) {
  const parts = [];
  const head = make('p', `status pill ${TONES[execution.status] ?? 'idle'}`, STATUSES[execution.status] ?? execution.status);
  parts.push(head, make('span', 'took', ` ${word('{0} ms, calls: {1}', Math.round(execution.duration_ms ?? 0), execution.calls)}`));
  if (execution.error) {
    const said = make('div', 'notice bad');
    said.append(make('b', null, execution.code), ' ', visible(execution.error.message));
    if (execution.error.line) {
      const link = make('button', 'link', word('line {0}', execution.error.line));
      link.type = 'button';
      link.addEventListener('click', () => reveal(execution.error.line, execution.error.column ?? 1));
      said.append(' ', link);
    }

    parts.push(said);
  }

  if (execution.status === 'completed') parts.push(make('h3', null, word('Output')), block(JSON.stringify(execution.output, null, 2)));
  if (logs.length > 0) {
    const lines = make('ol', 'log');
    lines.append(...logs.map(logLine));
    parts.push(make('h3', null, word('Log')), lines);
  }

  const dry = execution.dry_run;
  if (dry) {
    const list = make('ul', 'calls');
    for (const change of dry.changes) list.append(make('li', null, visible(`${change.operation} ${change.entity}: ${JSON.stringify(change.before)} → ${JSON.stringify(change.after)}`)));
    for (const one of dry.calls) list.append(make('li', null, visible(word('{0}: not made', one.capability))));
    if (list.children.length === 0) list.append(make('li', null, word('nothing')));
    parts.push(make('h3', null, word('Would have happened')), list);
  } else if (calls.length > 0) {
    const list = make('ul', 'calls');
    for (const one of calls) list.append(make('li', one.status === 'ok' ? null : 'bad', visible(`${one.capability} ${one.summary ?? ''} ${one.status}, ${Math.round(one.ms)} ms`)));
    parts.push(make('h3', null, word('What it did')), list);
  }

  const more = make('a', 'link', word('Open its execution'));
  more.href = `/executions/${execution.id}${location.search.includes('tenant=') ? `?tenant=${encodeURIComponent(document.documentElement.dataset.tenant)}` : ''}`;
  parts.push(more);
  target.replaceChildren(...parts);
}

/** What a script uses, as sentences. */
export function explain(uses) {
  if (!uses) return [];
  return Object.entries(uses).flatMap(([name, value]) => {
    if (Array.isArray(value)) return value.map(one => `${name}: ${typeof one === 'string' ? one : JSON.stringify(one)}`);
    if (value && typeof value === 'object') return Object.entries(value).map(([key, what]) => `${name}: ${key} (${Array.isArray(what) ? what.join(', ') : JSON.stringify(what)})`);
    return value ? [`${name}${value === true ? '' : `: ${value}`}`] : [];
  });
}
