// The beginning of the two-step sign-in: data-scanned names the dialog that shows the answer's picture and secret.
document.addEventListener('sent', event => {
  const form = event.target;
  const dialog = document.getElementById(form.dataset.scanned ?? '');
  const begun = event.detail;
  if (!dialog || !begun?.qr) return;
  event.preventDefault();
  const picture = dialog.querySelector('svg.qr');
  picture.setAttribute('viewBox', `0 0 ${begun.qr.size} ${begun.qr.size}`);
  picture.querySelector('path').setAttribute('d', begun.qr.path);
  dialog.querySelector('output').textContent = begun.secret;
  form.closest('dialog')?.close();
  form.reset();
  dialog.showModal();
});
