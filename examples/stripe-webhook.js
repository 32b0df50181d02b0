/*
 * Makes a client of each new customer of Stripe. The same event again finds the client, and answers the same.
 *
 * Kind:    http
 * Trigger: {"path": "/stripe", "methods": ["POST"], "auth": "webhook", "webhook": {"provider": "stripe", "secret": "stripe-webhook"}}
 * Secret:  stripe-webhook, the endpoint's signing secret. The platform checks the signature: an unsigned request never gets here.
 *
 * BODY='{"type": "customer.created", "data": {"object": {"id": "cus_1", "name": "Ada Miller", "email": "ada@example.com"}}}'
 * NOW=$(date +%s); SIGNED=$(printf %s "$NOW.$BODY" | openssl dgst -sha256 -hmac demo-stripe-secret | sed 's/.* //')
 * curl -X POST "$SANDBOX_ENDPOINTS_URL/t/demo/api/scripts/stripe" -H "Stripe-Signature: t=$NOW,v1=$SIGNED" \
 *   -H 'Content-Type: application/json' -d "$BODY"
 */
if (context.trigger.type !== 'http') throw new Error('this script is an endpoint; call it as Stripe does');

const event = context.trigger.httpRequest.body;
if (event?.type !== 'customer.created') return { received: true };

const customer = event.data?.object;
if (typeof customer?.email !== 'string') {
  // Stripe sends an event that is refused for days. Nothing will be different then.
  sdk.log.warn('a customer without an e-mail address is no client', { customer: customer?.id });
  return { received: true };
}

const row = { name: customer.name || customer.email, email: customer.email.toLowerCase() };
const client = await sdk.db.upsert('clients', row, { on: ['email'] });
sdk.label('stripe_customer', customer.id);
sdk.log.info('client made or found', { id: client.id });
return sdk.respond(201, { id: client.id });
