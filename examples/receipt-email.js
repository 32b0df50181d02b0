/*
 * E-mails the receipt of a payment, and keeps a record of it for the tenant's dashboard.
 *
 * Kind:    event
 * Trigger: {"event_types": ["payment.processed"]}
 * Payload: {"payment_id": "9a209ba8-6e3d-9c12-75e8-640d2e75ab7e"}; the input stands for it when the script is invoked
 * Needs:   the tenant's settings for e-mail (PUT /api/v1/settings/email)
 *
 * curl -X POST "$SANDBOX_URL/api/v1/scripts/receipt-email/invoke?dry_run=true" -H "Authorization: Bearer $SANDBOX_TOKEN" \
 *   -H 'Content-Type: application/json' -d '{"input": {"payment_id": "9a209ba8-6e3d-9c12-75e8-640d2e75ab7e"}}'
 */
const KEPT_S = 90 * 86_400;

/** @type {{ scope: 'tenant' }} */
const ALL_SCRIPTS = { scope: 'tenant' };

const payload = context.trigger.type === 'event' ? context.trigger.eventPayload : context.input;
if (typeof payload?.payment_id !== 'string') throw new Error('payment_id is missing');

const payment = await sdk.db.get('payments', payload.payment_id);
if (!payment) throw new Error(`there is no payment ${payload.payment_id}`);
const order = await sdk.db.get('orders', String(payment.order_id));
const client = order && await sdk.db.get('clients', String(order.client_id));
if (!client) throw new Error(`the order of payment ${payment.id}, or its client, is gone`);
sdk.label('order', String(order.number));

// An event may be delivered twice. Its receipt is sent once.
const record = `dashboard:receipt:${payment.id}`;
if (await sdk.cache.exists(record, ALL_SCRIPTS)) {
  sdk.log.info('the receipt was sent before');
  return { sent: false };
}

const amount = `${Number(payment.amount).toFixed(2)} EUR`;
/** @type {any} */
const lines = order.lines;
const items = lines.map((line) => `${line.quantity} × ${line.sku}`);

/** @param {unknown} text */
function escaped(text) {
  return String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const message = await sdk.email.send({
  to: String(client.email),
  subject: `Receipt for order ${order.number}`,
  text: [
    `Dear ${client.name},`, '', `we received ${amount} for order ${order.number}:`, ...items.map((item) => `- ${item}`), '', 'Thank you.',
  ].join('\n'),
  html: [
    `<p>Dear ${escaped(client.name)},</p>`,
    `<p>we received <strong>${amount}</strong> for order ${escaped(order.number)}:</p>`,
    `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`,
    '<p>Thank you.</p>',
  ].join('\n'),
});

await sdk.cache.set(
  record,
  { order: order.number, client: client.name, amount: payment.amount, paidAt: payment.paid_at, message },
  KEPT_S,
  ALL_SCRIPTS,
);
sdk.log.info('receipt sent', { order: order.number });
return { sent: true };
