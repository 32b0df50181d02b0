// Makes what pages load: scripts by esbuild, each compressed once here and not at every request.
//   node assets.js <folder>
import { build } from 'esbuild';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const folder = process.argv[2];
await rm(folder, { recursive: true, force: true });
const common = { bundle: true, minify: true, target: 'es2023', outdir: folder, legalComments: 'none', logLevel: 'warning' };
await build({ ...common, format: 'esm', entryPoints: ['Scripts/site.js', 'Scripts/editor.js'] });
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
