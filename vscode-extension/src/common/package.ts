import { existsSync } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';

import { setting } from './settings';

/** Where the Python package that came with the extension is, and the libraries of its language server. */
export interface PythonPackage {
  /** Folder that an interpreter can run: `python <folder> adapter`. */
  folder: string;
  /** Folder to put on the language server's path; undefined where the interpreter has the libraries itself. */
  libraries: string | undefined;
  /** Why nothing can be run from there; undefined where it can. */
  problem: string | undefined;
}

/** The package to run. `chosen` and the setting go before the bundled one; in development the source tree does. */
export function pythonPackage(context: vscode.ExtensionContext, chosen?: string): PythonPackage {
  const bundled = context.asAbsolutePath('bundled');
  const source = path.resolve(context.extensionPath, '../adapter/heapsight');
  const fromSource = context.extensionMode !== vscode.ExtensionMode.Production && existsSync(source);
  const libraries = path.join(bundled, 'libs');
  const folder = chosen ?? (setting('debugAdapterPath') || (fromSource ? source : path.join(bundled, 'heapsight')));
  return {
    folder,
    libraries: existsSync(libraries) ? libraries : undefined,
    // Python would say so too, but where nobody reads it.
    problem: existsSync(path.join(folder, '__main__.py'))
      ? undefined
      : `There is no heapsight package in ${folder}: see debugAdapterPath, in the settings or in launch.json.`,
  };
}
