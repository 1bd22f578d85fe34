// The real workbench for a test: a server of its own on a copy of an example, and a person's hands and eyes in a browser.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { findChromium } from '../../scripts/lib/chromium.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { workbench } from '../../scripts/lib/workbench_install.mjs';
import { calmSettings, freePort, serve } from '../../scripts/lib/workbench_server.mjs';

const results = path.join(root, 'test-results');
const images = path.join(root, 'docs', 'images');

// Without these, Chromium speaks to its maker at every start.
const quiet = [
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

const testSettings = {
  ...calmSettings,
  'workbench.startupEditor': 'none',
  'git.enabled': false,
  'debug.toolBarLocation': 'docked',
  'editor.hover.delay': 200,
  'editor.minimap.enabled': false,
  'workbench.colorTheme': 'Default Light Modern',
};

// How long to wait for what comes: a slow machine, busy with other things besides, takes many times as long as a quick one.
const patience = 120_000;
// How long before doing it once more.
const soon = { timeout: 10_000 };

/**
 * Do what a person would do again when nothing happens: VS Code drops a click or a key while it moves the focus or has
 * just opened a menu. Ends when `seen` is to be seen; the last failure counts.
 */
async function until(seen, act, attempts = 4) {
  for (let attempt = 1; ; attempt++) {
    try {
      await act();
      return await seen.waitFor(soon);
    } catch (error) {
      if (attempt === attempts) throw error;
    }
  }
}

export class Workbench {
  constructor({ server, browser, page, folder, scratch }) {
    Object.assign(this, { server, browser, page, folder, scratch });
    this.quickInput = page.locator('.quick-input-widget:visible .quick-input-filter input');
    this.debugHover = page.locator('.debug-hover-widget');
    this.topFrame = page.locator('.debug-call-stack .monaco-list-row[aria-label^="Stack Frame"]').first();
    this.objectView = page.locator('.pane', { has: page.locator('.pane-header[aria-label^="Object"]') });
    this.objectRows = this.objectView.locator('.monaco-list-row');
    this.heapView = page.locator('.pane', { has: page.locator('.pane-header[aria-label^="Heap"]') });
    this.heapRows = this.heapView.locator('.monaco-list-row');
    // The page of a snapshot, or of a comparison, whichever is to be seen: a frame of the workbench's own, and the page in it.
    this.snapshot = page.frameLocator('iframe.webview.ready:visible').frameLocator('iframe#active-frame');
  }

  /**
   * Serve a copy of the folder `example` and open it in a browser.
   * `env`: more variables for the server and the programs it starts; `options`: see `serve`; `payload`: see its `open`.
   */
  static async open({ example, env = {}, options = [], extensions = path.join(workbench, 'test-home', 'extensions') }) {
    const scratch = mkdtempSync(path.join(os.tmpdir(), 'heapsight-test-'));
    const folder = path.join(scratch, path.basename(example));
    cpSync(example, folder, { recursive: true, filter: (file) => path.basename(file) !== '__pycache__' });
    const home = path.join(scratch, 'home');
    const server = await serve({ home, port: await freePort(8600), extensions, settings: testSettings, options, env });
    let browser;
    try {
      browser = await chromium.launch({ executablePath: await findChromium(), headless: true, args: quiet });
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      page.setDefaultTimeout(patience);
      return new Workbench({ server, browser, page, folder, scratch });
    } catch (error) {
      await browser?.close();
      await server.stop();
      throw error;
    }
  }

  async close() {
    await this.browser.close();
    await this.server.stop();
    rmSync(this.scratch, { recursive: true, force: true });
  }

  /** Open the folder. */
  async start() {
    await this.page.goto(this.server.open(this.folder), { timeout: patience });
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: patience });
  }

  /** With a Python file open: wait until the extension is there. Before that, breakpoints and F5 do nothing. */
  async extensionReady() {
    await this.page.locator('.editor-actions [aria-label*="Debug Python File"]').first().waitFor({ timeout: patience });
  }

  /** A picture for the documentation: docs/images with UPDATE_IMAGES=1, else test-results. */
  async picture(name, options = {}) {
    const folder = process.env.UPDATE_IMAGES ? images : results;
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: path.join(folder, `${name}.png`), ...options });
  }

  /** Run `work`; when it fails, keep a picture of what was to be seen. */
  async watched(name, work) {
    try {
      return await work();
    } catch (error) {
      mkdirSync(results, { recursive: true });
      await this.page.screenshot({ path: path.join(results, `failed-${name}.png`) });
      throw error;
    }
  }

  /** Run a command from the palette. A program that stops meanwhile takes the focus to its line, and that closes the palette. */
  async command(label) {
    const entry = this.page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first();
    for (let attempt = 1; ; attempt++) {
      try {
        await this.page.keyboard.press('F1');
        await this.quickInput.waitFor(soon);
        await this.quickInput.fill(`>${label}`, soon);
        await entry.click(soon);
        break;
      } catch (error) {
        if (attempt === 4) throw error;
      }
    }
    // Keys that are pressed before are lost. Some commands ask for more in the same place.
    await entry.waitFor({ state: 'hidden' });
  }

  async openFile(name) {
    const tab = this.page.locator('.tab.active', { hasText: name });
    await until(tab, async () => {
      await this.page.keyboard.press('Control+P');
      await this.quickInput.waitFor(soon);
      await this.quickInput.fill(name);
      await this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().click(soon);
    });
    await this.page.locator('.editor-instance .view-line').first().waitFor();
  }

  /** The cursor to that place of the active editor. */
  async goToLine(line, column = 1) {
    await this.page.keyboard.press('Control+G');
    await this.quickInput.waitFor();
    await this.quickInput.fill(`:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await this.cursorAt(line);
    await this.page.locator('.editor-instance .monaco-editor.focused').waitFor();
  }

  /** Wait until the cursor of the active editor is in that line. */
  cursorAt(line) {
    return this.page.locator('.statusbar-item', { hasText: new RegExp(`^Ln ${line},`) }).waitFor();
  }

  async setBreakpoint(file, line) {
    await this.openFile(file);
    await this.extensionReady();
    await this.goToLine(line);
    await this.page.keyboard.press('F9');
    await this.page.locator('.editor-instance .codicon-debug-breakpoint').first().waitFor();
  }

  /** A breakpoint with a condition in the active editor, with the box that VS Code opens for it. */
  async breakpointWhere(line, condition) {
    const box = this.page.locator('.breakpoint-widget');
    await this.goToLine(line);
    await this.command('Debug: Add Conditional Breakpoint');
    await box.locator('.monaco-editor.focused').waitFor();
    await this.page.keyboard.insertText(condition);
    await this.page.keyboard.press('Enter');
    await box.waitFor({ state: 'detached' });
  }

  /** Start the configuration of launch.json with that name. */
  async launch(name) {
    await this.command('Debug: Select and Start Debugging');
    await this.page.locator('.quick-input-list .monaco-list-row').filter({ has: this.page.getByText(name, { exact: true }) }).first().click();
  }

  /** Read a dialog that says `text`, and close it. */
  async dismiss(text) {
    const dialog = this.page.locator('.monaco-dialog-box', { hasText: text });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  /** Wait until the program stands at that line of the innermost function. */
  async stoppedAt(functionName, line) {
    await this.topFrame.and(this.page.locator(`[aria-label^="Stack Frame ${functionName}, line ${line},"]`)).waitFor();
    await this.cursorAt(line);
  }

  /** Show Run and Debug, with its views unfolded. Before the first F5: VS Code folds what it opens by itself. */
  async openRunView() {
    await this.page.keyboard.press('Control+Shift+D');
    await this.page.locator('.debug-viewlet').waitFor();
  }

  /** Wait until no program is being debugged. */
  async debugEnded() {
    await this.page.locator('.statusbar.debugging').waitFor({ state: 'detached' });
  }

  /** Centre of the first `word` in the visible line that contains `lineText`. */
  async wordPosition(lineText, word) {
    const position = await this.page.evaluate(findWord, [lineText, word]);
    if (!position) throw new Error(`No ${word} to be seen in a line with ${lineText}`);
    return position;
  }

  /**
   * Hold the pointer over a word until the debugger's hover says `expected`; returns its text.
   * `away`: a [line, word] that evaluates to nothing. VS Code does not show a hover again where it showed it last, and a
   * hover in the way swallows the pointer, so the pointer comes from outside each time.
   */
  async hover([lineText, word], expected, away) {
    const shown = this.debugHover.filter({ hasText: expected });
    let last;
    for (let attempt = 0; attempt < 5; attempt++) {
      // Measured each time: the editor may have moved since.
      const target = await this.wordPosition(lineText, word);
      const outside = await this.wordPosition(...away);
      await this.page.mouse.move(outside.x, outside.y);
      await this.debugHover.waitFor({ state: 'hidden' });
      await this.page.mouse.move(target.x - 3, target.y);
      await this.page.mouse.move(target.x, target.y);
      const seen = await shown.waitFor(soon).then(
        () => true,
        () => false,
      );
      last = (await this.debugHover.isVisible()) ? await this.debugHover.innerText() : '(no hover)';
      if (seen) return last;
    }
    throw new Error(`The hover over ${word} does not say ${expected}; it says: ${last}`);
  }

  /** More room for the editor. */
  async hidePanel() {
    await this.page.keyboard.press('Control+J');
    await this.page.locator('.part.panel').waitFor({ state: 'hidden' });
  }

  /** Put the pointer where it shows nothing. */
  async pointerAway() {
    await this.page.mouse.move(700, 5);
    await this.debugHover.waitFor({ state: 'hidden' });
  }

  /**
   * "What holds this?" on the word at [line, column], with the editor's context menu; ends when the Object view has rows.
   * With the keyboard: a pointer over the word brings the debugger's hover, some time later, and that closes the menu.
   */
  async whatHolds([line, column]) {
    await until(this.objectRows.first(), async () => {
      await this.goToLine(line, column);
      await this.page.keyboard.press('Shift+F10');
      await this.choose('What holds this?');
    });
  }

  /** The entry of the open context menu. Chosen by key: a menu takes no click in its first tenth of a second. */
  async choose(entry) {
    const item = this.page.locator('.context-view .action-item', { hasText: entry });
    await item.hover(soon);
    await item.and(this.page.locator('.focused')).waitFor(soon);
    await this.page.keyboard.press('Enter');
  }

  /** The row of Variables with that name, or a name that begins like that. */
  variable(name) {
    return this.page.locator('.debug-variables .monaco-list-row').filter({ has: this.page.locator('.name', { hasText: name }) }).first();
  }

  async unfoldVariable(name) {
    await this.variable(name).click();
    await this.page.keyboard.press('ArrowRight');
    await this.page.locator('.debug-variables .monaco-list-row[aria-level="3"]').first().waitFor();
  }

  /** An entry of the context menu of a row in Variables. */
  async chooseForVariable(name, entry) {
    await this.variable(name).click({ button: 'right' });
    await this.choose(entry);
  }

  /** Wait for a row of the Breakpoints view. */
  breakpointNamed(text) {
    return this.page.locator('.debug-breakpoints .monaco-list-row', { hasText: text }).waitFor();
  }

  /** Wait until the Call Stack view says so. */
  stoppedBecause(text) {
    return this.page.locator('.call-stack-state-message', { hasText: text }).waitFor();
  }

  /** What the box below a line with an exception says. */
  exception() {
    return this.page.locator('.exception-widget').first().innerText();
  }

  /** Inspect an expression of the selected frame, with the command. */
  async inspect(expression) {
    await this.command('Heapsight: Inspect Expression…');
    const input = this.page.locator('.quick-input-widget:visible .quick-input-box input');
    await input.fill(expression);
    await this.page.keyboard.press('Enter');
    await this.objectRow(expression).waitFor();
  }

  /** Wait until the program has written that to the Debug Console. */
  async output(text) {
    await this.command('Debug Console: Focus on Debug Console View');
    await this.page.locator('.repl .monaco-list-row', { hasText: text }).first().waitFor();
  }

  /** The jump beside a row of the Object view. */
  async jumpToSource(text) {
    const row = this.objectRow(text);
    await row.hover();
    await row.locator('.action-label[aria-label*="Jump to Source"]').click();
  }

  /** The row of the Heap view with that text (a string or a pattern). */
  heapRow(text) {
    return this.heapRows.filter({ hasText: text }).first();
  }

  /** Unfold a row of the Heap view. */
  async unfoldHeapRow(text) {
    await this.heapRow(text).locator('.monaco-tl-twistie').click();
    await this.heapRows.filter({ hasText: text }).and(this.page.locator('[aria-expanded="true"]')).first().waitFor();
  }

  /** An entry of the context menu of a row in the Heap view. */
  async chooseForHeapRow(text, entry) {
    await this.heapRow(text).click({ button: 'right' });
    await this.choose(entry);
  }

  /** An entry of the list that a command has opened. */
  async pick(text) {
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click();
  }

  /** Type into the box that a command has opened. */
  async answer(text) {
    const input = this.page.locator('.quick-input-widget:visible .quick-input-box input');
    await input.fill(text);
    await this.page.keyboard.press('Enter');
    await input.waitFor({ state: 'hidden' });
  }

  /** The row of the Object view with that text (a string or a pattern). */
  objectRow(text) {
    return this.objectRows.filter({ hasText: text }).first();
  }

  /** Unfold a row of the Object view. */
  async unfold(text) {
    const row = this.objectRow(text);
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === 'true') return;
    await row.locator('.monaco-tl-twistie').click();
    await this.objectRows.filter({ hasText: text }).and(this.page.locator('[aria-expanded="true"]')).first().waitFor();
  }
}

// Runs in the page.
function findWord([lineText, word]) {
  for (const line of document.querySelectorAll('.editor-instance .monaco-editor .view-line')) {
    if (!line.textContent.replaceAll('\u00a0', ' ').includes(lineText)) continue;
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const match = new RegExp(`(?<![\\w.])${word}(?!\\w)`).exec(node.data);
      if (!match) continue;
      const range = document.createRange();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + word.length);
      const box = range.getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    }
  }
  return undefined;
}
