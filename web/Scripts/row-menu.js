// The actions of a row: one menu for all rows, whose addresses and texts name the row's thing in the place of NAME.
const menu = document.getElementById('row-menu');
const WIDTH = 200;
const GAP = 4;

/** What an attribute of the menu says for the thing. */
function fill(element, attribute, name) {
  const kept = `data-of-${attribute}`;
  if (!element.hasAttribute(attribute)) return;
  if (!element.hasAttribute(kept)) element.setAttribute(kept, element.getAttribute(attribute));
  element.setAttribute(attribute, element.getAttribute(kept).replaceAll('NAME', name));
}

function open(button) {
  const { rowMenu: name, state } = button.dataset;
  for (const element of menu.querySelectorAll('a, form')) for (const attribute of ['href', 'data-api', 'data-done']) fill(element, attribute, name);
  for (const form of menu.querySelectorAll('[data-for]')) form.hidden = form.dataset.for !== state;
  menu.setAttribute('aria-label', button.getAttribute('aria-label'));
  const place = button.getBoundingClientRect();
  menu.style.left = `${Math.max(GAP, place.right - WIDTH)}px`;
  menu.showPopover({ source: button });
  const height = menu.offsetHeight;
  menu.style.top = `${place.bottom + GAP + height > innerHeight ? Math.max(GAP, place.top - GAP - height) : place.bottom + GAP}px`;
  menu.querySelector('a')?.focus();
}

if (menu) {
  document.addEventListener('click', event => {
    const button = event.target.closest?.('[data-row-menu]');
    if (button) open(button);
  });
  menu.addEventListener('keydown', event => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const items = [...menu.querySelectorAll('a, button')].filter(item => item.checkVisibility());
    items[(items.indexOf(document.activeElement) + by + items.length) % items.length]?.focus();
  });
  // It would stay where its row no longer is.
  addEventListener('scroll', () => menu.hidePopover(), { passive: true });
}
