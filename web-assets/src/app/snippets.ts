import type { Value } from "./types";

export type Language = "curl" | "python" | "javascript";

interface Parts {
  files: [string, string][];
  rest: Record<string, unknown>;
  secured: boolean;
}

/**
 * A call of the app with these values, as code that runs when copied; files by their names.
 * `secured`: the app is not everybody's, so the call bears a token from the variable OPENMO_TOKEN.
 */
export function snippet(language: Language, address: string, values: Map<string, Value>, secured = false): string {
  const parts: Parts = { files: [], rest: {}, secured };
  for (const [name, value] of values) {
    if (value instanceof File) parts.files.push([name, value.name]);
    else parts.rest[name] = value;
  }
  return { curl, python, javascript }[language](address, parts);
}

const shell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function curl(address: string, { files, rest, secured }: Parts): string {
  const token = secured ? ['  -H "Authorization: Bearer $OPENMO_TOKEN"'] : [];
  if (files.length === 0) {
    const lines = [...token, "  -H 'Content-Type: application/json'", `  -d ${shell(JSON.stringify(rest))}`];
    return `curl ${shell(address)} \\\n${lines.join(" \\\n")}`;
  }
  const fields = [
    ...token,
    ...files.map(([name, file]) => `  -F ${shell(`${name}=@${file}`)}`),
    ...Object.entries(rest).map(([name, value]) => `  -F ${shell(`${name}=${asText(value)}`)}`),
  ];
  return `curl ${shell(address)} \\\n${fields.join(" \\\n")}`;
}

/** JSON is Python but for three words. */
export function pythonValue(value: unknown): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(pythonValue).join(", ")}]`;
  if (typeof value === "object") {
    return `{${Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${pythonValue(one)}`).join(", ")}}`;
  }
  return JSON.stringify(value);
}

function python(address: string, { files, rest, secured }: Parts): string {
  const token = '    headers={"Authorization": "Bearer " + os.environ["OPENMO_TOKEN"]},\n';
  const head =
    `${secured ? "import os\n\n" : ""}import httpx\n\n` +
    `answer = httpx.post(\n    ${JSON.stringify(address)},\n${secured ? token : ""}`;
  const tail = ")\nprint(answer.json()[\"output\"])";
  if (files.length === 0) return `${head}    json=${pythonValue(rest)},\n${tail}`;
  const texts = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, asText(value)]));
  const opened = files.map(([name, file]) => `${JSON.stringify(name)}: open(${JSON.stringify(file)}, "rb")`).join(", ");
  const data = Object.keys(texts).length ? `    data=${pythonValue(texts)},\n` : "";
  return `${head}    files={${opened}},\n${data}${tail}`;
}

function javascript(address: string, { files, rest, secured }: Parts): string {
  const token = secured ? "Authorization: `Bearer ${token}`" : "";
  const tail = "const { output } = await answer.json();\nconsole.log(output);";
  if (files.length === 0) {
    return (
      `const answer = await fetch(${JSON.stringify(address)}, {\n  method: "POST",\n` +
      `  headers: { "Content-Type": "application/json"${token && `, ${token}`} },\n  body: JSON.stringify(${JSON.stringify(rest)}),\n});\n${tail}`
    );
  }
  const lines = [
    "const form = new FormData();",
    ...files.map(([name]) => `form.append(${JSON.stringify(name)}, fileInput.files[0]);`),
    ...Object.entries(rest).map(([name, value]) => `form.append(${JSON.stringify(name)}, ${JSON.stringify(asText(value))});`),
  ];
  return `${lines.join("\n")}\nconst answer = await fetch(${JSON.stringify(address)}, { method: "POST", ${token && `headers: { ${token} }, `}body: form });\n${tail}`;
}
