import type * as vscode from 'vscode';

import { registerLog } from './common/log';
import { registerDebug } from './debug/register';
import { registerHeap } from './heap/register';
import { registerLanguage } from './language/register';
import { registerProcesses } from './processes/picker';
import { registerPython } from './python/interpreters';
import { registerHeapView } from './views/heap/register';
import { registerObjectView } from './views/object/register';

export function activate(context: vscode.ExtensionContext) {
  const log = registerLog(context);
  const interpreters = registerPython(context, log);
  registerProcesses(context);
  const sessions = registerDebug(context, interpreters, log);
  const expressions = registerLanguage(context, interpreters, log);
  const objectView = registerObjectView(context, sessions, expressions);
  const heapView = registerHeapView(context, sessions, objectView);
  const heap = registerHeap(context, interpreters, sessions, log);
  // For the tests in the extension host.
  return { interpreters, sessions, expressions, objectView, heapView, heap };
}

export type Exports = ReturnType<typeof activate>;
