import * as vscode from 'vscode';

import { Command } from '../../shared/ids';
import { dimmedScheme } from '../object/items';
import type { HeapNode } from './nodes';
import { rowOf } from './rows';

/** A node as VS Code shows it; dimmed where it is of an earlier stop, and nothing can be asked of it. */
export function itemOf(node: HeapNode, stopIsShown: boolean): vscode.TreeItem {
  const row = rowOf(node);
  // What is watched is watched until somebody says otherwise.
  const current = stopIsShown || node.kind === 'watches' || node.kind === 'watch';
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const opens = node.kind === 'type' && node.row.count > 0 && (current || node.list.isLoaded);
  const item = new vscode.TreeItem(row.label, node.kind === 'watches' ? Expanded : opens ? Collapsed : None);
  item.id = node.id;
  item.description = row.description;
  item.tooltip = new vscode.MarkdownString(row.tooltip);
  item.contextValue = current ? row.traits.join(' ') : row.traits.filter((trait) => trait === 'created').join(' ');
  const color = current ? row.color : 'disabledForeground';
  item.iconPath = new vscode.ThemeIcon(row.icon, color === undefined ? undefined : new vscode.ThemeColor(color));
  if (!current) {
    item.resourceUri = vscode.Uri.from({ scheme: dimmedScheme, path: `/${node.kind}` });
  }
  if (node.kind === 'more') {
    item.command = { command: Command.heapLoadMore, title: 'Show more', arguments: [node] };
  } else if (node.kind === 'instance' && current) {
    item.command = { command: Command.heapInspect, title: 'Inspect This', arguments: [node] };
  }
  return item;
}
