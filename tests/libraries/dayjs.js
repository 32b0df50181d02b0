import dayjs from 'dayjs';
import customParseFormat from 'dayjs/plugin/customParseFormat';
import duration from 'dayjs/plugin/duration';
import isoWeek from 'dayjs/plugin/isoWeek';
import relativeTime from 'dayjs/plugin/relativeTime';
import timezone from 'dayjs/plugin/timezone';
import utc from 'dayjs/plugin/utc';
import 'dayjs/locale/de';

for (const plugin of [customParseFormat, duration, isoWeek, relativeTime, utc, timezone]) dayjs.extend(plugin);
const at = dayjs.utc('2024-02-29T10:20:30.456Z');

export default () => [
  at.format('YYYY-MM-DD HH:mm:ss.SSS dddd'),
  at.add(1, 'year').toISOString(),
  at.subtract(1, 'month').endOf('month').toISOString(),
  at.startOf('week').toISOString(),
  at.diff(dayjs.utc('2020-01-01'), 'day', true),
  at.locale('de').format('dddd, D. MMMM YYYY'),
  at.tz('America/New_York').format(),
  dayjs.tz('2024-07-01 12:00', 'Europe/Berlin').toISOString(),
  dayjs.utc('31.12.2023 23:59', 'DD.MM.YYYY HH:mm').valueOf(),
  dayjs.duration({ hours: 25, minutes: 3 }).toISOString(),
  dayjs.duration(100, 'minutes').humanize(),
  [at.isoWeek(), at.daysInMonth(), at.isBefore('2025-01-01'), dayjs('nothing').isValid()],
  at,
];
