// The trigger in words, from the server, and the next times of a schedule in its own zone. What the server finds wrong has no words.
import { element, form, kind } from './page.js';
import { word } from '../words.js';

let asked = null;

/** Fields that one choice brings along: while it is not made, they are neither seen nor sent. */
export function openParts() {
  for (const choice of form.querySelectorAll('[data-opens]')) {
    const part = element(choice.dataset.opens);
    const isOpen = choice.type === 'checkbox' ? choice.checked : choice.value === part.id;
    part.hidden = !isOpen;
    part.disabled = !isOpen;
  }
}

/** @param {any} trigger @param {{field: string}[]} errors What the server finds wrong with the script. @param {string[]} runs Next times. */
export async function sayTrigger(trigger, errors, runs) {
  if (element('next-runs')) showRuns(runs, form.elements['trigger.timezone']?.value || 'UTC');
  const target = element('trigger-words');
  if (!target) return;
  asked?.abort();
  asked = new AbortController();
  const isWrong = errors.some(error => error.field.startsWith('trigger'));
  try {
    say(target, isWrong || !trigger ? '' : await wordsOf(target, trigger, asked.signal));
  } catch (error) {
    // The fields say the same; what another trigger meant must not stay above them.
    if (!(error instanceof DOMException)) say(target, '');
  }
}

function say(target, text) {
  if (target.textContent !== text) target.textContent = text;
  target.hidden = text === '';
}

async function wordsOf(target, trigger, signal) {
  const url = new URL(target.dataset.words, location.href);
  const said = { kind, cron: trigger.cron, timezone: trigger.timezone, path: trigger.path, method: trigger.methods?.[0], auth: trigger.auth };
  for (const [name, value] of Object.entries(said)) if (value) url.searchParams.set(name, value);
  for (const type of trigger.event_types ?? []) url.searchParams.append('type', type);
  if (trigger.filter) url.searchParams.set('isFiltered', 'true');
  const answer = await fetch(url, { credentials: 'same-origin', signal });
  return answer.ok && !answer.redirected ? answer.text() : '';
}

function showRuns(runs, zone) {
  let before = null;
  const items = runs.map(at => {
    const item = document.createElement('li');
    item.textContent = inZone(at, zone, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZoneName: 'shortOffset' });
    const offset = offsetOf(at, zone);
    if (before !== null && offset !== before) {
      const note = document.createElement('small');
      const time = { hour: '2-digit', minute: '2-digit' };
      note.textContent = word('clocks change: {0} is {1} UTC from here on', inZone(at, zone, time), inZone(at, 'UTC', time));
      item.append(' ', note);
    }

    before = offset;
    return item;
  });
  if (items.length === 0) items.push(Object.assign(document.createElement('li'), { textContent: word('none') }));
  element('next-runs').replaceChildren(...items);
}

const offsetOf = (at, zone) => inZone(at, zone, { timeZoneName: 'longOffset' }).replace(/^.*(?=GMT)/, '');

function inZone(at, zone, shown) {
  try {
    return new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: zone, hour12: false, ...shown }).format(new Date(at));
  } catch {
    // A zone that this browser does not know.
    return at;
  }
}
