// The browser that the tests drive: what the system has, since Playwright's own builds would have to be downloaded.
import { aptInstall, which } from './system.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const onPath = () => process.env.HEAPSIGHT_CHROMIUM ?? names.flatMap(which)[0];

/** Path of a Chromium or Chrome; installed where apt may do that. HEAPSIGHT_CHROMIUM names another one. */
export async function findChromium() {
  if (!onPath()) {
    await aptInstall(['chromium'], 'Chromium', 'Install Chromium or Chrome, or set HEAPSIGHT_CHROMIUM to its path.');
  }
  return onPath();
}
