// What web-platform-tests ask of their harness, as a prelude in the same function as the test file.
// Written for isolates: no page, no window.
// The isolate loads the web's interfaces that its source names. These are all of them:
// DOMException atob btoa structuredClone URL URLSearchParams Headers TextDecoder TextEncoder AbortController AbortSignal Event EventTarget
// Blob File FormData Request Response fetch
const wptResults = [];
const wptWaiting = [];
const TEST_MS = 5000;
let wptEnd;
let wptIsEnded = false;
/** The one subtest of a file that is a test as a whole. */
let wptSingle;

const self = Object.create(globalThis, Object.getOwnPropertyDescriptors({
  setTimeout, clearTimeout, setInterval, clearInterval, queueMicrotask, performance, fetch,
  crypto: { __proto__: crypto, subtle: { __proto__: crypto.subtle, generateKey: wptKey } },
  GLOBAL: { isWindow: () => false, isWorker: () => true, isShadowRealm: () => false },
  location: { href: 'https://web-platform.test/', search: '', hash: '', origin: 'https://web-platform.test' },
}));
const { GLOBAL, location } = self;
Object.defineProperty(self, 'self', { value: self });

/** There is no generateKey; tests of HMAC ask for keys that they only need to be other ones. */
function wptKey(algorithm, extractable, usages) {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: algorithm.hash ?? 'SHA-256' }, extractable, usages);
}

/** Test files read blobs by it; what is tested is the blob. */
class FileReader {
  result = null;
  onload = null;
  onloadend = null;
  #listeners = [];

