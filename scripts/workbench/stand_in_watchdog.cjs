// Stands in for the compiled @vscode/native-watchdog in the workbench: end this process when the one that started it is gone.
const EVERY_MS = 2000;

const alive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

exports.start = (pid) => setInterval(() => alive(pid) || process.exit(87), EVERY_MS).unref();
exports.exit = (code) => process.exit(code ?? 0);
