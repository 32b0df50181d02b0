// What the parts of the editor's page share: its elements, what its fields say, and the code editor once it is open.
import { read } from '../forms.js';

export const form = document.getElementById('editor');
export const source = document.getElementById('source');
const state = document.getElementById('draft-state');
export const script = form.dataset.script || null;
export const kind = form.dataset.kind;
/** The code editor and the module that makes one; null until it has loaded. */
export const view = { code: null, module: null };

export const element = id => document.getElementById(id);
export const clock = () => new Date().toLocaleTimeString(document.documentElement.lang, { hour12: false });
export const say = (text, isWrong = false) => {
  state.textContent = text;
  state.classList.toggle('wrong', isWrong);
};

/** The fields as the API takes them; throws a Refused that names a field which is no JSON. */
export function content() {
  const body = read(form);
  delete body.name;
  body.trigger ??= null;
  // Its fields are all empty: it is as its kind has it.
  body.retry ??= null;
  return body;
}
