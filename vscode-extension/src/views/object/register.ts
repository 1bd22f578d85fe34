import * as vscode from 'vscode';

import type { Expressions } from '../../common/expressions';
import type { Sessions } from '../../common/sessions';
import { Command } from '../../shared/ids';
import { Inspections } from './inspections';
import { dimming } from './items';
import type { MoreNode, TreeNode } from './nodes';
import { ObjectView } from './objectView';

/** The Object view and its commands. */
export function registerObjectView(
  context: vscode.ExtensionContext,
  sessions: Sessions,
  expressions: Expressions,
): ObjectView {
  const inspections = new Inspections(sessions);
  const view = new ObjectView(sessions, inspections, expressions);
  const { registerCommand } = vscode.commands;
  context.subscriptions.push(
    inspections,
    view,
    vscode.window.registerFileDecorationProvider(dimming),
    registerCommand(Command.whatHoldsThis, (argument: unknown) => view.whatHoldsThis(argument)),
    registerCommand(Command.inspectExpression, () => view.inspectExpression()),
    registerCommand(Command.objectRefresh, () => inspections.visible?.refresh()),
    registerCommand(Command.objectBack, () => inspections.visible?.back()),
    registerCommand(Command.objectFollow, () => inspections.visible?.follow()),
    registerCommand(Command.objectUnfollow, () => inspections.visible?.unfollow()),
    registerCommand(Command.objectInspect, (node: TreeNode) => view.inspectNode(node)),
    registerCommand(Command.objectLoadMore, (node: MoreNode) => view.showMore(node)),
    registerCommand(Command.objectJumpToSource, (node: TreeNode) => view.jumpToSource(node)),
    registerCommand(Command.objectCopyPath, (node: TreeNode) => view.copyPath(node)),
    registerCommand(Command.objectCopyExpression, (node: TreeNode) => view.copyExpression(node)),
    registerCommand(Command.objectCopyValue, (node: TreeNode) => view.copyValue(node)),
  );
  return view;
}
