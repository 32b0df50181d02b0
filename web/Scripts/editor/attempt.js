// A try of what is on the page, saved or not.
import { call, parseExact, Refused, told } from '../api.js';
import { outcome } from '../try.js';
import { word } from '../words.js';
import { remember } from './examples.js';
import { follow } from './follow.js';
import { generate } from './generate.js';
import { reveal } from './judge.js';
import { content, element, kind, say, script, view } from './page.js';

/** The try that runs: what cuts it off, and its execution once that has begun. */
let running = null;

export async function attempt(isDry) {
  if (running) return;
  const result = element('try-result');
  running = { cut: new AbortController(), id: null };
  const dry = isDry ?? element('try-dry').checked;
  element('try-stop').hidden = false;
  element('try').disabled = true;
  const live = follow(result);
  remember(null);
  try {
    const body = content();
    const input = element('try-input').value.trim();
    const request = element('try-request')?.value.trim();
    const asked = {
      kind, source: body.source, trigger: body.trigger, uses: body.uses, limits: body.limits, input_schema: body.input_schema, dry_run: dry,
      input: input === '' ? null : parsed(word('Input'), input),
    };
    if (request) asked.request = parsed(word('Request'), request);
    if (script) asked.name = script;
    const begun = headers => {
      running.id = headers.get('X-Execution-Id');
      live.begun(running.id);
    };
    const { value: exact } = await call('POST', '/scripts/try', { body: asked, signal: running.cut.signal, exact: true, begun });
    // What is shown is reckoned with; what is kept has its digits.
    const execution = JSON.parse(JSON.stringify(exact));
    const [logs, calls] = await Promise.all([
      call('GET', `/executions/${execution.id}/logs?limit=200`).then(answer => answer.value.items, () => []),
      call('GET', `/executions/${execution.id}/calls?limit=100`).then(answer => answer.value.items, () => []),
    ]);
    live.end();
    outcome(result, execution, logs, calls, reveal);
    remember({ input: asked.input, request: asked.request, execution: exact });
    const at = execution.error?.line;
    if (at) view.code?.mark([{ line: at, column: execution.error.column, message: `${execution.code}: ${execution.error.message}` }]);
  } catch (error) {
    const said = document.createElement('p');
    said.className = 'notice bad';
    said.setAttribute('role', 'alert');
    said.textContent = error instanceof DOMException ? word('Stopped.') : told(error);
    result.replaceChildren(said);
  } finally {
    live.end();
    running = null;
    element('try-stop').hidden = true;
    element('try').disabled = false;
  }
}

function parsed(name, text) {
  try {
    return parseExact(text);
  } catch (error) {
    throw new Error(word('{0} is not JSON: {1}', name, error.message));
  }
}

export async function takePast(id) {
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

/** A value that the input schema on the page allows. */
export function takeGenerated() {
  const text = element('schema').value.trim();
  if (text === '') {
    say(word('There is no input schema yet: write one under “Input”.'), true);
    return;
  }

  try {
    element('try-input').value = JSON.stringify(generate(parsed(word('The input schema'), text)), null, 2);
  } catch (error) {
    say(error.message, true);
  }
}

/** Cancels it: its answer then says what it came to. Pressed again, or where that is refused, it is cut off with the caller. */
export async function stop() {
  if (!running) return;
  const { cut, id } = running;
  running.id = null;
  if (!id) {
    cut.abort();
    return;
  }

  try {
    await call('POST', `/executions/${id}/cancel`);
  } catch (error) {
    // It ended in the same moment.
    if (!(error instanceof Refused && error.status === 409)) cut.abort();
  }
}
