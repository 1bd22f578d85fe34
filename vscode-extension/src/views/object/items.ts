import * as vscode from 'vscode';

import { Command } from '../../shared/ids';
import type { TreeNode } from './nodes';
import { rowOf } from './rows';

/** Nodes of an earlier stop carry an address with this scheme, by which their labels are dimmed. */
export const dimmedScheme = 'heapsight-earlier';

/** A node as VS Code shows it. */
export function itemOf(node: TreeNode, canOpen: boolean, current: boolean): vscode.TreeItem {
  const row = rowOf(node);
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(row.label, canOpen ? (row.open ? Expanded : Collapsed) : None);
  item.id = node.id;
  item.description = row.description;
  item.tooltip = new vscode.MarkdownString(row.tooltip);
  item.contextValue = current ? row.traits.join(' ') : row.traits.filter((trait) => trait !== 'inspect').join(' ');
  const color = current ? row.color : 'disabledForeground';
  item.iconPath = new vscode.ThemeIcon(row.icon, color === undefined ? undefined : new vscode.ThemeColor(color));
  if (!current) {
    item.resourceUri = vscode.Uri.from({ scheme: dimmedScheme, path: `/${node.kind}` });
  }
  if (node.kind === 'more') {
    item.command = { command: Command.objectLoadMore, title: 'Show more', arguments: [node] };
  } else if (node.kind === 'fact' && node.location !== undefined) {
    item.command = { command: Command.objectJumpToSource, title: 'Jump to source', arguments: [node] };
  }
  return item;
}

/** Dims what is of an earlier stop. */
export const dimming: vscode.FileDecorationProvider = {
  provideFileDecoration: (uri) =>
    uri.scheme === dimmedScheme
      ? new vscode.FileDecoration(undefined, 'As of an earlier stop', new vscode.ThemeColor('disabledForeground'))
      : undefined,
};
