// console and sdk.log: one line each, as they come, until the log is full.
import { freeze, slice } from './language.js';

export function makeLog(host, handIn, describer) {
  const { describe, plain } = describer;

  function write(state, level, message, metadata) {
    if (!state.logOpen || state.done) return;
    const text = metadata === undefined ? '' : describe(metadata, state.lineMax, true);
    if (host('l', state.id, level, slice(message, 0, state.lineMax + 1), text) === '!') state.logOpen = false;
  }

  const consoleMethod = (state, level) => freeze((...args) => {
    if (!state.logOpen || state.done) return;
    let text = '';
    for (let i = 0; i < args.length && text.length <= state.lineMax; i++) {
      text += (i > 0 ? ' ' : '') + plain(args[i], state.lineMax + 1);
    }
    write(state, level, text, undefined);
  });

  const logMethod = (state, level) => freeze((message, metadata) => {
    if (!state.logOpen || state.done) return;
    write(state, level, plain(message, state.lineMax + 1), metadata);
  });

  return {
    write,
    makeConsole: (state) => handIn({
      debug: consoleMethod(state, '0'),
      log: consoleMethod(state, '1'),
      info: consoleMethod(state, '1'),
      warn: consoleMethod(state, '2'),
      error: consoleMethod(state, '3'),
    }),
    makeSdkLog: (state) => handIn({
      debug: logMethod(state, '0'),
      info: logMethod(state, '1'),
      warn: logMethod(state, '2'),
      error: logMethod(state, '3'),
    }),
  };
}
