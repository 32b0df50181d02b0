// Group: what needs nothing else, and what others throw.
import { atob, btoa } from './base64.js';
import { DOMException } from './exception.js';
import { structuredClone } from './structured-clone.js';

export default (web) => {
  Object.assign(web, { DOMException, atob, btoa, structuredClone });
  return [];
};
