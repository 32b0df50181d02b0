// Group: TextEncoder and TextDecoder, over @exodus/bytes. The tables of the encodings with several bytes are a bundle of their own, evaluated when such a decoder is made.
import { TextDecoder as Decoder, TextEncoder as Encoder, normalizeEncoding } from '@exodus/bytes/encoding-lite.js';
import { need, shape } from './interface.js';

const MULTI_BYTE = new Set(['big5', 'euc-jp', 'euc-kr', 'gb18030', 'gbk', 'iso-2022-jp', 'shift_jis']);

class TextEncoder {
  #encoder = new Encoder();

  get encoding() {
    return 'utf-8';
  }

  encode(input = '') {
    return this.#encoder.encode(`${input}`);
  }

  encodeInto(source, destination) {
    need(2, arguments.length, 'TextEncoder.encodeInto');
    return this.#encoder.encodeInto(`${source}`, destination);
  }
}
shape(TextEncoder, 'TextEncoder');

export default (web, inner, { load }) => {
  class TextDecoder {
    #decoder;

    constructor(label = 'utf-8', options = undefined) {
      const name = normalizeEncoding(`${label}`);
      if (name === null || name === 'replacement') throw new RangeError(`TextDecoder: the encoding "${`${label}`.slice(0, 100)}" is not known`);
      this.#decoder = new (MULTI_BYTE.has(name) ? load('multi-byte') : Decoder)(name, { fatal: Boolean(options?.fatal), ignoreBOM: Boolean(options?.ignoreBOM) });
    }

    get encoding() {
      return this.#decoder.encoding;
    }

    get fatal() {
      return this.#decoder.fatal;
    }

    get ignoreBOM() {
      return this.#decoder.ignoreBOM;
    }

    decode(input = undefined, options = undefined) {
      return this.#decoder.decode(input, { stream: Boolean(options?.stream) });
    }
  }
  shape(TextDecoder, 'TextDecoder');

  const encoder = new Encoder();
  inner.encode = (text) => encoder.encode(text);
  inner.decode = (bytes) => new Decoder().decode(bytes);
  /** The text that the bytes are in UTF-8, exactly; undefined where they are none. */
  inner.exactText = (bytes) => {
    try {
      return new Decoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return undefined;
    }
  };
  Object.assign(web, { TextDecoder, TextEncoder });
  return [];
};
