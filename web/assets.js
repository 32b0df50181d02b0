// Makes what pages load: scripts by esbuild, each compressed once here and not at every request. What several of them import is a file of its
// own (chunk-…), so that a page has it once. The texts of the scripts are collected in words.json.
//   node assets.js <folder>
import { build } from 'esbuild';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const folder = process.argv[2];
await rm(folder, { recursive: true, force: true });
const common = { bundle: true, minify: true, target: 'es2023', outdir: folder, legalComments: 'none', logLevel: 'warning' };
await build({ ...common, format: 'esm', splitting: true, entryPoints: ['Scripts/site.js', 'Scripts/editor.js', 'Scripts/viewer.js'] });
await build({ ...common, format: 'esm', entryPoints: ['Scripts/code.js'], loader: { '.ttf': 'copy' }, assetNames: '[name]-[hash]' });
await build({
  ...common,
  format: 'iife',
  entryPoints: {
    'editor-worker': 'monaco-editor/editor/editor.worker',
    'language-worker': 'monaco-editor/languages/features/typescript/ts.worker',
  },
});

for (const name of await readdir(folder)) {
  const content = await readFile(join(folder, name));
  // 9 takes a tenth of the time of 11 and gives 6 % more.
  const packed = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } });
  await writeFile(join(folder, `${name}.br`), packed);
}

const keys = new Set();
for (const file of await readdir('Scripts', { recursive: true })) {
  if (!file.endsWith('.js')) continue;
  const source = await readFile(join('Scripts', file), 'utf8');
  for (const [call, key] of source.matchAll(/\bword\(\s*(?:'((?:[^'\\]|\\.)*)')?/g)) {
    if (key === undefined) throw new Error(`${file}: the text of ${call}…) is not a literal, so that it is in no language but English.`);
    keys.add(key.replace(/\\(.)/g, '$1'));
  }
}

await writeFile(join(folder, 'words.json'), JSON.stringify([...keys].sort()));