  addEventListener(type, callback) { this.#listeners.push(callback); }
  async #read(promise) {
    this.result = await promise;
    const event = { target: this, type: 'load' };
    for (const callback of [this.onload, this.onloadend, ...this.#listeners]) callback?.call(this, event);
  }
  readAsText(blob) { this.#read(blob.text()); }
  readAsArrayBuffer(blob) { this.#read(blob.arrayBuffer()); }
}

/** Test files reach SharedArrayBuffer through it, when they need one. */
class SharedBuffer { constructor() { throw new Error('there is no SharedArrayBuffer'); } }
const WebAssembly = { Memory: class { buffer = { constructor: SharedBuffer }; } };

/** An isolate has no address of its own: those of tests are relative to the harness's. */
const Request = new Proxy(globalThis.Request, {
  construct(Type, [input, ...rest], target) {
    const url = typeof input === 'object' && input !== null ? input : new URL(`${input}`, location.href).href;
    return Reflect.construct(Type, [url, ...rest], target);
  },
});

/** Test files assign these without a declaration, which strict code refuses. */
let structuredCloneBatteryOfTests;
let testObjMock;
const navigator = { platform: 'Linux' };

class AssertionError extends Error {}
class UnsupportedError extends Error {}

function format_value(value) {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Object.is(value, -0)) return '-0';
  if (Array.isArray(value)) return `[${value.map((it) => (Array.isArray(it) ? '[…]' : format_value(it))).join(', ')}]`;
  try { return String(value); } catch { return Object.prototype.toString.call(value); }
}

function wptCheck(condition, message, details) {
  if (!condition) throw new AssertionError([message, details].filter((it) => it !== undefined && it !== '').join(': '));
}

function assert_true(value, message) { wptCheck(value === true, message, `expected true, got ${format_value(value)}`); }
function assert_false(value, message) { wptCheck(value === false, message, `expected false, got ${format_value(value)}`); }
function assert_equals(value, expected, message) {
  wptCheck(Object.is(value, expected), message, `expected ${format_value(expected)}, got ${format_value(value)}`);
}
function assert_not_equals(value, expected, message) { wptCheck(!Object.is(value, expected), message, `got ${format_value(value)}`); }
function assert_in_array(value, list, message) {
  wptCheck(list.includes(value), message, `${format_value(value)} is not in ${format_value(list)}`);
}
function assert_array_equals(value, expected, message) {
  wptCheck(typeof value === 'object' && value !== null && 'length' in value, message, 'not an array');
  const lists = `expected ${format_value([...expected])}, got ${format_value(Array.from(value))}`;
  wptCheck(value.length === expected.length, message, `lengths differ: ${lists}`);
  for (let i = 0; i < expected.length; i++) {
    wptCheck(Object.is(value[i], expected[i]), message, `at ${i}: expected ${format_value(expected[i])}, got ${format_value(value[i])}`);
  }
}
function assert_equals_typed_array(value, expected, message) {
  assert_equals(Object.getPrototypeOf(value), Object.getPrototypeOf(expected), message);
  assert_array_equals(value, expected, message);
}
function assert_object_equals(value, expected, message) {
  wptCheck(typeof value === 'object' && value !== null, message, 'not an object');
  for (const key of new Set([...Object.keys(value), ...Object.keys(expected)])) {
    if (typeof expected[key] === 'object' && expected[key] !== null) assert_object_equals(value[key], expected[key], message);
    else assert_equals(value[key], expected[key], `${message ?? ''} ${key}`);
  }
}
function assert_less_than(value, bound, message) { wptCheck(value < bound, message, `${value} is not less than ${bound}`); }
function assert_less_than_equal(value, bound, message) { wptCheck(value <= bound, message, `${value} is more than ${bound}`); }
function assert_greater_than(value, bound, message) { wptCheck(value > bound, message, `${value} is not greater than ${bound}`); }
function assert_greater_than_equal(value, bound, message) { wptCheck(value >= bound, message, `${value} is less than ${bound}`); }
function assert_approx_equals(value, expected, epsilon, message) {
  wptCheck(Math.abs(value - expected) <= epsilon, message, `expected about ${expected}, got ${value}`);
}
function assert_regexp_match(value, pattern, message) {
  wptCheck(pattern.test(value), message, `${format_value(value)} does not match ${pattern}`);
}
function assert_class_string(value, name, message) { assert_equals(Object.prototype.toString.call(value), `[object ${name}]`, message); }
function assert_own_property(value, key, message) { wptCheck(Object.hasOwn(value, key), message, `no own property ${String(key)}`); }
function assert_not_own_property(value, key, message) { wptCheck(!Object.hasOwn(value, key), message, `an own property ${String(key)}`); }
function assert_inherits(value, key, message) {
  wptCheck(!Object.hasOwn(value, key) && key in value, message, `${String(key)} is not inherited`);
}
function assert_idl_attribute(value, key, message) { assert_inherits(value, key, message); }
function assert_readonly(value, key, message) {
  const before = value[key];
  try { value[key] = `${before}x`; } catch { /* Strict code throws where there is no setter. */ }
  assert_equals(value[key], before, message);
}
function assert_unreached(message) { wptCheck(false, message, 'reached'); }
function assert_implements(condition, message) { wptCheck(Boolean(condition), message, 'not implemented'); }
function assert_implements_optional(condition, message) { if (!condition) throw new UnsupportedError(message); }

function wptIsDom(error, name, message) {
  const names = {
    INVALID_CHARACTER_ERR: 'InvalidCharacterError', NOT_SUPPORTED_ERR: 'NotSupportedError', INVALID_STATE_ERR: 'InvalidStateError',
    SYNTAX_ERR: 'SyntaxError', DATA_CLONE_ERR: 'DataCloneError', QUOTA_EXCEEDED_ERR: 'QuotaExceededError',
    ABORT_ERR: 'AbortError', TYPE_MISMATCH_ERR: 'TypeMismatchError',
  };
  const wanted = names[name] ?? name;
  wptCheck(typeof error === 'object' && error !== null && error.name === wanted, message, `expected ${wanted}, got ${format_value(error)}`);
  wptCheck(error instanceof DOMException, message, `${wanted} is not a DOMException`);
}
function wptIsJs(error, Type, message) {
  wptCheck(error instanceof Type && error.constructor === Type, message, `expected ${Type.name}, got ${format_value(error)}`);
}
function wptCatch(call, message) {
  try { call(); } catch (error) { return error; }
  throw new AssertionError([message, 'it did not throw'].filter(Boolean).join(': '));
}
async function wptRejection(promise, message) {
  try { await promise; } catch (error) { return error; }
  throw new AssertionError([message, 'it did not reject'].filter(Boolean).join(': '));
}
/** The realm's own constructor may be named before the function; there is one realm here. */
const wptRealm = (rest) => (typeof rest[0] === 'function' && typeof rest[1] === 'function' ? rest.slice(1) : rest);
function assert_throws_dom(name, ...rest) { const [call, message] = wptRealm(rest); wptIsDom(wptCatch(call, message), name, message); }
function assert_throws_js(Type, call, message) { wptIsJs(wptCatch(call, message), Type, message); }
function assert_throws_exactly(value, call, message) { assert_equals(wptCatch(call, message), value, message); }
async function promise_rejects_dom(t, name, ...rest) {
  const [promise, message] = typeof rest[0] === 'function' ? rest.slice(1) : rest;
  wptIsDom(await wptRejection(promise, message), name, message);
}
async function promise_rejects_js(t, Type, promise, message) { wptIsJs(await wptRejection(promise, message), Type, message); }
async function promise_rejects_exactly(t, value, promise, message) { assert_equals(await wptRejection(promise, message), value, message); }

/** One subtest: its first fault stands. */
class Test {
  #settle;
  #cleanups = [];
  ended = false;

  constructor(name) {
    this.name = name === undefined || name === '' ? '(unnamed)' : String(name).toWellFormed();
    this.finished = new Promise((resolve) => { this.#settle = resolve; });
  }

  end(error = undefined) {
    if (this.ended) return;
    this.ended = true;
    for (const cleanup of this.#cleanups) {
      try { cleanup(); } catch (fault) { error ??= fault; }
    }
    const passed = error === undefined || error instanceof UnsupportedError;
    wptResults.push({ name: this.name, passed, message: passed ? '' : wptText(error) });
    this.#settle();
  }

  add_cleanup(callback) { this.#cleanups.push(callback); }
  done() { this.end(); }
  step(callback, thisArg = this, ...args) {
    if (this.ended) return undefined;
    try { return callback.apply(thisArg, args); } catch (error) { this.end(error ?? new Error('nothing was thrown')); return undefined; }
  }
  step_func(callback, thisArg = this) { const test = this; return function (...args) { return test.step(callback, thisArg, ...args); }; }
  step_func_done(callback = undefined, thisArg = this) {
    const test = this;
    return function (...args) {
      if (callback !== undefined) test.step(callback, thisArg, ...args);
      test.end();
    };
  }
  unreached_func(message) { return this.step_func(() => assert_unreached(message)); }
  step_timeout(callback, ms, ...args) { return setTimeout(this.step_func(() => callback.apply(this, args)), ms); }
}

function wptText(error) {
  try {
    const name = error?.name === 'Error' ? '' : `${error?.name}: `;
    return `${name}${error?.message ?? format_value(error)}`.slice(0, 400).toWellFormed();
  } catch {
    return 'an error that cannot be shown';
  }
}

async function wptWithin(test) {
  const timer = setTimeout(() => test.end(new AssertionError('it did not end')), TEST_MS);
  await test.finished;
  clearTimeout(timer);
}

function test(body, name) {
  const made = new Test(name);
  made.step(body, made, made);
  made.end();
}
function async_test(body, name = undefined) {
  const made = new Test(typeof body === 'string' ? body : name);
  if (typeof body === 'function') made.step(body, made, made);
  wptWaiting.push(() => wptWithin(made));
  return made;
}
function promise_test(body, name) {
  const made = new Test(name);
  wptWaiting.push(async () => {
    const ended = wptWithin(made);
    (async () => body.call(made, made))().then(() => made.end(), (error) => made.end(error ?? new Error('rejected with nothing')));
    await ended;
  });
}
function setup(...args) {
  for (const it of args) {
    if (typeof it === 'function') it();
    else if (it?.explicit_done) wptWaiting.push(wptDone);
    else if (it?.single_test) wptSingle = async_test('(single)');
  }
}
/** Some files add tests until they call done. */
function wptDone() {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, TEST_MS);
    wptEnd = () => { clearTimeout(timer); resolve(); };
    if (wptIsEnded) wptEnd();
  });
}
async function promise_setup(body) { wptWaiting.push(body); }
function done() {
  wptIsEnded = true;
  wptSingle?.end();
  wptEnd?.();
}
function add_completion_callback() {}
function generate_tests(body, list) { for (const [name, ...args] of list) test(() => body(...args), name); }
function subsetTest(kind, ...args) { return kind(...args); }
function subsetTestByKey(key, kind, ...args) { return kind(...args); }
function step_timeout(callback, ms, ...args) { return setTimeout(callback, ms, ...args); }
function wptReport() {
  return (async () => {
    // A test may add tests.
    for (let i = 0; i < wptWaiting.length; i++) await wptWaiting[i]();
    return wptResults;
  })();
}
