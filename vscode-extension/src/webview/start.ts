import type { HostMessage } from '../shared/pageMessages';
import { div, element, fill } from './dom';
import { Host } from './host';

type Content = Extract<HostMessage, { kind: 'snapshot' | 'comparison' }>;

/** Begin a page: say that it is there, show how far the file is read, and draw what comes. */
export function start(draw: (host: Host, content: Content, root: HTMLElement) => void, show?: (node: number) => void): void {
  const root = document.getElementById('page');
  if (root === null) {
    return;
  }
  const host = new Host((message) => {
    switch (message.kind) {
      case 'snapshot':
      case 'comparison':
        draw(host, message, root);
        break;
      case 'showObject':
        show?.(message.node);
        break;
      case 'failed':
        fill(root, element('p', { class: 'problem large', role: 'alert' }, message.message));
        break;
      case 'progress':
        fill(root, waiting(message.title || 'Reading the snapshot…', message.fraction));
        break;
      case 'answer':
      case 'refusal':
        break;
    }
  });
  fill(root, waiting('Reading the snapshot…', undefined));
  host.say({ kind: 'ready' });
}

function waiting(title: string, fraction: number | undefined): HTMLElement {
  return div('waiting', title, element('progress', { max: 1, value: fraction, 'aria-label': title }));
}
