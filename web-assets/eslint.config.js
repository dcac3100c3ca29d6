import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules/"] },
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "no-restricted-properties": [
        "error",
        // Logs, file names and handlers' results are hostile text: pages are built from nodes, never from strings of HTML.
        { property: "innerHTML", message: "Build nodes with `h()` of src/ui/dom.ts." },
        { property: "outerHTML", message: "Build nodes with `h()` of src/ui/dom.ts." },
        { property: "insertAdjacentHTML", message: "Build nodes with `h()` of src/ui/dom.ts." },
      ],
    },
  },
);
