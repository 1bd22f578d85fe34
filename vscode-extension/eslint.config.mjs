import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';
import path from 'node:path';

const editor = { name: 'vscode', message: 'This code does without the editor, so that it can be tested without it.' };
const features = ['debug', 'heap', 'language', 'processes', 'python', 'views'];

/** A rule against imports of other folders of src, and of the editor where `pure`. */
function imports({ files, forbidden, pure = false }) {
  return {
    files,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: pure ? [editor] : [],
          patterns: forbidden.map((folder) => ({
            regex: `^(\\.\\./)+${folder}(/|$)`,
            message: 'Features meet in extension.ts only; what they share is in common and shared.',
          })),
        },
      ],
    },
  };
}

export default tseslint.config(
  { ignores: ['**/dist/**', '**/out/**', '**/bundled/**', '**/*.mjs'] },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: path.dirname(import.meta.dirname) } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      eqeqeq: 'error',
    },
  },
  imports({ files: ['src/shared/**'], forbidden: ['common', ...features], pure: true }),
  imports({ files: ['src/webview/**'], forbidden: ['common', ...features], pure: true }),
  imports({ files: ['src/common/**'], forbidden: ['webview', ...features] }),
  ...features.map((own) => imports({ files: [`src/${own}/**`], forbidden: features.filter((other) => other !== own) })),
  {
    files: ['test/**'],
    rules: {
      // node:test gives promises that its runner awaits.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: ['test', 'suite', 'describe', 'it'].map((name) => ({
            from: 'package',
            package: 'node:test',
            name,
          })),
        },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
