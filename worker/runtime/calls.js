// Calls on the broker: each is a promise here, and a message there. At most so many are under way at once; the rest waits in the script's own memory.
import { defineProperty, parse, slice, stringify } from './language.js';

// RpcProtocol: a worker that has more under way is none of ours.
const IN_FLIGHT_MAX = 32;
const CHARACTERS_MAX = 14_500_000;
const BYTES_MAX = 24 * 1024 * 1024 - 64 * 1024;

/** UTF-8 of JSON text, which has no lone surrogates. */
function bytesIn(text) {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) bytes += code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

const never = () => false;

export function makeCalls(host, sdkError, failure, hooks) {
  const bigintAsText = (_key, value) => (typeof value === 'bigint' ? `${value}` : value);

  /** JSON text of the arguments: a script's getters, proxies and toJSON run here, in its own entry. */
  function textOf(capability, args) {
    let text;
    try {
      text = stringify(args, bigintAsText);
    } catch (error) {
      throw sdkError('INVALID_ARGUMENT', `sdk.${capability}: the arguments cannot be written as JSON: ${failure.isError(error) ? slice(failure.messageOf(error), 0, 500) : 'something threw'}`);
    }
    if (text.length > CHARACTERS_MAX) throw sdkError('INVALID_ARGUMENT', `sdk.${capability}: the arguments have ${text.length} characters as JSON; ${CHARACTERS_MAX} are allowed`);
    // A call is one frame, and the supervisor ends a worker that sends a longer one.
    if (text.length > BYTES_MAX / 3) {
      const bytes = bytesIn(text);
      if (bytes > BYTES_MAX) throw sdkError('INVALID_ARGUMENT', `sdk.${capability}: the arguments have ${bytes} bytes as JSON in UTF-8; ${BYTES_MAX} are allowed`);
    }
    return text;
  }

  function send(state, made) {
    const { calls } = state;
    calls.open.set(made.id, made);
    calls.characters += made.text.length;
    const { text } = made;
    made.text = text.length;
    host('c', state.id, `${made.id}`, made.capability, text);
  }

  function pump(state) {
    const { calls } = state;
    while (calls.first < calls.waiting.length) {
      const next = calls.waiting[calls.first];
      const unwanted = next.isUnwanted();
      if (!unwanted && (calls.open.size >= IN_FLIGHT_MAX || calls.characters + next.text.length > CHARACTERS_MAX)) break;
      calls.waiting[calls.first++] = undefined;
      if (!unwanted) send(state, next);
    }
    if (calls.first === calls.waiting.length) {
      calls.waiting = [];
      calls.first = 0;
    }
  }

  function begin(state, capability, args, isUnwanted, resolve, reject) {
    const { calls } = state;
    const text = textOf(capability, args);
    // Made here, where the script's own frames are: what the broker refuses is then told with a line.
    const error = hooks.unreadError();
    calls.made++;
    calls.waiting[calls.waiting.length] = { id: calls.made, capability, text, isUnwanted, resolve, reject, error };
    pump(state);
  }

  return {
    /**
     * Asks the broker for a capability; a promise of its value.
     * @param isUnwanted Asked before the call is sent: whether it need not be, and its promise may stay as it is.
     */
    call: (state, capability, args, isUnwanted = never) => {
      if (state.done) return Promise.reject(sdkError('NOT_ALLOWED', `sdk.${capability}: the execution has ended`));
      const calls = state.calls ??= { made: 0, open: new Map(), waiting: [], first: 0, characters: 0, rows: 0, beyond: undefined };
      // One refusal for all that come after the last call: a loop that pays no heed fills no memory with them.
      if (calls.made >= state.callsMax) return (calls.beyond ??= Promise.reject(sdkError('CALL_LIMIT', `sdk.${capability}: the execution has made ${calls.made} calls, which is its limit (limits.calls)`)));
      return new Promise((resolve, reject) => begin(state, capability, args, isUnwanted, resolve, reject));
    },

    /** `more`: seconds until it may be tried again, or the rows that a call gave. */
    answer(state, id, code, text, more) {
      const { calls } = state;
      const made = calls?.open.get(id);
      if (made === undefined) return;
      calls.open.delete(id);
      calls.characters -= made.text;
      pump(state);
      if (code === '') {
        calls.rows += more;
        made.resolve(text === '' ? undefined : parse(text));
        return;
      }
      const error = sdkError(code, text, made.error);
      if (more > 0) defineProperty(error, 'retryAfter', { value: more, writable: true, enumerable: true, configurable: true });
      made.reject(error);
    },

    /** Forgets all that is under way; how many that were. */
    drop(state) {
      const { calls } = state;
      if (calls === null) return 0;
      state.calls = null;
      return calls.open.size + calls.waiting.length - calls.first;
    },
  };
}
