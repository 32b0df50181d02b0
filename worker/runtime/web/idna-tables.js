// UTS 46, for hosts that are not plain ASCII. By its path: url.js has another tr46.
export { toASCII as default } from '../../node_modules/tr46/index.js';
