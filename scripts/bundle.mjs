// `npm run bundle`: the Python side into vscode-extension/bundled.
import { bundlePython } from './lib/bundle.mjs';
import { mainEnvironment } from './lib/python.mjs';
import { program, step } from './lib/steps.mjs';

await program(async () => {
  let python;
  await step('Python environment', async (say) => {
    python = await mainEnvironment({}, say);
  });
  await step('The Python side of the extension', () => bundlePython(python.executable));
});
