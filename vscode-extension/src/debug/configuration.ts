/** The rules by which a debug configuration is completed; the editor's side is in provider.ts. */

/** What launch.json says, in our own words: nothing is known about the types of its values. */
export interface Configuration {
  type?: string;
  name?: string;
  request?: string;
  [property: string]: unknown;
}

/** What completing a configuration depends on. */
export interface Surroundings {
  folder: string | undefined;
  /** The file in the active editor. */
  activeFile: ActiveFile | undefined;
  justMyCode: boolean;
  memoryChildren: boolean;
  memoryHover: boolean;
  /** Whether the workspace folder has a file `.env`. */
  hasEnvFile: boolean;
}

export interface ActiveFile {
  isPython: boolean;
  isUntitled: boolean;
}

/** Why a session cannot start yet, and what would help. */
export type Refusal = { reason: 'noPythonFile' } | { reason: 'notSaved' };

export type Completed<C> = { ok: true; configuration: C } | ({ ok: false } & Refusal);

export const currentFile = {
  type: 'heapsight',
  name: 'Heapsight: Current File',
  request: 'launch',
  program: '${file}',
  console: 'integratedTerminal',
} as const;

/** F5 without launch.json gives an empty configuration: it means the current file. */
export function isEmpty(configuration: Configuration): boolean {
  return !configuration.type && !configuration.request && !configuration.name;
}

/** Fill in what the user left out, before `${file}` and its like are replaced. */
export function complete<C extends Configuration>(given: C, around: Surroundings): Completed<C> {
  const configuration: C = isEmpty(given) ? { ...given, ...currentFile } : { ...given };
  if (isEmpty(given) && !around.activeFile?.isPython) {
    return { ok: false, reason: 'noPythonFile' };
  }
  if (configuration['program'] === '${file}') {
    if (around.activeFile === undefined) {
      return { ok: false, reason: 'noPythonFile' };
    }
    if (around.activeFile.isUntitled) {
      return { ok: false, reason: 'notSaved' };
    }
  }
  configuration.request ??= 'launch';
  const defaults = configuration.request === 'launch' ? launchDefaults(configuration, around) : {};
  return {
    ok: true,
    configuration: {
      ...commonDefaults(configuration, around),
      ...defaults,
      ...configuration,
      memory: memory(configuration, around),
    },
  };
}

function commonDefaults(configuration: Configuration, around: Surroundings): Configuration {
  return { name: 'Heapsight', justMyCode: around.justMyCode };
}

function launchDefaults(configuration: Configuration, around: Surroundings): Configuration {
  const console = configuration['console'] ?? 'integratedTerminal';
  return {
    console,
    redirectOutput: console === 'internalConsole',
    cwd: around.folder ?? (configuration['program'] === '${file}' ? '${fileDirname}' : undefined),
    ...(around.folder !== undefined && around.hasEnvFile ? { envFile: '${workspaceFolder}/.env' } : {}),
  };
}

function memory(configuration: Configuration, around: Surroundings): unknown {
  const given = configuration['memory'];
  if (given !== undefined && (typeof given !== 'object' || given === null)) {
    return given; // the adapter says what is wrong with it
  }
  return { children: around.memoryChildren, hover: around.memoryHover, ...given };
}

/** The interpreter that a configuration names; undefined where it leaves that to us. */
export function namedInterpreter(configuration: Configuration): string | undefined {
  const python: unknown = configuration['python'] ?? configuration['pythonPath'];
  const first: unknown = Array.isArray(python) ? python[0] : python;
  return typeof first === 'string' && first !== '' ? first : undefined;
}

/** How the debug adapter is reached. */
export type AdapterPlace =
  { kind: 'server'; host: string; port: number } | { kind: 'process'; command: string; args: string[] };

/** Where a program waits already, the adapter is there too; else we start one. */
export function adapterPlace(configuration: Configuration, python: string, packageFolder: string): AdapterPlace {
  const address = configuration.request === 'attach' ? connectAddress(configuration) : undefined;
  if (address !== undefined) {
    return { kind: 'server', ...address };
  }
  return { kind: 'process', command: python, args: [packageFolder, 'adapter'] };
}

/** `connect`, or `host` and `port` as older configurations have them. */
export function connectAddress(configuration: Configuration): { host: string; port: number } | undefined {
  const connect = configuration['connect'];
  const isObject = typeof connect === 'object' && connect !== null;
  if (!isObject && (configuration['listen'] !== undefined || configuration['port'] === undefined)) {
    return undefined;
  }
  const given: { host?: unknown; port?: unknown } = isObject ? connect : configuration;
  const port = Number(given.port ?? 5678);
  const host = typeof given.host === 'string' && given.host !== '' ? given.host : '127.0.0.1';
  return Number.isInteger(port) && port > 0 && port < 65536 ? { host, port } : undefined;
}
