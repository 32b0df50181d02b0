import { DateTime, Duration, Interval, Info } from 'luxon';

const at = DateTime.fromISO('2024-03-31T00:30:00', { zone: 'Europe/Berlin', locale: 'en-US' });

export default () => [
  at.toISO(),
  at.plus({ hours: 2 }).toISO(),
  at.plus({ days: 1 }).toUTC().toISO(),
  at.setZone('Asia/Kathmandu').toFormat('yyyy-LL-dd HH:mm ZZ'),
  at.startOf('week').toISODate(),
  at.toFormat("cccc, d LLLL yyyy 'at' HH:mm"),
  at.setLocale('de').toLocaleString(DateTime.DATE_FULL),
  at.diff(DateTime.fromISO('2023-01-01', { zone: 'utc' }), ['months', 'days', 'hours']).toObject(),
  Duration.fromISO('P1DT2H').shiftTo('minutes').toObject(),
  Interval.fromISO('2024-01-01/P1W', { zone: 'utc' }).splitBy({ days: 3 }).map((part) => part.toISO()),
  DateTime.fromFormat('12/25/2023 07:05 PM', 'MM/dd/yyyy hh:mm a', { zone: 'utc', locale: 'en-US' }).toMillis(),
  [Info.months('long', { locale: 'fr' }), Info.isValidIANAZone('Mars/Base')],
  [DateTime.fromISO('nothing').invalidReason, at.weekNumber, at.isInDST],
  { at },
];
