// `npm run package`: the .vsix, for a release.
import './lib/requirements.mjs';
import { nodePackages, packageExtension } from './lib/extension.mjs';
import { relative, vsix } from './lib/paths.mjs';
import { mainEnvironment } from './lib/python.mjs';
import { program, step } from './lib/steps.mjs';

await program(async () => {
  let python;
  await step('Python environment', async (say) => {
    python = await mainEnvironment({}, say);
  });
  await step('Packages for the build', nodePackages);
  await step('The extension', async (say) => {
    await packageExtension(python.executable, say);
    return relative(vsix);
  });
});
