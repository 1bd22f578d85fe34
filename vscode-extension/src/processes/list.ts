/** Which processes there are, read from what the system's own tool prints. */

export interface Process {
  pid: number;
  name: string;
  commandLine: string;
}

/** The command that lists every process of a platform. */
export function listing(platform: NodeJS.Platform): { command: string; args: string[] } {
  if (platform === 'win32') {
    const query = 'Get-CimInstance Win32_Process | Select-Object ProcessId, Name, CommandLine | ConvertTo-Json -Compress';
    return { command: 'powershell.exe', args: ['-NoProfile', '-NonInteractive', '-Command', query] };
  }
  return { command: 'ps', args: ['-axww', '-o', 'pid=,args='] };
}

/** What that command printed, as processes. */
export function parse(platform: NodeJS.Platform, output: string): Process[] {
  return platform === 'win32' ? fromPowerShell(output) : fromPs(output);
}

function fromPs(output: string): Process[] {
  return output.split('\n').flatMap((line) => {
    const found = /^\s*(\d+)\s+((\S+).*)$/.exec(line);
    if (found === null) {
      return [];
    }
    const [, pid = '', commandLine = '', program = ''] = found;
    return [{ pid: Number(pid), name: program.slice(program.lastIndexOf('/') + 1), commandLine: commandLine.trim() }];
  });
}

interface WindowsProcess {
  ProcessId: number;
  Name: string | null;
  CommandLine: string | null;
}

function fromPowerShell(output: string): Process[] {
  const found = JSON.parse(output) as WindowsProcess | WindowsProcess[];
  return (Array.isArray(found) ? found : [found]).map(({ ProcessId, Name, CommandLine }) => ({
    pid: ProcessId,
    name: Name ?? '',
    commandLine: CommandLine ?? Name ?? '',
  }));
}

const runsPython = ({ name, commandLine }: Process) => /python/i.test(name) || /(^|[\\/])python[\d.]*(\.exe)?["\s]/i.test(commandLine);

/** Those that can be debugged: processes of Python but for the debugger's own, the newest first. */
export function debuggable(processes: readonly Process[]): Process[] {
  return processes
    .filter((process) => runsPython(process) && !isOurs(process) && !hasEnded(process))
    .sort((left, right) => right.pid - left.pid);
}

/** The debug adapter and the language server are Python too. */
const isOurs = ({ commandLine }: Process) => /[\\/]heapsight["']?\s+(adapter|lsp)\b|-m\s+heapsight\s+(adapter|lsp)\b/.test(commandLine);

/** Its parent has not asked yet how it ended. */
const hasEnded = ({ commandLine }: Process) => commandLine.endsWith('<defunct>');
