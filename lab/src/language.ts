import type { ITranslator } from "@jupyterlab/translation";

/** JupyterLab's language as a tag that web pages use: `zh_CN` becomes `zh-CN`. */
export function languageTag(translator: ITranslator | null): string {
  const code = translator?.languageCode ?? "";
  return code === "default" ? "" : code.replace("_", "-");
}
