// Writes what croner answers for random expressions, zones and moments, a line each: cron | zone | from | next | next | next.
// Times are seconds since 1970; "-" is no run. Run by hand: npm ci && npm run generate.
import { Cron } from 'croner';

const SEED = 20250330;
const COUNT = 2400;
const RUNS = 3;
const HOUR = 3_600_000;

const ZONES = [
  'UTC', 'Europe/Berlin', 'Europe/Dublin', 'Europe/London', 'America/New_York', 'America/Sao_Paulo', 'America/Havana', 'America/St_Johns',
  'Africa/Cairo', 'Asia/Tashkent', 'Asia/Kathmandu', 'Asia/Tokyo', 'Australia/Lord_Howe', 'Australia/Sydney', 'Pacific/Auckland', 'Pacific/Chatham',
];

const YEARS = [2023, 2024, 2025];
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

// mulberry32: the same numbers on every machine.
let state = SEED;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

const whole = (min, max) => min + Math.floor(random() * (max - min + 1));
const pick = list => list[whole(0, list.length - 1)];

function field(min, max, open) {
  const kind = random();
  if (kind < open) return '*';
  if (kind < open + (1 - open) * 0.45) return `${whole(min, max)}`;
  if (kind < open + (1 - open) * 0.6) return `*/${whole(2, Math.max(2, Math.floor((max - min) / 2)))}`;
  const low = whole(min, max - 1);
  const high = whole(low + 1, max);
  if (kind < open + (1 - open) * 0.75) return `${low}-${high}`;
  if (kind < open + (1 - open) * 0.85) return `${low}-${high}/${whole(1, 5)}`;
  return `${low},${high}`;
}

// Near a change of the clock most expressions name hours of the night, where clocks are changed.
function hours(near) {
  if (!near || random() < 0.2) return field(0, 23, 0.35);
  return random() < 0.3 ? `*/${whole(2, 8)}` : field(0, 3, 0.15);
}

function expression(near) {
  const day = random();
  const dom = day < 0.5 ? '*' : day < 0.9 ? field(1, 31, 0.3) : pick(['L', '15W', '31', '29']);
  const month = random() < 0.8 ? '*' : random() < 0.3 ? pick(MONTHS) : field(1, 12, 0.2);
  const dow = random() < 0.6 ? '*' : random() < 0.5 ? field(0, 6, 0.2) : pick([pick(DAYS), 'MON-FRI', '5L', '1#2', '7']);
  const fields = [field(0, 59, 0.15), hours(near), dom, month, dow];
  if (random() < 0.1) fields.unshift(field(0, 59, 0.1));
  return fields.join(' ');
}

const formats = new Map(ZONES.map(zone => [zone, new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })]));

function offset(zone, time) {
  return formats.get(zone).formatToParts(time).find(part => part.type === 'timeZoneName').value;
}

const changes = new Map(ZONES.map(zone => [zone, YEARS.flatMap(year => {
  const found = [];
  for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += HOUR)
    if (offset(zone, at) !== offset(zone, at + HOUR)) found.push(at + HOUR);
  return found;
})]));

// From a day before a change of the clock to two hours after it.
const momentNear = zone => pick(changes.get(zone)) + whole(-24, 2) * HOUR + whole(0, 3_599) * 1_000;
const momentAny = () => Date.UTC(whole(2023, 2026), whole(0, 11), whole(1, 28), whole(0, 23), whole(0, 59), whole(0, 59));

for (let i = 0; i < COUNT; i++) {
  const zone = pick(ZONES);
  const near = changes.get(zone).length > 0 && random() < 0.6;
  const cron = expression(near);
  const from = new Date(near ? momentNear(zone) : momentAny());
  const runs = new Cron(cron, { timezone: zone, paused: true }).nextRuns(RUNS, from).map(run => Math.floor(run.getTime() / 1_000));
  while (runs.length < RUNS) runs.push('-');
  console.log([cron, zone, Math.floor(from.getTime() / 1_000), ...runs].join('|'));
}
