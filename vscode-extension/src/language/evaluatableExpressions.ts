import * as vscode from 'vscode';

import type { Disposing } from '../common/disposing';
import type { Expressions } from '../common/expressions';
import type { Log } from '../common/log';
import { languageId } from '../shared/ids';
import { type EvaluatableExpression, evaluatableExpressionRequest } from '../shared/protocol';
import type { LanguageServer } from './server';

/** The expression under the cursor, as the language server sees it. */
export class ServerExpressions implements Expressions, vscode.EvaluatableExpressionProvider {
  constructor(
    private readonly server: LanguageServer,
    private readonly log: Log,
  ) {}

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
    try {
      // Without a token of its own the client takes an undefined one for a second parameter.
      const cancelled = token ?? new vscode.CancellationTokenSource().token;
      const found = await client.sendRequest<EvaluatableExpression | null>(
        evaluatableExpressionRequest,
        params,
        cancelled,
      );
      return found ? new vscode.EvaluatableExpression(asRange(found), found.expression) : undefined;
    } catch (error) {
      this.log.debug(`${evaluatableExpressionRequest}: ${String(error)}`); // the server may be ending just now
      return undefined;
    }
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
