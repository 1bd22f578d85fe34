import type { Grouping, TypeRow } from '../shared/workerProtocol';
import { captioned } from './captioned';
import { number, objectColumns, typeColumns } from './columns';
import { choice, div, element, fill } from './dom';
import { placeCell, placeLink, placeOf } from './places';
import type { SnapshotPage } from './snapshotPage';
import { Table } from './table';

/** Which objects: those of a group, of all types or of one only. */
export interface Instances {
  type: TypeRow;
  grouping: Grouping;
  only?: TypeRow;
}

/** The objects of a group; of a type also where they were allocated, where that was traced. */
export function instancesOf(page: SnapshotPage, instances: Instances): HTMLElement {
  if (instances.grouping !== 'type' || !page.meta['traced']) {
    return objectsOf(page, instances);
  }
  const parts = { objects: () => objectsOf(page, instances), sites: () => sitesOf(page, instances.type) };
  const options = [
    { value: 'objects', label: 'Each object' },
    { value: 'sites', label: 'Where they were allocated' },
  ] as const satisfies { value: keyof typeof parts; label: string }[];
  const body = div('stack', parts.objects());
  const bar = div('bar', choice<keyof typeof parts>('Show', options, 'objects', (part) => fill(body, parts[part]())));
  return div('stack', bar, body);
}

function objectsOf(page: SnapshotPage, { type, grouping, only }: Instances): HTMLElement {
  const table = new Table({
    label: instancesTitle(type.name, grouping),
    columns: objectColumns(page, true),
    sortBy: 'retained',
    load: (question) =>
      page.host.ask('instances', { ...question, type: type.key, groupBy: grouping, ...(only && { only: only.key }) }),
    open: ({ node }) => page.showObject(node),
    empty: 'There are none.',
  });
  const place = grouping === 'site' && placeOf(type.name) !== undefined;
  return captioned(table, place ? element('p', { class: 'caption' }, placeLink(page.host, type.name)) : '');
}

/** Where the objects of one type were allocated. */
function sitesOf(page: SnapshotPage, type: TypeRow): HTMLElement {
  const table = new Table<TypeRow>({
    label: `Where instances of ${type.name} were allocated`,
    columns: typeColumns('Allocated at', page.bytes, { cell: placeCell }),
    sortBy: 'count',
    load: (question, signal) => page.host.ask('types', { ...question, groupBy: 'site', only: type.key }, signal),
    open: (site) => page.showInstances({ type: site, grouping: 'site', only: type }),
    empty: 'There are none.',
  });
  return captioned(table, '');
}

/** What the objects of a type, or of another group, are called together. */
export function instancesTitle(name: string, groupBy: Grouping): string {
  switch (groupBy) {
    case 'type':
      return `Instances of ${name}`;
    case 'module':
    case 'package':
      return `Objects of types in ${name}`;
    case 'site':
      return placeOf(name) === undefined ? 'Objects whose allocation was not traced' : `Allocated at ${name}`;
  }
}

/** Some objects of a group: `count` of them, of which `nodes` are known. */
export interface SomeObjects {
  title: string;
  nodes: number[];
  count: number;
}

export function someObjects(page: SnapshotPage, { title, nodes, count }: SomeObjects): HTMLElement {
  const table = new Table({
    label: title,
    columns: objectColumns(page, false),
    load: async () => ({
      rows: await Promise.all(nodes.map((node) => page.host.ask('object', { node }))),
      total: nodes.length,
    }),
    open: ({ node }) => page.showObject(node),
    empty: 'There are none.',
  });
  return captioned(table, nodes.length < count ? `The first ${number(nodes.length)} of ${number(count)}.` : '');
}
