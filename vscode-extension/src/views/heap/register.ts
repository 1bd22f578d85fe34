import * as vscode from 'vscode';

import type { Sessions } from '../../common/sessions';
import { Command } from '../../shared/ids';
import type { ObjectView } from '../object/objectView';
import { Heaps } from './heaps';
import { HeapView } from './heapView';
import type { InstanceNode, MoreNode, TypeNode, WatchNode } from './nodes';
import { defaultOptions } from './options';

/** The Heap view and its commands. */
export function registerHeapView(
  context: vscode.ExtensionContext,
  sessions: Sessions,
  objectView: ObjectView,
): HeapView {
  const options = { ...defaultOptions };
  const heaps = new Heaps(sessions, options);
  const view = new HeapView(heaps, options, objectView);
  const { registerCommand } = vscode.commands;
  context.subscriptions.push(
    heaps,
    view,
    registerCommand(Command.heapShow, () => view.show()),
    registerCommand(Command.heapHide, () => view.hide()),
    registerCommand(Command.heapRefresh, () => view.refresh()),
    registerCommand(Command.heapMark, () => view.mark()),
    registerCommand(Command.heapSort, () => view.sort()),
    registerCommand(Command.heapCompareWith, () => view.compareWith()),
    registerCommand(Command.heapFilter, () => view.filter()),
    registerCommand(Command.heapFilterInstances, (node: TypeNode) => view.filterInstances(node)),
    registerCommand(Command.heapInspect, (node: InstanceNode) => view.inspect(node)),
    registerCommand(Command.heapJumpToCreation, (node: InstanceNode) => view.jumpToCreation(node)),
    registerCommand(Command.heapLoadMore, (node: MoreNode) => view.showMore(node)),
    registerCommand(Command.heapBreakOnNew, (node: TypeNode) => view.watch(node, 'break')),
    registerCommand(Command.heapTrackNew, (node: TypeNode) => view.watch(node, 'track')),
    registerCommand(Command.heapStopWatching, (node: TypeNode | WatchNode) => view.watch(node, 'off')),
    registerCommand(Command.heapWatchNamed, () => view.watchNamed()),
  );
  return view;
}
