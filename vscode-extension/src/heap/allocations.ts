import * as vscode from 'vscode';

import type { Sessions } from '../common/sessions';
import type { TracedAllocations } from '../shared/heapProtocol';
import { messageOf } from './conversation';

const choices = [
  { frames: 1, label: 'The Line', detail: 'Only the line that allocated: cheapest' },
  { frames: 5, label: 'Five Frames', detail: 'The line and four of its callers' },
  { frames: 25, label: 'Twenty-five Frames', detail: 'Nearly the whole stack: slowest, and takes most memory' },
  { frames: 0, label: 'Nothing', detail: 'End it; what was written down is forgotten' },
];

/** Have the program write down where it allocates from now on, so that snapshots tell; or end that. */
export async function traceAllocations(sessions: Sessions): Promise<void> {
  const session = sessions.active;
  if (session === undefined) {
    await vscode.window.showInformationMessage('Allocations are traced in a program that is being debugged.');
    return;
  }
  const title = 'For Each Allocation From Now On, Write Down';
  const chosen = await vscode.window.showQuickPick(choices, { title, placeHolder: 'Heap snapshots will tell where objects were allocated' });
  if (chosen === undefined) {
    return;
  }
  try {
    const traced = (await session.customRequest('heapsight/traceAllocations', { frames: chosen.frames })) as TracedAllocations;
    vscode.window.setStatusBarMessage(`$(record) ${tracedText(traced)}`, 10_000);
  } catch (error) {
    await vscode.window.showWarningMessage(`Allocations are not traced: ${messageOf(error)}`);
  }
}

function tracedText({ frames }: TracedAllocations): string {
  return frames === 0
    ? 'Allocations are not traced any more.'
    : `Allocations are traced from now on, ${frames === 1 ? 'one frame' : `${frames} frames`} each.`;
}
