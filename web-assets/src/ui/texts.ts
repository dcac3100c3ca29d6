import { pageData } from "./dom";

let texts: Record<string, string> | null = null;

/** The text in the page's language; `{name}` is replaced by the value of that name. */
export function t(text: string, values: Record<string, string | number> = {}): string {
  texts ??= pageData<Record<string, string>>("texts") ?? {};
  const translated = texts[text] ?? text;
  return translated.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The page's language, for the browser's own formatting. */
export const language = (): string => document.documentElement.lang || "en";
