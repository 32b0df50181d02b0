// A value that the API tells once, in the answer to a form: data-shown names the dialog that shows it, data-shown-field the answer's field.
// The page is loaded anew when that dialog is closed. An answer without the value is treated as any other.
document.addEventListener('sent', event => {
  const form = event.target;
  const dialog = document.getElementById(form.dataset.shown ?? '');
  const value = event.detail?.[form.dataset.shownField];
  if (!dialog || !value) return;
  event.preventDefault();
  form.closest('dialog')?.close();
  dialog.querySelector('output').textContent = Array.isArray(value) ? value.join('\n') : value;
  dialog.addEventListener('close', () => location.reload(), { once: true });
  dialog.showModal();
});
