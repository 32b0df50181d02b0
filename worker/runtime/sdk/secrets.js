// sdk.secrets: values that only scripts see.
export const secrets = (call) => ({
  get: (name) => call('secrets.get', name),
});
