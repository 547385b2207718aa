// All bundles in one list. `node esbuild.mjs [--watch] [--production]`; an entry belongs to exactly one program.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));
const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

/** Inlines onnxruntime-node's JavaScript; its native part is looked for beside the bundle or in ASR_ORT_DIR. */
const onnxruntimeBinding = {
  name: 'onnxruntime-binding',
  setup(bundle) {
    bundle.onLoad({ filter: /onnxruntime-node[\\/]dist[\\/]binding\.js$/ }, async ({ path }) => {
      const { readFile } = await import('node:fs/promises');
      const text = await readFile(path, 'utf8');
      const native = /require\(`\.\.\/bin\/napi-v6\/[^`]*`\)/;
      if (!native.test(text))
        throw new Error(`${path}: the native require moved; adapt the onnxruntime-binding plugin`);
      const contents = text.replace(
        native,
        "require(require('node:path').join(process.env.ASR_ORT_DIR || require('node:path').join(__dirname, 'ort'), 'onnxruntime_binding.node'))",
      );
      return { contents, loader: 'js' };
    });
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  sourcemap: true,
  sourcesContent: false,
  minify: production,
  keepNames: production,
  logLevel: 'warning',
  legalComments: 'none',
};
const esmBanner = [
  "import { createRequire as createRequire__ } from 'node:module';",
  "import { fileURLToPath as fileURLToPath__ } from 'node:url';",
  'const require = createRequire__(import.meta.url);',
  "const __filename = fileURLToPath__(import.meta.url); const __dirname = fileURLToPath__(new URL('.', import.meta.url));",
].join(' ');
const engine = {
  ...common,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  banner: { js: esmBanner },
  plugins: [onnxruntimeBinding],
};
const host = { ...common, platform: 'node', target: 'node20', format: 'cjs', external: ['vscode'] };
const view = { ...common, platform: 'browser', target: 'chrome120', format: 'iife' };

const bundles = [{ ...engine, entryPoints: ['src/engine/main.ts'], outfile: 'dist/engine.js' }];

/** Puts this platform's onnxruntime library where the engine looks for it. */
function copyOnnxruntime() {
  const binaries = join(root, 'node_modules/onnxruntime-node/bin/napi-v6', process.platform, process.arch);
  mkdirSync(join(root, 'dist/ort'), { recursive: true });
  cpSync(binaries, join(root, 'dist/ort'), { recursive: true });
}

if (watch) {
  for (const options of bundles) await (await context(options)).watch();
} else {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await Promise.all(bundles.map((options) => build(options)));
}
copyOnnxruntime();
