// sdk: one object for each execution that names it; each part of it is made when it is first read.
import { defineProperties, freeze, getPrototypeOf, isObject, ownKeys } from './language.js';
import { cache } from './sdk/cache.js';
import { db } from './sdk/db.js';
import { makeHttp } from './sdk/http.js';
import { scripts } from './sdk/scripts.js';
import { secrets } from './sdk/secrets.js';

export function makeSdkMaker(hooks, call, invalid, inner, local) {
  /** A part that consists of calls on the broker. */
  const remote = (methodsFor) => (state) => handInMethods(methodsFor((capability, ...args) => call(state, capability, args), handInMethods));
  function handInMethods(methods) {
    for (const name of ownKeys(methods)) freeze(methods[name]);
    return hooks.handIn(methods);
  }
  const parts = { __proto__: null, ...local, cache: remote(cache), db: remote(db), http: remote(makeHttp(invalid, inner)), scripts: remote(scripts), secrets: remote(secrets) };

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
