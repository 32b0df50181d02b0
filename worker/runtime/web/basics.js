// Group: what needs nothing else, and what others throw.
import { atob, btoa } from './base64.js';
import { DOMException } from './exception.js';
import { makeStructuredClone } from './structured-clone.js';

export default (web, inner) => {
  inner.cloners = [];
  Object.assign(web, { DOMException, atob, btoa, structuredClone: makeStructuredClone(inner.cloners) });
  return [];
};
