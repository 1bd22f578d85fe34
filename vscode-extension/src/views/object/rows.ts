import { codeBlock, count, fileName, oneLine, plain } from '../../shared/format';
import type { NodeTrait } from '../../shared/ids';
import type { Referrer, SourceLocation } from '../../shared/protocol';
import { expressionVia } from './paths';
import type { FactNode, HoldersNode, MoreNode, ReferrerNode, SubjectNode, TreeNode } from './nodes';

/** How a node is shown, in words that need no editor. */
export interface Row {
  label: string;
  description: string;
  /** Markdown. */
  tooltip: string;
  /** Name of a codicon. */
  icon: string;
  /** Id of a theme colour for the icon. */
  color: string | undefined;
  open: boolean;
  traits: NodeTrait[];
}

const icons: Readonly<Record<string, string>> = {
  attribute: 'symbol-field',
  slot: 'symbol-field',
  item: 'symbol-array',
  member: 'symbol-array',
  key: 'symbol-key',
  global: 'symbol-namespace',
  classAttribute: 'symbol-class',
  type: 'symbol-class',
  local: 'symbol-variable',
  closure: 'symbol-method',
  cell: 'symbol-method',
  default: 'symbol-parameter',
  stack: 'debug-stackframe',
  internal: 'gear',
  more: 'ellipsis',
};
const nativeIcon = 'chip';
const rootColor = 'charts.orange';
const cycleColor = 'disabledForeground';

export function rowOf(node: TreeNode): Row {
  switch (node.kind) {
    case 'subject':
      return subjectRow(node);
    case 'fact':
      return factRow(node);
    case 'holders':
      return holdersRow(node);
    case 'referrer':
      return referrerRow(node);
    case 'more':
      return moreRow(node);
    case 'remainder':
      return {
        ...bare(`${count(node.count, 'reference')} held by native code or the evaluation stack`),
        tooltip:
          'C code, or a value that the interpreter works with at this moment, refers to it: no Python object does.',
        icon: nativeIcon,
        color: rootColor,
      };
    case 'note':
      return { ...bare(node.text), icon: 'info' };
  }
}

/** Where a node leads to in the source. */
export function locationOf(node: TreeNode): SourceLocation | undefined {
  switch (node.kind) {
    case 'subject':
      return node.info.classLocation;
    case 'fact':
      return node.location;
    case 'referrer':
      return node.referrer.location;
    default:
      return undefined;
  }
}

function bare(label: string): Row {
  return { label, description: '', tooltip: '', icon: 'blank', color: undefined, open: false, traits: [] };
}

function subjectRow({ name, evaluateName, info }: SubjectNode): Row {
  return {
    ...bare(name),
    description: `${info.type} · ${oneLine(info.value)}`,
    tooltip: lines(
      `**${plain(name)}**: ${plain(info.qualifiedType)} · ${plain(info.summary)}`,
      codeBlock(info.value, 'python'),
    ),
    icon: 'symbol-variable',
    open: true,
    traits: [
      'value',
      ...trait(info.classLocation !== undefined, 'jump'),
      ...trait(evaluateName !== undefined, 'expression'),
    ],
  };
}

function factRow({ label, icon, value, explanation, location }: FactNode): Row {
  return {
    ...bare(label),
    description: value,
    tooltip: lines(`**${plain(label)}**: ${plain(value)}`, plain(explanation)),
    icon,
    traits: ['value', ...trait(location !== undefined, 'jump')],
  };
}

function holdersRow({ info }: HoldersNode): Row {
  const immortal = info.immortal || info.references === null;
  return {
    ...bare('What holds it'),
    description: immortal ? 'immortal' : count(info.references ?? 0, 'reference'),
    tooltip: immortal
      ? 'An immortal object is never freed, and its references are not counted.'
      : 'What refers to the object, and what refers to that in turn. The object lives as long as a root at the end refers to it.',
    icon: 'references',
    open: true,
  };
}

function referrerRow(node: ReferrerNode): Row {
  const { referrer } = node;
  const expression = expressionVia(node);
  const times = referrer.count > 1 ? `×${referrer.count.toLocaleString('en-US')}` : '';
  const seen = referrer.cycle ? 'already above' : referrer.summary;
  return {
    ...bare(referrer.label),
    description: [times, referrer.type, seen].filter(Boolean).join(' · '),
    tooltip: referrerTooltip(referrer, expression),
    icon: referrer.cycle ? 'sync' : (icons[referrer.kind] ?? 'symbol-misc'),
    color: referrer.cycle ? cycleColor : referrer.root ? rootColor : undefined,
    traits: [
      'path',
      ...trait(referrer.location !== undefined || referrer.frameId !== undefined, 'jump'),
      ...trait(referrer.object !== undefined, 'inspect'),
      ...trait(expression !== undefined, 'expression'),
      ...trait(referrer.value !== undefined, 'value'),
    ],
  };
}

function referrerTooltip(referrer: Referrer, expression: string | undefined): string {
  const { label, type, value, summary, cycle, root, location, count: times } = referrer;
  const head = [`**${plain(label)}**`, type && plain(type), summary && plain(summary)].filter(Boolean).join(' · ');
  return lines(
    head,
    times > 1 ? `${times.toLocaleString('en-US')} references` : undefined,
    value === undefined ? undefined : plain(value),
    cycle ? 'A reference cycle: this object is above already.' : undefined,
    root ? 'A root: it lives by itself and keeps alive what is below.' : undefined,
    expression === undefined ? undefined : codeBlock(expression, 'python'),
    location && plain(`${fileName(location.path)}:${location.line}`),
  );
}

function moreRow({ owner }: MoreNode): Row {
  return { ...bare('Show more…'), description: count(owner.list?.missing ?? 0, 'more', 'more'), icon: 'ellipsis' };
}

function trait(holds: boolean, name: NodeTrait): NodeTrait[] {
  return holds ? [name] : [];
}

function lines(...parts: (string | undefined)[]): string {
  return parts.filter(Boolean).join('\n\n');
}
