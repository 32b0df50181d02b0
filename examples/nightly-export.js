/*
 * Sends the transactions of the days that are over to an accounting API, as CSV. A non-2xx answer fails the execution.
 *
 * Kind:       scheduled
 * Trigger:    {"cron": "0 0 * * *", "timezone": "UTC"}
 * Connection: accounting, for the host api.accounting.example.com
 * Input:      {"day": "2025-03-01"} for one day, {"all": true} for every transaction; without it, yesterday
 *
 * curl -X POST "$SANDBOX_URL/api/v1/scripts/nightly-export/invoke?dry_run=true" -H "Authorization: Bearer $SANDBOX_TOKEN" \
 *   -H 'Content-Type: application/json' -d '{"input": {"all": true}}'
 */
const ENDPOINT = 'https://api.accounting.example.com/v1/transactions';
const PAGE = 500;
const DAY_MS = 86_400_000;

const input = context.input ?? {};
const { trigger } = context;

/** The first day, and how many. Occurrences that were missed are folded into this one, so their days are exported too. */
function period() {
  if (input.day !== undefined) {
    if (Number.isNaN(Date.parse(`${input.day}T00:00:00Z`))) throw new Error(`day must be a date such as 2025-03-01, not ${input.day}`);
    return { start: new Date(`${input.day}T00:00:00Z`), days: 1 };
  }
  const days = trigger.type === 'cron' ? 1 + trigger.missed : 1;
  const today = new Date(trigger.type === 'cron' ? trigger.scheduledFor : Date.now()).setUTCHours(0, 0, 0, 0);
  return { start: new Date(today - days * DAY_MS), days };
}

const { start, days } = period();
const end = new Date(start.getTime() + days * DAY_MS);
const booked = input.all ? {} : { booked_at: { gte: start.toISOString(), lt: end.toISOString() } };

// Pages by key, not by offset: what is booked meanwhile neither repeats nor hides a row.
const rows = [];
for (let last = '0', more = true; more;) {
  const page = await sdk.db.find('transactions', {
    where: { and: [booked, { id: { gt: last } }] },
    select: ['id', 'booked_at', 'amount', 'currency', 'payment_id'],
    orderBy: 'id',
    limit: PAGE,
  });
  rows.push(...page);
  more = page.length === PAGE;
  if (more) last = String(page[PAGE - 1].id);
}

const what = input.all ? 'all days' : `${days} day(s) from ${start.toISOString().slice(0, 10)}`;
if (rows.length === 0) {
  sdk.log.info(`no transactions: ${what}`);
  return { exported: 0 };
}

const csv = sdk.csv.stringify(rows, { columns: ['id', 'booked_at', 'amount', 'currency', 'payment_id'] });
const answer = await sdk.http.post(ENDPOINT, csv, {
  connection: 'accounting',
  // The same on every attempt: the API books a repeated delivery once.
  headers: { 'Content-Type': 'text/csv; charset=utf-8', 'Idempotency-Key': context.idempotencyKey },
  timeout: 20_000,
});
if (!answer.ok) {
  throw new Error(`the accounting API answered ${answer.status} to ${rows.length} transactions (${what}): ${answer.text.slice(0, 200)}`);
}

sdk.log.info(`exported ${rows.length} transactions: ${what}`, { status: answer.status, bytes: csv.length });
return { exported: rows.length };
