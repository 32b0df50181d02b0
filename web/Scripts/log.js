// The lines of a log by level and text. It works on the lines that are on the page, and shows its tools only where it runs.
import { save } from './save.js';
import { toast } from './toast.js';

const panel = document.querySelector('[data-log]');
const lines = () => [...panel.querySelectorAll('.log > li')];
const textOf = line => [...line.children].map(part => part.textContent.trim()).filter(part => part !== '').join('  ');

function apply() {
  const level = panel.querySelector('[data-level][aria-pressed="true"]').dataset.level;
  const text = panel.querySelector('input').value.trim().toLowerCase();
  let shown = 0;
  for (const line of lines()) {
    line.hidden = (level !== '' && !line.classList.contains(level)) || !textOf(line).toLowerCase().includes(text);
    if (!line.hidden) shown++;
  }

  for (const button of panel.querySelectorAll('[data-level]')) {
    const count = button.querySelector('.count');
    if (count) count.textContent = panel.querySelectorAll(`.log > li.${button.dataset.level}`).length || '';
  }

  const none = panel.querySelector('.nothing');
  none.hidden = shown > 0 || lines().length === 0;
  none.textContent = none.hidden ? '' : none.dataset.none;
  panel.querySelector('.log-tools').hidden = lines().length === 0;
}

/** All of it, whatever is filtered. */
const whole = () => lines().map(textOf).join('\n');

if (panel) {
  apply();
  // The page is followed, and lines came.
  document.addEventListener('renewed', apply);
  panel.addEventListener('input', apply);
  panel.addEventListener('click', async event => {
    const level = event.target.closest('[data-level]');
    if (level) {
      for (const button of panel.querySelectorAll('[data-level]')) button.setAttribute('aria-pressed', String(button === level));
      apply();
    }

    const copied = event.target.closest('[data-log-copy]')?.dataset.logCopy;
    if (copied) {
      try {
        await navigator.clipboard.writeText(whole());
        toast(copied);
      } catch {
        getSelection()?.selectAllChildren(panel.querySelector('.log'));
      }
    }

    const file = event.target.closest('[data-log-file]')?.dataset.logFile;
    if (file) save(file, `${whole()}\n`, 'text/plain');
  });
}
