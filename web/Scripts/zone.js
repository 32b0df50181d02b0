// The time zone of the pages: this browser's own, or UTC where that was chosen. A cookie keeps it, so that the server writes times in it.
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
const button = document.querySelector('[data-zone]');

const keep = zone => {
  document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`;
};

const chosen = /(?:^|; )zone=([^;]*)/.exec(document.cookie)?.[1];
// From the next page on: the first is that of the sign-in, which has no times. UTC is kept where it was chosen alone.
if (own !== 'UTC' && chosen !== 'UTC' && chosen !== own) keep(own);
if (button) {
  button.disabled = own === 'UTC' && button.dataset.zone === 'UTC';
  button.addEventListener('click', () => {
    keep(button.dataset.zone === 'UTC' ? own : 'UTC');
    location.reload();
  });
}
