// sdk.email: messages through the tenant's own server.
export const email = (call) => ({
  send: (message) => call('email.send', message),
});
