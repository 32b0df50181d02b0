// Times under 24 hours are also said as a distance; the absolute one stays in the title. Renewed each minute while the page is seen.
const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'auto', style: 'short' });
const UNITS = [['hour', 3_600_000], ['minute', 60_000], ['second', 1000]];

function distance(ms) {
  for (const [unit, size] of UNITS) if (Math.abs(ms) >= size) return format.format(Math.trunc(ms / size), unit);
  return format.format(0, 'second');
}

export function renew(root = document) {
  const now = Date.now();
  for (const time of root.querySelectorAll('time[data-near]')) {
    const ms = Date.parse(time.dateTime) - now;
    if (Math.abs(ms) < 86_400_000) time.textContent = distance(ms);
  }
}

setInterval(() => {
  if (document.visibilityState === 'visible') renew();
}, 60_000);
