// Follows an execution until its end, and says once that it ended.
import { watch } from './connection.js';
import { remember, take } from './regions.js';

const EVERY_MS = 2000;
const said = document.getElementById('followed');

function look(fresh) {
  const { isWhole } = take(fresh);
  if (fresh.getElementById('followed')) return EVERY_MS;
  if (said.textContent === '') said.textContent = `${said.dataset.said} ${fresh.querySelector('.headline .status').textContent.trim()}`;
  return isWhole ? null : EVERY_MS;
}

if (said) {
  remember();
  void watch(EVERY_MS, look);
}
