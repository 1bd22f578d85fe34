import { codeBlock, count, fileName, formatBytes, oneLine, plain, signed, signedBytes } from '../../shared/format';
import type { Amounts, Histogram } from '../../shared/heapProtocol';
import type { HeapTrait } from '../../shared/ids';
import type { HeapNode, InstanceNode, TypeNode, WatchNode } from './nodes';

/** How a node is shown, in words that need no editor. */
export interface HeapRow {
  label: string;
  description: string;
  /** Markdown. */
  tooltip: string;
  /** Name of a codicon. */
  icon: string;
  /** Id of a theme colour for the icon. */
  color: string | undefined;
  traits: HeapTrait[];
}

const watchIcons = { break: 'debug-breakpoint-data', track: 'debug-breakpoint-log' } as const;
const watchTexts = { break: 'stops at new ones', track: 'tracked' } as const;

export function rowOf(node: HeapNode): HeapRow {
  switch (node.kind) {
    case 'watches':
      return { ...bare('Watched Types'), tooltip: 'Types whose new instances are watched in this session', icon: 'eye' };
    case 'watch':
      return watchRow(node);
    case 'type':
      return typeRow(node);
    case 'instance':
      return instanceRow(node);
    case 'more':
      return { ...bare('Show more…'), description: count(node.missing, 'more', 'more'), icon: 'ellipsis' };
    case 'note':
      return { ...bare(node.text), tooltip: plain(node.text), icon: node.icon };
  }
}

/** `1,204 · 96.3 kB · +12 · +1.1 kB`. */
export function amounts({ count: number, size, countChange = 0, sizeChange = 0 }: Amounts): string {
  return [number.toLocaleString('en-US'), formatBytes(size), signed(countChange), signedBytes(sizeChange)]
    .filter(Boolean)
    .join(' · ');
}

/** What all types together amount to, for one line: `52,310 objects · 8.2 MB · +1.2 kB since the last stop`. */
export function totalsText({ totals, comparedWith }: Histogram): string {
  const since = comparedWith === 'mark' ? 'since the mark' : 'since the last stop';
  const change = signedBytes(totals.sizeChange ?? 0) || 'no change';
  return [
    count(totals.count, 'object'),
    formatBytes(totals.size),
    ...(comparedWith === null ? [] : [`${change} ${since}`]),
  ].join(' · ');
}

function bare(label: string): HeapRow {
  return { label, description: '', tooltip: '', icon: 'blank', color: undefined, traits: [] };
}

function watchRow({ typeName, action }: WatchNode): HeapRow {
  const tooltip =
    action === 'break'
      ? `The program stops when an instance of **${plain(typeName)}** is created.`
      : `Instances of **${plain(typeName)}** tell where they were created, from those on that were created since.`;
  return {
    label: typeName,
    description: watchTexts[action],
    tooltip,
    icon: watchIcons[action],
    color: 'debugIcon.breakpointForeground',
    traits: ['watched'],
  };
}

function typeRow({ row, watched, list }: TypeNode): HeapRow {
  const marks = [
    ...(watched === 'off' ? [] : [watchTexts[watched]]),
    ...(list.filter === undefined ? [] : ['filtered']),
  ];
  return {
    label: row.name,
    description: [amounts(row), ...marks].join(' · '),
    tooltip: typeTooltip(row, marks),
    ...(watched === 'off' ? typeIcon(row) : { icon: watchIcons[watched], color: 'debugIcon.breakpointForeground' }),
    traits: ['type', ...(watched === 'off' ? [] : (['watched'] as const))],
  };
}

function typeIcon({ countChange = 0, sizeChange = 0 }: Amounts): Pick<HeapRow, 'icon' | 'color'> {
  const change = countChange === 0 ? sizeChange : countChange;
  if (change === 0) {
    return { icon: 'symbol-class', color: undefined };
  }
  return change > 0
    ? { icon: 'arrow-up', color: 'charts.red' }
    : { icon: 'arrow-down', color: 'charts.green' };
}

function typeTooltip(row: TypeNode['row'], marks: string[]): string {
  const { countChange, sizeChange } = row;
  const changes =
    countChange === undefined || sizeChange === undefined
      ? undefined
      : countChange === 0 && sizeChange === 0
        ? 'No change'
        : `${signed(countChange) || 'as many'} instances, ${signedBytes(sizeChange) || 'as many bytes'}`;
  return lines(
    `**${plain(row.qualifiedName)}**`,
    plain(`${count(row.count, 'instance')}, ${formatBytes(row.size)}`),
    changes === undefined ? undefined : plain(changes),
    marks.length === 0 ? undefined : plain(marks.join(', ')),
  );
}

function instanceRow({ instance }: InstanceNode): HeapRow {
  const { created, references } = instance;
  const place = created && `${fileName(created.path)}:${created.line}`;
  const refs = references === null ? 'immortal' : count(references, 'ref');
  return {
    // Where it comes from goes first: in a narrow view, the rest of a row is cut off.
    label: [place, oneLine(instance.value)].filter(Boolean).join(' · '),
    description: `${formatBytes(instance.size)} · ${refs}`,
    tooltip: lines(
      codeBlock(instance.value, 'python'),
      plain(`${formatBytes(instance.size)} · ${refs}`),
      created && plain(`Created in ${created.function}, ${created.path}:${created.line}`),
    ),
    icon: 'symbol-variable',
    color: undefined,
    traits: ['instance', ...(created === undefined ? [] : (['created'] as const))],
  };
}

function lines(...parts: (string | undefined)[]): string {
  return parts.filter(Boolean).join('\n\n');
}
