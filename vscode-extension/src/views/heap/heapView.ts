import * as vscode from 'vscode';

import type { Disposing } from '../../common/disposing';
import type { WatchAction } from '../../shared/heapProtocol';
import { ContextKey, View } from '../../shared/ids';
import type { ObjectView } from '../object/objectView';
import { showSource } from '../object/source';
import type { Heaps } from './heaps';
import { itemOf } from './items';
import type { HeapNode, InstanceNode, MoreNode, TypeNode, WatchNode } from './nodes';
import { type HeapOptions, comparisonChoices, orders, watchChoices } from './options';
import { totalsText } from './rows';

/** The view "Heap": how many objects of which type there are at a stop, and what has changed. */
export class HeapView implements vscode.TreeDataProvider<HeapNode>, vscode.Disposable {
  private readonly treeChanged = new vscode.EventEmitter<HeapNode | undefined>();
  readonly onDidChangeTreeData = this.treeChanged.event;
  private readonly view: vscode.TreeView<HeapNode>;
  private readonly subscriptions: Disposing[];

  constructor(
    private readonly heaps: Heaps,
    private readonly options: HeapOptions,
    private readonly objects: ObjectView,
  ) {
    this.view = vscode.window.createTreeView(View.heap, { treeDataProvider: this, showCollapseAll: true });
    this.subscriptions = [
      this.view,
      this.treeChanged,
      heaps.onDidChange(() => this.update()),
      this.view.onDidChangeVisibility(({ visible }) => heaps.lookedAt(visible)),
    ];
    heaps.lookedAt(this.view.visible);
  }

  /** The sentence above the rows. */
  get message(): string {
    return this.view.message ?? '';
  }

  /** What stands beside the view's name. */
  get totals(): string {
    return this.view.description ?? '';
  }

  getChildren(node?: HeapNode): HeapNode[] | Promise<HeapNode[]> {
    const { isWanted, visible: heap } = this.heaps;
    if (heap === undefined) {
      return [];
    }
    switch (node?.kind) {
      case undefined:
        return [...heap.shown.watches, ...(isWanted ? heap.shown.types : [])];
      case 'watches':
        return [...node.types];
      case 'type':
        return heap.instancesOf(node);
      default:
        return [];
    }
  }

  getTreeItem(node: HeapNode): vscode.TreeItem {
    return itemOf(node, this.heaps.visible?.isCurrent ?? false);
  }

  getParent(node: HeapNode): HeapNode | undefined {
    return node.parent;
  }

  /** From now on at each stop. */
  async show(): Promise<void> {
    await vscode.commands.executeCommand(`${View.heap}.focus`, { preserveFocus: true });
    await this.heaps.want(true);
  }

  hide(): Promise<void> {
    return this.heaps.want(false);
  }

  async refresh(): Promise<void> {
    await this.heaps.visible?.refresh();
  }

  async mark(): Promise<void> {
    await this.show();
    await this.heaps.visible?.mark();
  }

  async sort(): Promise<void> {
    const items = orders.map((choice) => ({ ...choice, ...picked(choice.order === this.options.sortBy) }));
    const chosen = await vscode.window.showQuickPick(items, { title: 'Sort Types By' });
    if (chosen !== undefined) {
      this.options.sortBy = chosen.order;
      await this.refresh();
    }
  }

  async compareWith(): Promise<void> {
    const items = comparisonChoices.map((choice) => ({
      ...choice,
      ...picked(choice.compareWith === this.options.compareWith),
    }));
    const chosen = await vscode.window.showQuickPick(items, { title: 'Compare This Stop With' });
    if (chosen !== undefined) {
      this.options.compareWith = chosen.compareWith;
      await this.refresh();
    }
  }

  async filter(): Promise<void> {
    const filter = await vscode.window.showInputBox({
      title: 'Filter Types',
      prompt: 'Text in the name of a type or its module; empty for all types',
      value: this.options.filter,
    });
    if (filter !== undefined) {
      this.options.filter = filter.trim();
      await this.refresh();
    }
  }

  async filterInstances(node: TypeNode): Promise<void> {
    const heap = this.heaps.visible;
    const filter = await vscode.window.showInputBox({
      title: `Filter Instances of ${node.row.name}`,
      prompt: 'A Python expression over obj, evaluated for each of them; empty for all. It may run your code.',
      placeHolder: 'len(obj.items) > 100',
      value: heap?.filterOf(node) ?? '',
    });
    if (filter !== undefined) {
      const filtered = heap?.filterInstances(node, filter.trim());
      // What the filter leaves is what the user wants to see.
      if (filtered !== undefined) {
        await this.view.reveal(filtered, { expand: true, select: false });
      }
    }
  }

  async watch(node: TypeNode | WatchNode, action: WatchAction): Promise<void> {
    await this.heaps.visible?.watch(node, action);
  }

  /** For a type that has no instances yet, or is far down. */
  async watchNamed(): Promise<void> {
    const typeName = await vscode.window.showInputBox({
      title: 'Watch New Instances',
      prompt: 'Name of a class with its module; classes of the program itself are in __main__',
      placeHolder: 'shop.orders.Order',
    });
    if (typeName === undefined || typeName.trim() === '') {
      return;
    }
    const chosen = await vscode.window.showQuickPick(watchChoices, { title: `When a New ${typeName.trim()} Is Created` });
    if (chosen !== undefined) {
      await vscode.commands.executeCommand(`${View.heap}.focus`, { preserveFocus: true });
      await this.heaps.visible?.watchNamed(typeName.trim(), chosen.action);
    }
  }

  /** Show an instance in the Object view. */
  async inspect({ instance }: InstanceNode): Promise<void> {
    await this.objects.inspectObject(this.heaps.session?.id, instance.object);
  }

  async jumpToCreation({ instance: { created } }: InstanceNode): Promise<void> {
    if (created !== undefined && !(await showSource(created))) {
      this.view.message = `${created.path} cannot be opened.`;
    }
  }

  async showMore({ parent }: MoreNode): Promise<void> {
    if (parent === undefined) {
      await this.heaps.visible?.more();
    } else {
      await this.heaps.visible?.moreOf(parent);
      this.treeChanged.fire(parent);
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private update(): void {
    const { isWanted, visible } = this.heaps;
    const shown = isWanted ? visible?.shown : undefined;
    const watching = visible !== undefined && visible.shown.watches.length > 0;
    this.view.description = shown?.histogram === undefined ? '' : totalsText(shown.histogram);
    this.view.message = (watching ? visible.shown.message : shown?.message) ?? this.filterText(shown !== undefined);
    void vscode.commands.executeCommand('setContext', ContextKey.heapWanted, isWanted);
    this.treeChanged.fire(undefined);
  }

  private filterText(isShown: boolean): string {
    if (!this.heaps.isWanted) {
      return '';
    }
    if (!isShown) {
      return 'The heap is shown when a program stops at a breakpoint.';
    }
    return this.options.filter === '' ? '' : `Types with “${this.options.filter}” in their name.`;
  }
}

/** The mark of the present choice; a quick pick of one cannot preselect. */
function picked(is: boolean): { description?: string } {
  return is ? { description: '✓' } : {};
}
