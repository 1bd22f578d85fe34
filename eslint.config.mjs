// For the scripts and the tests written in plain JavaScript; the extension has its own rules.
import js from '@eslint/js';

const names = ['Buffer', 'URL', 'URLSearchParams', 'clearInterval', 'clearTimeout', 'console', 'fetch', 'process', 'setInterval', 'setTimeout'];
const inPage = ['document', 'window', 'NodeFilter'];
const readonly = (globals) => Object.fromEntries(globals.map((name) => [name, 'readonly']));

export default [
  { ignores: ['**/node_modules/', '.build/', '.venv/', 'vscode-extension/'] },
  js.configs.recommended,
  { files: ['**/*.mjs'], languageOptions: { globals: readonly(names) } },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs', globals: readonly([...names, 'require', 'exports', 'module']) } },
  { files: ['tests/**/*.mjs'], languageOptions: { globals: readonly([...names, ...inPage]) } },
];
