// Texts that scripts put on the page. A text's key is its English sentence, with {0}, {1} where values stand; a page in another language
// carries its sentences by key in the element "words". The build collects the keys (assets.js).
const words = JSON.parse(document.getElementById('words')?.textContent ?? '{}');

/**
 * @param {string} key Written here as one literal, so that the build finds it
 * @param {...unknown} values
 */
export const word = (key, ...values) => (words[key] ?? key).replace(/\{(\d)\}/g, (_, at) => String(values[at]));
