// Stands in for the compiled @vscode/spdlog in the workbench: the same log files, written by plain JavaScript.
// VS Code also keeps its output channels in such files; without a logger they would stay empty.
const fs = require('node:fs');
const path = require('node:path');

const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'];

class Logger {
  constructor(_kind, _name, file, maxSize) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    this.file = file;
    this.maxSize = maxSize || Infinity;
    this.level = 2;
    this.plain = false;
    this.written = fs.existsSync(file) ? fs.statSync(file).size : 0;
  }

  write(level, message) {
    if (level < this.level) return;
    const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
    const text = this.plain ? message : `${time} [${LEVELS[level]}] ${message}\n`;
    if (this.written > this.maxSize) {
      fs.renameSync(this.file, `${this.file}.1`);
      this.written = 0;
    }
    fs.appendFileSync(this.file, text);
    this.written += Buffer.byteLength(text);
  }

  trace(message) { this.write(0, message); }
  debug(message) { this.write(1, message); }
  info(message) { this.write(2, message); }
  warn(message) { this.write(3, message); }
  error(message) { this.write(4, message); }
  critical(message) { this.write(5, message); }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  clearFormatters() { this.plain = true; }
  setPattern() {}
  flush() {}
  drop() {}
}

const create = async (kind, name, file, size, count) => new Logger(kind, name, file, size, count);

exports.version = 0;
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.createRotatingLogger = (...rest) => create('rotating', ...rest);
exports.createAsyncRotatingLogger = (...rest) => create('rotating_async', ...rest);
