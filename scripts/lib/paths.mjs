// Where things are. Everything that is made lies under .venv, .build, node_modules and the extension's ignored folders.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const build = path.join(root, '.build');
export const venv = path.join(root, '.venv');
export const logs = path.join(build, 'logs');
export const adapter = path.join(root, 'adapter');
export const extension = path.join(root, 'vscode-extension');
export const bundled = path.join(extension, 'bundled');
export const vsix = path.join(build, 'heapsight.vsix');
export const examples = path.join(root, 'examples');

export const relative = (file) => path.relative(root, file) || '.';
