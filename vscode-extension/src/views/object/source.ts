import * as vscode from 'vscode';

import type { SourceLocation } from '../../shared/protocol';

/** Show a line of a file; false where the file is not there. */
export async function showSource({ path, line }: SourceLocation): Promise<boolean> {
  const start = new vscode.Position(Math.max(0, line - 1), 0);
  try {
    await vscode.window.showTextDocument(vscode.Uri.file(path), { selection: new vscode.Range(start, start) });
    return true;
  } catch {
    return false; // generated code, or the file was moved: an expected situation
  }
}
