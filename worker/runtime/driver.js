// Runs every execution of one isolate. Evaluates to a function of prelude.js's private half and the one host function.
// All that crosses is text, its length checked here first; all that belongs to a script is read here, within its own entry.
import { deepFreeze, defineProperty, freeze, ownKeys, parse, slice, stringify, then } from './language.js';
import { makeDescriber } from './describe.js';
import { makeFailure } from './failure.js';
import { makeFetchMaker } from './fetch.js';
import { makeCalls } from './calls.js';
import { loadHashes } from './hashes.js';
import { makeLog } from './log.js';
import { makeRespond } from './respond.js';
import { makeSdkMaker } from './sdk.js';
import { loadParser } from './sdk/csv.js';
import { makeTimers } from './timers.js';
import { makeCrypto } from './web-crypto.js';

// RpcProtocol: the supervisor takes no more.
const LABELS_MAX = 10;
const LABEL_KEY_MAX = 50;
const LABEL_VALUE_MAX = 200;

export default (hooks, host) => {
  const { handIn } = hooks;
  const settled = Promise.resolve();
  const invocations = new Map();
  const codes = new WeakMap();
  let run = null;
  let isModule = false;
  let mentions = {};
  let inputComplaint = () => '';
  let current = null;

  hooks.reserve = (bytes) => {
    if (current === null) return true;
    if (current.reserved + bytes > current.bufferMax) return false;
    current.reserved += bytes;
    return true;
  };

  /** An error with a code that the record keeps. `error`: one that was made where the script called. */
  function sdkError(code, message, error = new Error(message)) {
    codes.set(error, code);
    defineProperty(error, 'message', { value: message, writable: true, enumerable: false, configurable: true });
    defineProperty(error, 'code', { value: code, writable: true, enumerable: true, configurable: true });
    return error;
  }
  const invalid = (message) => sdkError('INVALID_ARGUMENT', message);

  const failure = makeFailure(hooks, codes);
  const describer = makeDescriber(failure);
  failure.describeWith(describer);
  const log = makeLog(host, handIn, describer);
  const respond = makeRespond(sdkError, describer, failure);

  function loose(state, where, error) {
    if (!state.done) log.write(state, '3', `Uncaught in ${where}: ${describer.plain(error, state.lineMax)}`, undefined);
  }
  const timers = makeTimers(host, invalid, loose);

  // --- What a script gets: made anew for each execution that names it, closed over its state.
  function finite(value, name) {
    if (typeof value !== 'number' || !(value - value === 0)) throw invalid(`sdk.progress: ${name} must be a finite number`);
  }

  const makeProgress = (state) => freeze((done, total, message) => {
    if (state.done) return;
    finite(done, 'done');
    if (total !== undefined && total !== null) finite(total, 'total');
    if (message !== undefined && message !== null && typeof message !== 'string') throw invalid('sdk.progress: message must be a string');
    host('p', state.id, `${done}`, typeof total === 'number' ? `${total}` : '', typeof message === 'string' ? slice(message, 0, 1000) : '', typeof message === 'string' ? '1' : '');
  });

  const makeLabel = (state) => freeze((key, value) => {
    if (state.done) return;
    if (typeof key !== 'string' || key === '' || key.length > LABEL_KEY_MAX) throw invalid(`sdk.label: the key must be a string of 1 to ${LABEL_KEY_MAX} characters`);
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'boolean') throw invalid('sdk.label: the value must be a string or a number');
    const text = `${value}`;
    if (text.length > LABEL_VALUE_MAX) throw invalid(`sdk.label: the value has ${text.length} characters; at most ${LABEL_VALUE_MAX} are kept`);
    const labels = state.labels ??= new Map();
    if (!labels.has(key) && labels.size >= LABELS_MAX) throw invalid(`sdk.label: an execution has at most ${LABELS_MAX} labels`);
    if (labels.get(key) === text) return;
    labels.set(key, text);
    host('b', state.id, key, text);
  });

  const makeUsage = (state) => freeze(() => {
    const [durationMs, cpuMs, memoryBytes, logBytes] = host('q', state.id).split(' ').map(Number);
    return { durationMs, cpuMs, memoryBytes, calls: state.calls?.made ?? 0, rows: state.calls?.rows ?? 0, logBytes };
  });

  /** What the groups of the web's interfaces keep for each other and for us. */
  const inner = { __proto__: null };
  const calls = makeCalls(host, sdkError, failure, hooks);
  const makeFetch = makeFetchMaker(hooks.web, inner, calls.call);
  const makeSdk = makeSdkMaker(hooks, calls.call, invalid, inner, {
    log: log.makeSdkLog,
    progress: makeProgress,
    label: makeLabel,
    usage: makeUsage,
    checkpoint: (state) => freeze((value) => calls.call(state, 'checkpoint', [value])),
    respond: (state) => freeze((status, body, headers) => {
      if (!state.done) respond.by(state, status, body, headers);
    }),
  });

  const makeQueueMicrotask = (state) => freeze((callback) => {
    if (typeof callback !== 'function') throw new TypeError('queueMicrotask: the callback must be a function');
    then(settled, () => {
      try { callback(); } catch (error) { loose(state, 'a microtask', error); }
    });
  });

  // --- The web's interfaces: what we lend their groups. An entry is one execution's alone, and `current` names it.
  const loaded = { __proto__: null };
  const platform = {
    report(error) { loose(current, 'an event listener', error); },
    later(callback, ms) { timers.addQuiet(current, 'AbortSignal.timeout', callback, ms); },
    /** A bundle of tables that few scripts need: the host evaluates it when it is first asked for. */
    load(name) {
      if (loaded[name] === undefined) host('x', name);
      return loaded[name];
    },
  };

  function handInMethods(methods) {
    for (const name of ownKeys(methods)) freeze(methods[name]);
    return handIn(methods);
  }
  const makeWebCrypto = () => makeCrypto((bytes) => host('g', `${bytes}`), handInMethods);

  /** The clock is the host's: monotonic, and no finer than a tenth of a millisecond. */
  const makePerformance = (state) => {
    const origin = Number(host('n', state.id));
    return handIn({ now: freeze(() => Number(host('n', state.id)) - origin), timeOrigin: Date.now() });
  };

  // --- What is the same for all executions of a version is parsed and frozen once.
  let constantsText = null;
  let constants = null;
  function makeContext(constantText, contextText, inputText) {
    if (constantText !== constantsText) {
      constants = deepFreeze(parse(constantText));
      constantsText = constantText;
    }
    return deepFreeze({ ...constants, ...parse(contextText), input: parse(inputText) });
  }

  // --- The end of an invocation.
  function close(state) {
    state.done = true;
    invocations.delete(state.id);
    const dropped = `${timers.waiting(state)} ${calls.drop(state)}`;
    state.timers = [];
    return dropped;
  }

  const isRefusedBuffer = (error) => failure.isError(error) && failure.messageOf(error) === 'Array buffer allocation failed';

  function end(state, kind, error) {
    if (state.done) return;
    host(kind, state.id, close(state), failure.partsText(error));
    // It has its answer by then: an accessor that never ends is ended, and what is known stands.
    if (failure.mayTellMore(error)) host('e', state.id, failure.fullPartsText(error));
  }

  const fail = (state, error) => end(state, isRefusedBuffer(error) ? 'm' : 'f', error);

  function finish(state, value) {
    if (state.done) return;
    if (state.isHttp && inner.isResponse?.(value)) {
      try {
        respond.with(state, inner.partsOf(value), inner.exactText);
      } catch (error) {
        return fail(state, error);
      }
    }
    if (state.responded !== null) {
      if (state.responded.length > state.outputMax) return host('o', state.id, close(state));
      return host('r', state.id, close(state), state.responded);
    }
    let text;
    try {
      text = stringify(value);
    } catch (error) {
      if (failure.isError(error) && failure.messageOf(error) === 'Invalid string length') return host('o', state.id, close(state));
      return end(state, 'i', error);
    }
    if (text === undefined) return host('u', state.id, close(state));
    if (text.length > state.outputMax) return host('o', state.id, close(state));
    host('d', state.id, close(state), text);
  }

  // The schema's reader asks for more stack than the rest of a start: what goes wrong in it is the input's or the schema's fault.
  function makeInputComplaint(schemas, text) {
    let check = null;
    return (input) => {
      try {
        check ??= schemas.compile(text);
        const complaint = check(input);
        return complaint === '' ? '' : `The input does not match input_schema. ${complaint}`;
      } catch (error) {
        return `The input could not be checked against input_schema: ${failure.isError(error) ? failure.messageOf(error) : 'it failed'}`;
      }
    };
  }

  function moduleBody(state, parts, context, sdk) {
    const main = parts[0];
    if (typeof main !== 'function') return fail(state, new TypeError('The default export must be a function'));
    then((async () => main(context, sdk))(), (value) => finish(state, value), (error) => fail(state, error));
  }

  const doors = {
    __proto__: null,
    bind(compiled, moduleForm, lines, names, schemas, inputSchema) {
      run = compiled;
      isModule = moduleForm;
      hooks.lines = lines;
      mentions = { __proto__: null };
      for (const name of names.split(' ')) mentions[name] = true;
      // Here and not where a script first calls them: one that has no stack or time left would leave them half made.
      if (mentions.crypto || mentions.webhooks) loadHashes();
      if (mentions.csv) loadParser();
      if (schemas !== undefined) inputComplaint = makeInputComplaint(schemas, inputSchema);
    },
    /** What load asked for. */
    provide(name, value) {
      loaded[name] = value;
    },
    /** Gives the isolate a group of the web's interfaces, before its version's source runs. */
    equip(group) {
      const hidden = group(hooks.web, inner, platform);
      hooks.harden([...Object.values(hooks.web), ...hidden]);
    },
    start(id, constantText, contextText, inputText, isHttp, checkInput, outputMax, lineMax, bufferMax) {
      const state = {
        id, isHttp, outputMax, lineMax, bufferMax, done: false, logOpen: true, responded: null, reserved: 0, timers: [], lastTimer: 0, armed: -1,
        calls: null, callsMax: 0, parts: null, labels: null,
      };
      invocations.set(id, state);
      current = state;
      try {
        const context = makeContext(constantText, contextText, inputText);
        state.callsMax = context.limits?.calls ?? 0;
        if (checkInput) {
          const complaint = inputComplaint(context.input);
          if (complaint !== '') return end(state, 'v', new Error(complaint));
        }
        const sdk = mentions.sdk ? makeSdk(state) : undefined;
        const promise = run(
          context,
          sdk,
          mentions.console ? log.makeConsole(state) : undefined,
          mentions.setTimeout ? timers.makeSetTimeout(state) : undefined,
          mentions.clearTimeout ? timers.makeClear(state) : undefined,
          mentions.setInterval ? timers.makeSetInterval(state) : undefined,
          mentions.clearInterval ? timers.makeClear(state) : undefined,
          mentions.performance ? makePerformance(state) : undefined,
          mentions.queueMicrotask ? makeQueueMicrotask(state) : undefined,
          mentions.crypto ? makeWebCrypto() : undefined,
          mentions.fetch ? makeFetch(state) : undefined,
          mentions.events ? (sdk ?? makeSdk(state)).events : undefined,
        );
        then(promise, (value) => (isModule ? moduleBody(state, value, context, sdk) : finish(state, value)), (error) => fail(state, error));
      } catch (error) {
        fail(state, error);
      }
    },
    wake(id) {
      const state = invocations.get(id);
      if (state === undefined) return;
      current = state;
      timers.wake(state);
    },
    answer(id, call, code, text, more) {
      const state = invocations.get(id);
      if (state === undefined) return;
      current = state;
      calls.answer(state, call, code, text, more);
    },
    drop(id) {
      const state = invocations.get(id);
      if (state !== undefined) close(state);
    },
  };
  // By a call: ClearScript remembers where a property was read, and calls such a function in a way that takes ten times as long.
  return (name) => doors[name];
};
