import * as vscode from 'vscode';

import type { Disposing } from '../../common/disposing';
import type { Expressions } from '../../common/expressions';
import type { Sessions } from '../../common/sessions';
import { ContextKey, type ContextKeyId, View, languageId } from '../../shared/ids';
import type { Inspections } from './inspections';
import { itemOf } from './items';
import type { ListOwner, MoreNode, TreeNode } from './nodes';
import { expressionVia, pathTo } from './paths';
import { locationOf } from './rows';
import { sessionLink } from './sessionLink';
import { showSource } from './source';
import { type Wanted, wantedExpression, wantedFrom } from './target';

/** The view "Object": one object of the stopped program, and what holds it. */
export class ObjectView implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  private readonly treeChanged = new vscode.EventEmitter<TreeNode | undefined>();
  readonly onDidChangeTreeData = this.treeChanged.event;
  private readonly view: vscode.TreeView<TreeNode>;
  private readonly subscriptions: Disposing[];

  constructor(
    private readonly sessions: Sessions,
    private readonly inspections: Inspections,
    private readonly expressions: Expressions,
  ) {
    this.view = vscode.window.createTreeView(View.object, { treeDataProvider: this, showCollapseAll: true });
    this.subscriptions = [this.view, this.treeChanged, inspections.onDidChange(() => this.update())];
    this.update();
  }

  /** The sentence above the tree. */
  get message(): string {
    return this.view.message ?? '';
  }

  getChildren(node?: TreeNode): TreeNode[] | Promise<TreeNode[]> {
    const tree = this.inspections.shown?.tree;
    if (tree === undefined) {
      return [];
    }
    return node === undefined ? tree.roots : tree.childrenOf(node);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    const shown = this.inspections.shown;
    return itemOf(node, shown?.tree?.canOpen(node) ?? false, shown?.current ?? false);
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.parent;
  }

  /** From Variables or Watch with the row, else for the selection or the expression at the cursor. */
  async whatHoldsThis(argument: unknown): Promise<void> {
    const wanted = wantedFrom(argument) ?? (await this.underCursor());
    await this.reveal();
    if (wanted === undefined) {
      this.view.message = 'There is no expression at the cursor.';
      return;
    }
    await this.inspect(wanted);
  }

  async inspectExpression(): Promise<void> {
    const expression = await vscode.window.showInputBox({
      title: 'Inspect Expression',
      prompt: 'A Python expression, evaluated in the selected frame',
    });
    if (expression?.trim()) {
      await this.reveal();
      await this.inspect(wantedExpression(expression.trim()));
    }
  }

  async inspectNode(node: TreeNode): Promise<void> {
    if (node.kind === 'referrer' && node.referrer.object !== undefined) {
      await this.inspections.visible?.inspect({ object: node.referrer.object }, undefined, undefined);
    }
  }

  /** An object of the stopped program by its handle, from another view. */
  async inspectObject(sessionId: string | undefined, object: number): Promise<void> {
    await this.reveal();
    await this.inspections.of(sessionId)?.inspect({ object }, undefined, undefined);
  }

  async showMore({ owner }: MoreNode): Promise<void> {
    await this.inspections.shown?.tree?.showMore(owner);
    this.treeChanged.fire(owner satisfies ListOwner);
  }

  async jumpToSource(node: TreeNode): Promise<void> {
    const location = locationOf(node) ?? (await this.frameOf(node));
    if (location !== undefined && !(await showSource(location))) {
      this.view.message = `${location.path} cannot be opened.`;
    }
  }

  copyPath(node: TreeNode): Thenable<void> {
    return vscode.env.clipboard.writeText(pathTo(node));
  }

  copyExpression(node: TreeNode): Thenable<void> {
    return vscode.env.clipboard.writeText(expressionOf(node) ?? '');
  }

  copyValue(node: TreeNode): Thenable<void> {
    return vscode.env.clipboard.writeText(valueOf(node));
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private async inspect(wanted: Wanted): Promise<void> {
    const inspection = this.inspections.of(wanted.sessionId);
    if (inspection === undefined) {
      this.view.message = 'There is no debug session of Heapsight.';
      return;
    }
    if (wanted.row !== undefined) {
      await inspection.inspect(wanted.row, wanted.name, wanted.expression);
    } else if (wanted.expression !== undefined) {
      const frameId = await this.selectedFrame(wanted.sessionId);
      const inFrame = frameId === undefined ? {} : { frameId };
      await inspection.inspect({ expression: wanted.expression, ...inFrame }, wanted.name, wanted.expression);
    } else {
      this.view.message = `${wanted.name} is not an object of the program.`;
    }
  }

  /** The frame that the user looks at, else the innermost one. */
  private async selectedFrame(sessionId: string | undefined): Promise<number | undefined> {
    const session = sessionId === undefined ? this.sessions.active : this.sessions.get(sessionId);
    const item = vscode.debug.activeStackItem;
    if (item instanceof vscode.DebugStackFrame && item.session.id === session?.id) {
      return item.frameId;
    }
    // Not stopped, or just about to run on: the question itself will be refused with a better message.
    return (
      session &&
      sessionLink(session, this.sessions)
        .topFrame()
        .catch(() => undefined)
    );
  }

  private async underCursor(): Promise<Wanted | undefined> {
    const editor = vscode.window.activeTextEditor;
    if (editor?.document.languageId !== languageId) {
      return undefined;
    }
    const { document, selection } = editor;
    if (!selection.isEmpty) {
      return wantedExpression(document.getText(selection).trim());
    }
    const found = await this.expressions.at(document, selection.active);
    const range = found?.range ?? document.getWordRangeAtPosition(selection.active, /[\p{L}_][\p{L}\p{N}_]*/u);
    const expression = found?.expression ?? (range && document.getText(range));
    return expression === undefined ? undefined : wantedExpression(expression);
  }

  private async frameOf(node: TreeNode) {
    const session = this.sessions.active;
    if (node.kind !== 'referrer' || node.referrer.frameId === undefined || session === undefined) {
      return undefined;
    }
    // The program may have gone on meanwhile; then there is nowhere to jump to.
    return sessionLink(session, this.sessions)
      .frameLocation(node.referrer.frameId)
      .catch(() => undefined);
  }

  private async reveal(): Promise<void> {
    await vscode.commands.executeCommand(`${View.object}.focus`, { preserveFocus: true });
  }

  private update(): void {
    const shown = this.inspections.shown;
    const hasTree = shown?.tree !== undefined;
    this.view.message = shown?.message ?? '';
    this.view.description = hasTree && shown.evaluatedAgain ? 'evaluated again' : '';
    setContext(ContextKey.objectShown, hasTree);
    setContext(ContextKey.objectFollowed, shown?.following ?? false);
    setContext(ContextKey.objectCanGoBack, shown?.canGoBack ?? false);
    this.treeChanged.fire(undefined);
  }
}

function setContext(key: ContextKeyId, value: boolean): void {
  void vscode.commands.executeCommand('setContext', key, value);
}

function expressionOf(node: TreeNode): string | undefined {
  switch (node.kind) {
    case 'subject':
      return node.evaluateName;
    case 'referrer':
      return expressionVia(node);
    default:
      return undefined;
  }
}

function valueOf(node: TreeNode): string {
  switch (node.kind) {
    case 'subject':
      return node.info.value;
    case 'fact':
      return node.value;
    case 'referrer':
      return node.referrer.value ?? '';
    default:
      return '';
  }
}
