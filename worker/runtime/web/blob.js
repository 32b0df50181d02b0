// Blob and File: their bytes in one array of the isolate's own.
import { apply, getOwnPropertyDescriptor, getPrototypeOf } from '../language.js';
import { need, shape, usv } from './interface.js';

const TypedArray = getPrototypeOf(Uint8Array.prototype);
const viewBuffer = getOwnPropertyDescriptor(TypedArray, 'buffer').get;
const viewOffset = getOwnPropertyDescriptor(TypedArray, 'byteOffset').get;
const viewLength = getOwnPropertyDescriptor(TypedArray, 'byteLength').get;
const dataBuffer = getOwnPropertyDescriptor(DataView.prototype, 'buffer').get;
const dataOffset = getOwnPropertyDescriptor(DataView.prototype, 'byteOffset').get;
const dataLength = getOwnPropertyDescriptor(DataView.prototype, 'byteLength').get;
const bufferLength = getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength').get;
const kindOf = getOwnPropertyDescriptor(TypedArray, Symbol.toStringTag).get;

/** The bytes that an ArrayBuffer or a view of one has now, not copied; undefined for anything else. */
export function bytesOf(value) {
  if (ArrayBuffer.isView(value)) {
    return apply(kindOf, value, []) === undefined
      ? new Uint8Array(apply(dataBuffer, value, []), apply(dataOffset, value, []), apply(dataLength, value, []))
      : new Uint8Array(apply(viewBuffer, value, []), apply(viewOffset, value, []), apply(viewLength, value, []));
  }
  try {
    apply(bufferLength, value, []);
  } catch {
    return undefined;
  }
  return new Uint8Array(value);
}

/** One array of all that is in the list. */
export function joined(parts) {
  const made = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    made.set(part, at);
    at += part.length;
  }
  return made;
}

const typeOf = (value) => (/^[\x20-\x7e]*$/.test(value) ? value.toLowerCase() : '');

export function makeBlobs(inner) {
  /** Set by the class: the bytes, and a Blob over bytes that nobody else has. */
  let contentOf;
  let over;
  let isBlob;
  /** A Blob or File like it; undefined where it is neither. Bytes of a Blob never change, so both have the same. */
  let cloneBlob;
  let typeOfBlob;
  let retype;

  class Blob {
    #bytes;
    #type;

    constructor(blobParts = undefined, options = undefined) {
      const native = options?.endings === 'native';
      const parts = [];
      if (blobParts !== undefined) {
        if (typeof blobParts !== 'object' || blobParts === null || typeof blobParts[Symbol.iterator] !== 'function') throw new TypeError('Blob: the parts must be a list');
        for (const part of blobParts) {
          parts.push(isBlob(part) ? part.#bytes : bytesOf(part) ?? inner.encode(native ? `${part}`.replace(/\r\n?/g, '\n') : `${part}`));
        }
      }
      this.#bytes = joined(parts);
      this.#type = options?.type === undefined ? '' : typeOf(`${options.type}`);
    }

    static {
      contentOf = (blob) => blob.#bytes;
      typeOfBlob = (blob) => blob.#type;
      retype = (blob, type) => { blob.#type = type; };
      isBlob = (value) => typeof value === 'object' && value !== null && #bytes in value;
      over = (bytes, type) => {
        const blob = new Blob();
        blob.#bytes = bytes;
        blob.#type = typeOf(type);
        return blob;
      };
    }

    get size() {
      return this.#bytes.length;
    }

    get type() {
      return this.#type;
    }

    slice(start = 0, end = this.size, contentType = '') {
      return over(this.#bytes.slice(start, end), `${contentType}`);
    }

    async arrayBuffer() {
      return this.#bytes.slice().buffer;
    }

    async bytes() {
      return this.#bytes.slice();
    }

    async text() {
      return inner.decode(this.#bytes);
    }
  }
  shape(Blob, 'Blob');

  class File extends Blob {
    #name;
    #lastModified;

    constructor(fileBits, fileName, options = undefined) {
      need(2, arguments.length, 'File');
      super(fileBits, options);
      this.#name = usv(fileName);
      this.#lastModified = options?.lastModified === undefined ? Date.now() : Math.trunc(Number(options.lastModified)) || 0;
    }

    static {
      cloneBlob = (value) => {
        if (!isBlob(value)) return undefined;
        if (!(#name in value)) return over(contentOf(value), typeOfBlob(value));
        const made = new File([value], value.#name, { lastModified: value.#lastModified });
        retype(made, typeOfBlob(value));
        return made;
      };
    }

    get name() {
      return this.#name;
    }

    get lastModified() {
      return this.#lastModified;
    }
  }
  shape(File, 'File');

  return { Blob, File, cloneBlob, contentOf, isBlob, over };
}
