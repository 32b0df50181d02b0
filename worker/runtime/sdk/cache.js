// sdk.cache: small values that outlive an execution.
export const cache = (call) => ({
  get: (key, options) => call('cache.get', key, options),
  set: (key, value, ttlSeconds, options) => call('cache.set', key, value, ttlSeconds, options),
  delete: (key, options) => call('cache.delete', key, options),
  exists: (key, options) => call('cache.exists', key, options),
  increment: (key, by, options) => call('cache.increment', key, by, options),
  expire: (key, ttlSeconds, options) => call('cache.expire', key, ttlSeconds, options),
});
