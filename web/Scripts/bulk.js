// What became of many things at once: a form with data-bulk says it in its dialog, in the words of that attribute, and why some were left.
document.addEventListener('sent', event => {
  const form = event.target;
  const dialog = form.closest('dialog');
  if (form.dataset.bulk === undefined || !dialog) return;
  event.preventDefault();
  const { matched, done, refused } = event.detail;
  const said = document.createElement('p');
  said.textContent = form.dataset.bulk.replace('{done}', String(done)).replace('{matched}', String(matched));
  const reasons = new Map();
  for (const { reason } of refused) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const list = document.createElement('ul');
  for (const [reason, count] of reasons) {
    const item = document.createElement('li');
    item.textContent = `${count} × ${reason}`;
    list.append(item);
  }

  dialog.querySelector('[data-bulk-begin]').hidden = true;
  dialog.querySelector('[data-bulk-end]').replaceChildren(said, list);
  dialog.querySelector('[data-close]').focus();
  dialog.addEventListener('close', () => location.reload(), { once: true });
});
