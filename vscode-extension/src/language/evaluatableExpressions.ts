import * as vscode from 'vscode';

import type { Disposing } from '../common/disposing';
import type { Expressions } from '../common/expressions';
import { languageId } from '../shared/ids';
import { type EvaluatableExpression, evaluatableExpressionRequest } from '../shared/protocol';
import type { LanguageServer } from './server';

/** The expression under the cursor, as the language server sees it. */
export class ServerExpressions implements Expressions, vscode.EvaluatableExpressionProvider {
  constructor(private readonly server: LanguageServer) {}

  async at(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.EvaluatableExpression | undefined> {
    return this.provideEvaluatableExpression(document, position);
  }

  async provideEvaluatableExpression(
    document: vscode.TextDocument,
    position: vscode.Position,
    token?: vscode.CancellationToken,
  ): Promise<vscode.EvaluatableExpression | undefined> {
    const client = this.server.client;
    if (client === undefined) {
      return undefined;
    }
    const { code2ProtocolConverter: convert } = client;
    const params = {
      textDocument: convert.asTextDocumentIdentifier(document),
      position: convert.asPosition(position),
    };
    const found = await client.sendRequest<EvaluatableExpression | null>(evaluatableExpressionRequest, params, token);
    return found ? new vscode.EvaluatableExpression(asRange(found), found.expression) : undefined;
  }
}

function asRange({ range: { start, end } }: EvaluatableExpression): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

/** Offers the provider only while there is a server: without one, VS Code's own way applies. */
export function offerWhileRunning(server: LanguageServer, provider: vscode.EvaluatableExpressionProvider): Disposing {
  let registration: vscode.Disposable | undefined;
  const subscription = server.onDidChangeState((running) => {
    registration?.dispose();
    registration = running
      ? vscode.languages.registerEvaluatableExpressionProvider({ language: languageId }, provider)
      : undefined;
  });
  return {
    dispose: () => {
      subscription.dispose();
      registration?.dispose();
    },
  };
}
