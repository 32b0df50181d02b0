// What the two readers of an input schema share. Nothing here keeps state.

/** Deeper than this a schema is read as one that allows anything. */
export const DEPTH_MAX = 8;

export const isObject = value => value !== null && typeof value === 'object' && !Array.isArray(value);

/** The schema that `$ref` names within the document; null where it names none. */
export function resolved(root, reference) {
  if (typeof reference !== 'string' || !reference.startsWith('#')) return null;
  if (reference === '#') return root;
  if (!reference.startsWith('#/')) return null;
  let at = root;
  for (const part of reference.slice(2).split('/')) {
    let key = part;
    try {
      key = decodeURIComponent(part);
    } catch {
      // A lone per cent sign stands for itself.
    }

    key = key.replaceAll('~1', '/').replaceAll('~0', '~');
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, key)) return null;
    at = at[key];
  }

  return isObject(at) ? at : null;
}
