import type { Values } from "./types";

export type Language = "curl" | "python" | "javascript";

export interface SnippetOptions {
  /** The app is not everybody's, so the call bears a token. */
  secured: boolean;
  /** Its outputs come as a stream of events. */
  streams: boolean;
}

interface Parts extends SnippetOptions {
  files: [string, string][];
  rest: Record<string, unknown>;
}

/** A call of the app with these values, as code that runs when copied; files by their names. */
export function snippet(language: Language, address: string, values: Values, options: SnippetOptions = { secured: false, streams: false }): string {
  const parts: Parts = { files: [], rest: {}, secured: options.secured, streams: options.streams };
  for (const [name, value] of values) {
    if (value instanceof File) parts.files.push([name, value.name]);
    else parts.rest[name] = value;
  }
  return { curl, python, javascript }[language](address, parts);
}

const shell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

// curl reads `;` and `,` in a form's file name as its own signs, unless the name is in double quotes.
const quoted = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

function curl(address: string, { files, rest, secured, streams }: Parts): string {
  const lines = secured ? ['  -H "Authorization: Bearer $OPENMO_TOKEN"'] : [];
  if (files.length) {
    lines.push(...files.map(([name, file]) => `  -F ${shell(`${name}=@${quoted(file)}`)}`));
    lines.push(...Object.entries(rest).map(([name, value]) => `  --form-string ${shell(`${name}=${asText(value)}`)}`));
  } else lines.push("  -H 'Content-Type: application/json'", `  -d ${shell(JSON.stringify(rest))}`);
  return `curl ${streams ? "-N " : ""}${shell(address)} \\\n${lines.join(" \\\n")}`;
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

function python(address: string, { files, rest, secured, streams }: Parts): string {
  const imports = [...(streams ? ["import json"] : []), ...(secured ? ["import os"] : [])];
  const head = `${imports.length ? `${imports.join("\n")}\n\n` : ""}import httpx\n\n`;
  const lines = [`    ${JSON.stringify(address)},`];
  if (secured) lines.push('    headers={"Authorization": "Bearer " + os.environ["OPENMO_TOKEN"]},');
  if (files.length) {
    const opened = files.map(([name, file]) => `${JSON.stringify(name)}: open(${JSON.stringify(file)}, "rb")`);
    lines.push(`    files={${opened.join(", ")}},`);
    const texts = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, asText(value)]));
    if (Object.keys(texts).length) lines.push(`    data=${pythonValue(texts)},`);
  } else lines.push(`    json=${pythonValue(rest)},`);
  lines.push("    timeout=600,");
  if (!streams) return `${head}answer = httpx.post(\n${lines.join("\n")}\n)\nanswer.raise_for_status()\nprint(answer.json()["output"])`;
  const loop = [
    `with httpx.stream(\n    "POST",\n${lines.join("\n")}\n) as answer:`,
    "    answer.raise_for_status()",
    '    event = ""',
    "    for line in answer.iter_lines():",
    '        if line.startswith("event: "):',
    '            event = line.removeprefix("event: ")',
    '        elif line.startswith("data: ") and event == "output":',
    '            print(json.loads(line.removeprefix("data: ")))',
  ];
  return `${head}${loop.join("\n")}`;
}

function javascript(address: string, { files, rest, secured, streams }: Parts): string {
  const headers = [...(files.length ? [] : ['"Content-Type": "application/json"']), ...(secured ? ["Authorization: `Bearer ${token}`"] : [])];
  const lines = files.length
    ? [
        "const form = new FormData();",
        ...files.map(([name]) => `form.append(${JSON.stringify(name)}, fileInput.files[0]);`),
        ...Object.entries(rest).map(([name, value]) => `form.append(${JSON.stringify(name)}, ${JSON.stringify(asText(value))});`),
      ]
    : [];
  const body = files.length ? "form" : `JSON.stringify(${JSON.stringify(rest)})`;
  lines.push(
    `const answer = await fetch(${JSON.stringify(address)}, {`,
    '  method: "POST",',
    ...(headers.length ? [`  headers: { ${headers.join(", ")} },`] : []),
    `  body: ${body},`,
    "});",
    "if (!answer.ok) throw new Error((await answer.json()).detail);",
  );
  if (!streams) lines.push("const { output } = await answer.json();", "console.log(output);");
  else {
    lines.push(
      'let text = "";',
      "for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {",
      "  text += piece;",
      '  const events = text.split("\\n\\n");',
      "  text = events.pop();",
      "  for (const event of events) {",
      "    const [, data] = /^event: output\\ndata: (.*)$/m.exec(event.replace(/^id: .*\\n/, \"\")) ?? [];",
      "    if (data) console.log(JSON.parse(data));",
      "  }",
      "}",
    );
  }
  return lines.join("\n");
}
