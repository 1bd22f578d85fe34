import * as path from 'node:path';

/** What the choice of an interpreter depends on. */
export interface Surroundings {
  platform: NodeJS.Platform;
  home: string;
  /** The variable PATH. */
  searchPath: string;
  /** The workspace folder. */
  folder: string | undefined;
  /** The setting `heapsight.python`; empty: not set. */
  setting: string;
  /** What Microsoft's Python extension has selected, where it is installed. */
  pythonExtension: string | undefined;
}

/** An interpreter that may be there. */
export interface Candidate {
  path: string;
  source: string;
  /** Somebody chose it: it is used, or its problem is told; never passed over. */
  chosen: boolean;
}

const environmentFolders = ['.venv', 'venv'];
const newestMinor = 20;
const oldestMinor = 11;

/** In the order in which they are to be tried. */
export function candidates(around: Surroundings): Candidate[] {
  if (around.setting !== '') {
    return [{ path: fromSetting(around), source: 'the setting heapsight.python', chosen: true }];
  }
  const found: Candidate[] = [];
  if (around.pythonExtension !== undefined) {
    found.push({ path: around.pythonExtension, source: 'the Python extension', chosen: true });
  }
  for (const environment of around.folder === undefined ? [] : environmentFolders) {
    const file = environmentInterpreter(flavour(around).join(around.folder ?? '', environment), around.platform);
    found.push({ path: file, source: `${environment} in the workspace folder`, chosen: false });
  }
  return [...found, ...onSearchPath(around)];
}

/** The interpreter of a virtual environment. */
export function environmentInterpreter(folder: string, platform: NodeJS.Platform): string {
  return platform === 'win32'
    ? path.win32.join(folder, 'Scripts', 'python.exe')
    : path.posix.join(folder, 'bin', 'python');
}

function fromSetting(around: Surroundings): string {
  const { setting, folder, home } = around;
  const replaced = setting.replaceAll('${workspaceFolder}', folder ?? '.').replace(/^~(?=$|[\\/])/, () => home);
  const isCommand = !/[\\/]/.test(replaced);
  if (isCommand || flavour(around).isAbsolute(replaced)) {
    return replaced;
  }
  return flavour(around).resolve(folder ?? home, replaced);
}

function onSearchPath(around: Surroundings): Candidate[] {
  const names = ['python3', 'python'];
  for (let minor = newestMinor; minor >= oldestMinor && around.platform !== 'win32'; minor--) {
    names.push(`python3.${minor}`);
  }
  const ending = around.platform === 'win32' ? '.exe' : '';
  const folders = [...new Set(around.searchPath.split(flavour(around).delimiter))].filter((folder) => folder !== '');
  return names.flatMap((name) =>
    folders.map((folder) => ({ path: flavour(around).join(folder, name + ending), source: 'the PATH', chosen: false })),
  );
}

function flavour(around: Surroundings): path.PlatformPath {
  return around.platform === 'win32' ? path.win32 : path.posix;
}
