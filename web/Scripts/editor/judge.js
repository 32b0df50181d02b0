// What the server says of the source while one writes: at its line, in a list, and as markers of the code editor.
import { call, told } from '../api.js';
import { explain } from '../try.js';
import { word } from '../words.js';
import { content, element, kind, source, view } from './page.js';
import { sayTrigger } from './trigger.js';

export function list(target, texts, none) {
  target.replaceChildren(...(texts.length > 0 ? texts : [none]).map(text => {
    const item = document.createElement('li');
    item.textContent = text;
    return item;
  }));
}

const problemsOf = count => count === 1 ? word('{0} problem', count) : word('{0} problems', count);
const warningsOf = count => count === 1 ? word('{0} warning', count) : word('{0} warnings', count);

export function tell(problems) {
  const target = element('problems');
  target.replaceChildren(...problems.map(problem => {
    const item = document.createElement('li');
    item.className = problem.warning ? 'warn' : 'bad';
    if (problem.line) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'link';
      button.textContent = problem.column ? word('Line {0}, column {1}', problem.line, problem.column) : word('Line {0}', problem.line);
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
  count.textContent = wrong > 0 ? problemsOf(wrong) : warningsOf(problems.length);
  view.code?.mark(problems);
}

export function reveal(line, column) {
  if (view.code && !element('code').hidden) {
    view.code.reveal(line, column);
    return;
  }

  const lines = source.value.split('\n');
  const at = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + Math.max(0, (column ?? 1) - 1);
  source.focus();
  source.setSelectionRange(at, at);
}

/** What the trigger says is no part of the source: its columns are those of its own field. */
function placed(error) {
  if (error.field === 'source') return error;
  const message = `${error.field} ${error.message}`;
  return error.field.startsWith('trigger') ? { message } : { ...error, message };
}

let judged = null;

export async function judge() {
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
    const errors = value.errors.map(placed);
    tell([...errors, ...value.warnings.map(message => ({ message, warning: true }))]);
    if (element('inferred')) list(element('inferred'), explain(value.uses), word('nothing but its input and its log'));
    void sayTrigger(body.trigger, value.errors, value.next_runs);
  } catch (error) {
    if (!(error instanceof DOMException)) tell([{ message: told(error), warning: true }]);
  }
}
