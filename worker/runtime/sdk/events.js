// sdk.events: events of the tenant, for whatever subscribes to them.
export const events = (call) => ({
  publish: (type, payload, options) => call('events.publish', type, payload, options),
});
