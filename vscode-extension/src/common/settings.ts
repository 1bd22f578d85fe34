import * as vscode from 'vscode';

import { settingsSection, type Settings } from '../shared/ids';

/** A setting of ours; package.json gives the default. */
export function setting<K extends keyof Settings>(key: K, scope?: vscode.ConfigurationScope): Settings[K] {
  const value = vscode.workspace.getConfiguration(settingsSection, scope).get<Settings[K]>(key);
  if (value === undefined) {
    throw new Error(`${settingsSection}.${key} is not declared in package.json`);
  }
  return value;
}

/** Whether the event changes that setting. */
export function affects(event: vscode.ConfigurationChangeEvent, key: keyof Settings): boolean {
  return event.affectsConfiguration(`${settingsSection}.${key}`);
}
