/*
 * Imports clients from a system that is given up. Records that are not valid, and clients that there are, are skipped. After each batch
 * it keeps where it is, so that a run that goes on from the checkpoint does not begin anew.
 *
 * Kind:         oneoff
 * Trigger:      none; a person starts it
 * Limits:       {"timeout_ms": 600000, "output_bytes": 4194304}
 * Input schema: {"type": "object", "required": ["records"], "properties": {"records": {"type": "array", "maxItems": 10000}}}
 *
 * curl -X POST "$SANDBOX_URL/api/v1/scripts/import-records/invoke?dry_run=true" -H "Authorization: Bearer $SANDBOX_TOKEN" \
 *   -H 'Content-Type: application/json' \
 *   -d '{"input": {"records": [{"full_name": "Alan Berg", "mail": "Alan@Example.com", "class": "G", "born": "23.06.1912", "news": "Y"}]}}'
 */
const BATCH = 500;
const ERRORS_SHOWN = 20;
const TIERS = { S: 'standard', V: 'silver', G: 'gold' };

/** The legacy record as a client; throws what is wrong with it. */
function mapped(record) {
  const name = String(record?.full_name ?? '').trim();
  if (!name) throw new Error('full_name is missing');
  const email = String(record.mail ?? '').trim().toLowerCase();
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) throw new Error(`mail '${email.slice(0, 50)}' is no address`);
  if (/\p{C}/u.test(name + email)) throw new Error('full_name or mail has control characters');
  const tier = TIERS[record.class ?? 'S'];
  if (!tier) throw new Error(`class must be one of ${Object.keys(TIERS).join(', ')}`);
  return { name, email, tier, tags: record.news === 'Y' ? ['imported', 'newsletter'] : ['imported'], birthday: birthday(record.born) };
}

/** 31.12.1999 as 1999-12-31. */
function birthday(born) {
  if (!born) return null;
  const [, day, month, year] = /^(\d{2})\.(\d{2})\.(\d{4})$/.exec(born) ?? [];
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  // 31.02. becomes a day of March.
  if (Number.isNaN(date.getTime()) || date.getUTCDate() !== Number(day)) {
    throw new Error(`born '${String(born).slice(0, 20)}' is no date such as 31.12.1999`);
  }
  return `${year}-${month}-${day}`;
}

const records = context.input?.records;
if (!Array.isArray(records)) throw new Error('records must be a list');

const begun = context.checkpoint?.value;
const report = { imported: begun?.imported ?? 0, skipped: begun?.skipped ?? 0, errors: [...begun?.errors ?? []] };

/** @param {number} index @param {string} message */
function skip(index, message) {
  report.skipped++;
  if (report.errors.length < ERRORS_SHOWN) report.errors.push({ record: index + 1, message });
}

for (let done = begun?.done ?? 0; done < records.length;) {
  const end = Math.min(done + BATCH, records.length);
  const clients = new Map();
  for (let index = done; index < end; index++) {
    try {
      const client = mapped(records[index]);
      if (clients.has(client.email)) skip(index, `${client.email} is here twice`);
      else clients.set(client.email, { index, client });
    } catch (error) {
      skip(index, error instanceof Error ? error.message : String(error));
    }
  }

  const emails = [...clients.keys()];
  const known = await sdk.db.find('clients', { where: { email: { in: emails } }, select: ['email'], limit: BATCH });
  for (const { email } of known) {
    skip(clients.get(email).index, `${email} is a client already`);
    clients.delete(email);
  }

  if (clients.size > 0) await sdk.db.insert('clients', [...clients.values()].map(({ client }) => client));
  report.imported += clients.size;
  done = end;
  await sdk.checkpoint({ done, ...report });
  sdk.progress(done, records.length, `${report.imported} imported, ${report.skipped} skipped`);
}

sdk.log.info('import finished', { imported: report.imported, skipped: report.skipped });
return report;
