// DOMException: an Error of V8's, so that it has a stack and a line. Its name and message are its own: the record of an execution reads nothing else.
import { defineProperties } from '../language.js';
import { shape } from './interface.js';

const NAMES = [
  ['INDEX_SIZE_ERR', 'IndexSizeError', 1], ['DOMSTRING_SIZE_ERR', null, 2], ['HIERARCHY_REQUEST_ERR', 'HierarchyRequestError', 3], ['WRONG_DOCUMENT_ERR', 'WrongDocumentError', 4],
  ['INVALID_CHARACTER_ERR', 'InvalidCharacterError', 5], ['NO_DATA_ALLOWED_ERR', null, 6], ['NO_MODIFICATION_ALLOWED_ERR', 'NoModificationAllowedError', 7],
  ['NOT_FOUND_ERR', 'NotFoundError', 8], ['NOT_SUPPORTED_ERR', 'NotSupportedError', 9], ['INUSE_ATTRIBUTE_ERR', 'InUseAttributeError', 10], ['INVALID_STATE_ERR', 'InvalidStateError', 11],
  ['SYNTAX_ERR', 'SyntaxError', 12], ['INVALID_MODIFICATION_ERR', 'InvalidModificationError', 13], ['NAMESPACE_ERR', 'NamespaceError', 14], ['INVALID_ACCESS_ERR', 'InvalidAccessError', 15],
  ['VALIDATION_ERR', null, 16], ['TYPE_MISMATCH_ERR', 'TypeMismatchError', 17], ['SECURITY_ERR', 'SecurityError', 18], ['NETWORK_ERR', 'NetworkError', 19], ['ABORT_ERR', 'AbortError', 20],
  ['URL_MISMATCH_ERR', 'URLMismatchError', 21], ['QUOTA_EXCEEDED_ERR', 'QuotaExceededError', 22], ['TIMEOUT_ERR', 'TimeoutError', 23], ['INVALID_NODE_TYPE_ERR', 'InvalidNodeTypeError', 24],
  ['DATA_CLONE_ERR', 'DataCloneError', 25],
];
const codes = new Map(NAMES.map(([, name, code]) => [name, code]));
const named = new WeakMap();

export function DOMException(message = '', name = 'Error') {
  if (new.target === undefined) throw new TypeError("Class constructor DOMException cannot be invoked without 'new'");
  const error = Reflect.construct(Error, [`${message}`], new.target);
  named.set(error, `${name}`);
  defineProperties(error, {
    name: { value: `${name}`, writable: true, enumerable: false, configurable: true },
    message: { value: `${message}`, writable: true, enumerable: false, configurable: true },
  });
  return error;
}
Object.defineProperty(DOMException, 'length', { value: 0 });
Object.defineProperty(DOMException, 'prototype', {
  value: Object.create(Error.prototype, { constructor: { value: DOMException, writable: true, enumerable: false, configurable: true } }),
  writable: false,
});
Object.defineProperty(DOMException.prototype, 'code', {
  ...Object.getOwnPropertyDescriptor({
    get code() {
      if (!named.has(this)) throw new TypeError('Illegal invocation');
      return codes.get(named.get(this)) ?? 0;
    },
  }, 'code'),
  enumerable: true,
});
for (const [constant, , code] of NAMES) {
  for (const target of [DOMException, DOMException.prototype]) Object.defineProperty(target, constant, { value: code, writable: false, enumerable: true, configurable: false });
}
shape(DOMException, 'DOMException');
