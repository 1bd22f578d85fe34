import * as vscode from 'vscode';

/** Show a line of a source file, beside nothing; says so in the status bar where the file is not there any more. */
export async function showSource(path: string, line: number): Promise<void> {
  const start = new vscode.Position(Math.max(0, line - 1), 0);
  try {
    await vscode.window.showTextDocument(vscode.Uri.file(path), { selection: new vscode.Range(start, start) });
  } catch {
    // The snapshot may come from another machine: an expected situation.
    vscode.window.setStatusBarMessage(`${path} is not to be found here.`, 5000);
  }
}
