// A form with data-api sends its fields as JSON to the API. A field's data-type says what its text is: number, switch, json, list
// (by commas) or text; an empty one is left out, unless its data-empty says null, text ("") or list ([]); with data-when-changed,
// one that is as it came too. Names with dots are nested. Check boxes with a data-key make an object of objects, by key and value; a key
// of which no box is checked is left out.
import { call, parseExact, told, Refused } from './api.js';
import { later, toast } from './toast.js';
import { word } from './words.js';

const EMPTY = { null: () => null, text: () => '', list: () => [] };

function valueOf(field) {
  if (field.dataset.type === 'switch') return field.checked;
  const text = field.value;
  if (text.trim() === '') return EMPTY[field.dataset.empty]?.();
  switch (field.dataset.type) {
    case 'number': return Number(text);
    case 'json': return parseExact(text);
    case 'list': return text.split(',').map(part => part.trim()).filter(part => part !== '');
    default: return text;
  }
}

function put(target, name, value) {
  const parts = name.split('.');
  const last = parts.pop();
  for (const part of parts) target = target[part] ??= {};
  target[last] = value;
}

/** The fields of a form as one object. Throws a Refused that names a field whose JSON does not parse. */
export function read(form) {
  const body = {};
  const several = new Map();
  const keyed = new Map();
  for (const field of form.elements) {
    if (!field.name || field.matches(':disabled') || ['submit', 'button'].includes(field.type) || field.dataset.skip !== undefined) continue;
    if (field.type === 'radio' && !field.checked) continue;
    if (field.dataset.whenChanged !== undefined && field.value === field.defaultValue) continue;
    if (field.type === 'checkbox' && field.dataset.key !== undefined) {
      if (!keyed.has(field.name)) keyed.set(field.name, new Map());
      const keys = keyed.get(field.name);
      keys.set(field.dataset.key, { ...keys.get(field.dataset.key), [field.value]: field.checked });
      continue;
    }

    if (field.type === 'checkbox' && field.dataset.type !== 'switch') {
      if (!several.has(field.name)) several.set(field.name, []);
      if (field.checked) several.get(field.name).push(field.value);
      continue;
    }

    let value;
    try {
      value = valueOf(field);
    } catch {
      throw new Refused(422, { detail: word('One field is not acceptable.'), errors: [{ field: field.name, message: word('is not JSON') }] });
    }

    if (value !== undefined) put(body, field.name, value);
  }

  for (const [name, values] of several) put(body, name, values);
  for (const [name, keys] of keyed) put(body, name, Object.fromEntries([...keys].filter(([, flags]) => Object.values(flags).includes(true))));
  return body;
}

function clear(form) {
  for (const said of form.querySelectorAll('.said-wrong')) said.remove();
  for (const field of form.querySelectorAll('[aria-invalid]')) {
    field.removeAttribute('aria-invalid');
    if (field.dataset.hint) field.setAttribute('aria-describedby', field.dataset.hint);
    else field.removeAttribute('aria-describedby');
  }
}

/** The control that an error is about: that of a key where there is one, else the first whose name the field has or begins with, else the first within it. */
function controlOf(form, field) {
  const controls = [...form.elements].filter(one => one.name);
  const names = one => one.dataset.key === undefined ? [one.name] : [`${one.name}.${one.dataset.key}.${one.value}`, `${one.name}.${one.dataset.key}`];
  return controls.find(one => names(one).includes(field))
    ?? controls.find(one => one.name === field || (one.dataset.key === undefined && field.startsWith(`${one.name}.`)))
    ?? controls.find(one => one.name.startsWith(`${field}.`) && !one.matches(':disabled'));
}

/** Shows an error in the form: a summary on top, and beside each field what is wrong with it. */
export function show(form, error) {
  clear(form);
  const summary = document.createElement('div');
  summary.className = 'notice bad said-wrong';
  summary.setAttribute('role', 'alert');
  summary.tabIndex = -1;
  const list = document.createElement('ul');
  const fields = error instanceof Refused ? error.fields : [];
  for (const { field, message } of fields) {
    const control = controlOf(form, field);
    const item = document.createElement('li');
    if (control && control.type !== 'hidden') {
      const said = document.createElement('p');
      said.className = 'wrong said-wrong';
      said.id = `${control.id || control.name}-wrong`;
      said.textContent = message;
      control.setAttribute('aria-invalid', 'true');
      control.dataset.hint ??= control.getAttribute('aria-describedby') ?? '';
      control.setAttribute('aria-describedby', `${said.id} ${control.dataset.hint}`.trim());
      const group = ['checkbox', 'radio'].includes(control.type) ? control.closest('fieldset') : null;
      if (control.dataset.key !== undefined) control.closest('td').append(said);
      else if (group) group.append(said);
      else control.after(said);
      const link = document.createElement('a');
      link.className = 'link';
      link.href = `#${control.id}`;
      const label = group ? group.querySelector('legend') : control.labels?.[0];
      link.textContent = `${control.ariaLabel || label?.textContent.trim() || field}: ${message}`;
      item.append(link);
    } else {
      item.textContent = `${field} ${message}`;
    }

    list.append(item);
  }

  if (fields.length > 0) summary.append(list);
  else summary.append(told(error));
  form.prepend(summary);
  summary.focus();
}

async function send(form, button) {
  clear(form);
  if (form.dataset.busy !== undefined) return;
  form.dataset.busy = '';
  button?.setAttribute('aria-busy', 'true');
  try {
    const method = form.dataset.method ?? 'POST';
    const bare = method === 'DELETE' ? form.dataset.body !== 'fields' : form.dataset.body === 'none';
    const body = bare ? undefined : read(form);
    const path = form.dataset.api.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(form.elements[name].value.trim()));
    const { value } = await call(method, path, { body, ifMatch: form.dataset.ifMatch });
    const event = new CustomEvent('sent', { detail: value, bubbles: true, cancelable: true });
    if (!form.dispatchEvent(event)) return;
    const then = form.dataset.then?.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(value?.[name] ?? ''));
    const said = [form.dataset.done, ...(method === 'PUT' ? value?.warnings ?? [] : [])].filter(Boolean);
    if (said.length > 0) later(said.join('. '));
    if (then) location.assign(then);
    else location.reload();
  } catch (error) {
    show(form, error);
  } finally {
    delete form.dataset.busy;
    button?.removeAttribute('aria-busy');
  }
}

document.addEventListener('submit', event => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.dataset.api === undefined) return;
  event.preventDefault();
  void send(form, event.submitter);
});

// A dialog is opened by its button and closed by one of its own; the browser gives the focus back.
document.addEventListener('click', event => {
  const opener = event.target.closest?.('[data-dialog]');
  if (opener) {
    document.getElementById(opener.dataset.dialog)?.showModal();
    return;
  }

  if (event.target.closest?.('[data-close]')) event.target.closest('dialog')?.close();
});

// What is written must be the name of the thing before the button can be pressed.
document.addEventListener('input', event => {
  const wanted = event.target.dataset?.mustBe;
  if (wanted === undefined) return;
  const button = event.target.form?.querySelector('button[type=submit]');
  if (button) button.disabled = event.target.value.trim() !== wanted;
});

// A text that a button copies.
document.addEventListener('click', async event => {
  const button = event.target.closest?.('[data-copy]');
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  if (!source) return;
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    toast(button.dataset.copied ?? word('Copied'));
  } catch {
    getSelection()?.selectAllChildren(source);
  }
});
