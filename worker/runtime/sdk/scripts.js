// sdk.scripts: other scripts of the tenant.
export const scripts = (call) => ({
  invoke: (name, input) => call('scripts.invoke', name, input),
});
