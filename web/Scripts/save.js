// Texts of a page as files: a button's data-save names the element whose text it is, data-file the file, data-type its type (JSON).

export function save(name, text, type) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  // The browser has begun to read by the next task.
  setTimeout(() => URL.revokeObjectURL(link.href), 0);
}

document.addEventListener('click', event => {
  const button = event.target.closest?.('[data-save]');
  const source = button && document.getElementById(button.dataset.save);
  if (source) save(button.dataset.file, source.value ?? source.textContent, button.dataset.type ?? 'application/json');
});
