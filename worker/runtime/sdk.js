// sdk: one object for each execution that names it; each part of it is made when it is first read.
import { defineProperties, freeze, getPrototypeOf, isObject, ownKeys } from './language.js';
import { cache } from './sdk/cache.js';
import { crypto } from './sdk/crypto.js';
import { csv } from './sdk/csv.js';
import { db } from './sdk/db.js';
import { email } from './sdk/email.js';
import { events } from './sdk/events.js';
import { makeHttp } from './sdk/http.js';
import { scripts } from './sdk/scripts.js';
import { secrets } from './sdk/secrets.js';
import { webhooks } from './sdk/webhooks.js';

export function makeSdkMaker(hooks, call, invalid, inner, given) {
  /** A part that consists of calls on the broker. */
  const remote = (methodsFor) => (state) => handInMethods(methodsFor((capability, ...args) => call(state, capability, args), handInMethods));
  /** A part that needs nothing but the isolate. */
  const local = (methodsFor) => () => handInMethods(methodsFor(invalid));
  function handInMethods(methods) {
    for (const name of ownKeys(methods)) freeze(methods[name]);
    return hooks.handIn(methods);
  }
  const parts = {
    __proto__: null, ...given, cache: remote(cache), crypto: local(crypto), csv: local(csv), db: remote(db), email: remote(email), events: remote(events),
    http: remote(makeHttp(invalid, inner)), scripts: remote(scripts), secrets: remote(secrets), webhooks: local(webhooks),
  };

  // A private field on a plain object: no script sees it, and freezing leaves it alone.
  class Owner extends (function (object) { return object; }) {
    #state;

    constructor(object, state) {
      super(object);
      this.#state = state;
    }

    /** The part of the sdk that this object is, or inherits from. */
    static part(from, name) {
      for (let at = from; isObject(at); at = getPrototypeOf(at)) {
        if (!(#state in at)) continue;
        const made = (at.#state.parts ??= { __proto__: null });
        return (made[name] ??= parts[name](at.#state));
      }
      return undefined;
    }
  }

  const properties = { __proto__: null };
  for (const name in parts) properties[name] = hooks.readOnlyBy(name, (from) => Owner.part(from, name));
  return (state) => freeze(defineProperties(new Owner({}, state), properties));
}
