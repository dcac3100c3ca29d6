import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

const useNodes = "Build nodes with `h()` of @openmo/shared/dom.";

export default defineConfig(
  { ignores: ["**/node_modules/", "**/.*/", "lab/lib/", "lab/openmo_lab/", "src/", "examples/", "templates/", "docs/", "ts-shared/src/rest-api.ts"] },
  js.configs.recommended,
  { files: ["**/*.{js,mjs}"], languageOptions: { globals: { process: "readonly", URL: "readonly" } } },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      "@typescript-eslint/no-base-to-string": "off", // handlers' values are shown as they are, once objects are told apart
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unnecessary-type-parameters": "off", // `need<HTMLInputElement>(…)` reads better than a cast
      "@typescript-eslint/prefer-nullish-coalescing": ["error", { ignorePrimitives: { string: true } }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      eqeqeq: "error",
    },
  },
  {
    files: ["*/src/**/*.ts"],
    rules: {
      "max-lines-per-function": ["error", { max: 50, skipBlankLines: true, skipComments: true }],
      "no-restricted-properties": [
        "error",
        // Logs, file names and handlers' results are hostile text: pages are built from nodes, never from strings of HTML.
        { property: "innerHTML", message: useNodes },
        { property: "outerHTML", message: useNodes },
        { property: "insertAdjacentHTML", message: useNodes },
      ],
    },
  },
);
