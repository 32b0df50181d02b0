// Big5, EUC-JP, EUC-KR, GB18030, GBK, ISO-2022-JP and Shift_JIS. By its path: the other bundles are without them.
export { TextDecoder as default } from '../../node_modules/@exodus/bytes/encoding.js';
