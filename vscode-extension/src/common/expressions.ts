import type * as vscode from 'vscode';

/** Finds the expression that a position in a Python file is in. */
export interface Expressions {
  /** Undefined where there is nothing to evaluate, or nobody to ask. */
  at(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.EvaluatableExpression | undefined>;
}
