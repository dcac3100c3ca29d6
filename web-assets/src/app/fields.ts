import { need } from "../ui/dom";
import { t } from "../ui/texts";
import { FileField } from "./file-field";
import { parseTable } from "./table";
import type { Value } from "./types";

/** One input of the form: reads its value, sets it, shows what is wrong with it. */
export class Field {
  readonly name: string;
  private readonly control: string;
  private readonly type: string;
  private readonly required: boolean;
  private readonly error: HTMLElement;
  private readonly file: FileField | null;

  constructor(private readonly root: HTMLElement) {
    this.name = root.dataset["field"] ?? "";
    this.control = root.dataset["control"] ?? "text";
    this.type = root.dataset["type"] ?? "str";
    this.required = root.dataset["required"] !== undefined;
    this.error = need(root, "[data-error]");
    this.file = this.control === "file" ? new FileField(root) : null;
    this.linkRange();
    this.linkTableFile();
    root.addEventListener("input", () => this.complain(""));
  }

  /** The value to send; undefined when nothing was given. Throws an Error that says what is wrong. */
  value(): Value | undefined {
    if (this.file) return this.demand(this.file.value());
    const input = this.input();
    if (this.control === "switch") return (input as HTMLInputElement).checked;
    const text = input.value.trim();
    if (text === "") {
      if (this.type === "str" && this.control === "text") return input.value === "" && !this.required ? undefined : input.value;
      return this.demand(undefined);
    }
    if (this.control === "number") return this.number(text);
    if (this.control === "list") return this.list(text);
    if (this.control === "table") return parseTable(input.value);
    return input.value;
  }

  set(value: unknown): void {
    if (this.file) return;
    const input = this.input();
    if (this.control === "switch") (input as HTMLInputElement).checked = Boolean(value);
    else input.value = Array.isArray(value) ? value.map(String).join(", ") : String(value);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Shows the message under the field; an empty one removes it. */
  complain(message: string): void {
    this.error.textContent = message;
    this.error.hidden = message === "";
    const input = this.input();
    input.classList.toggle("is-invalid", message !== "");
    if (message) {
      this.error.id ||= `${input.id}-error`;
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-errormessage", this.error.id);
    } else input.removeAttribute("aria-invalid");
  }

  focus(): void {
    this.input().focus();
  }

  reset(): void {
    this.complain("");
    this.file?.clear();
  }

  private input(): HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement {
    return need(this.root, "[id^=in-]:is(input, textarea, select)");
  }

  private demand(value: Value | undefined): Value | undefined {
    if (value === undefined && this.required) throw new Error(t("This input is required."));
    return value;
  }

  private number(text: string): number {
    const number = Number(text);
    if (!Number.isFinite(number)) throw new Error(t("This must be a number."));
    return number;
  }

  private list(text: string): unknown[] {
    const parts = text.split(/[,，\n]/).map((part) => part.trim()).filter((part) => part !== "");
    return this.type === "[str]" ? parts : parts.map((part) => this.number(part));
  }

  private linkRange(): void {
    const row = this.root.querySelector("[data-range]");
    const slider = row?.querySelector<HTMLInputElement>("input[type=range]");
    const number = row?.querySelector<HTMLInputElement>("input[type=number]");
    if (!slider || !number) return;
    slider.addEventListener("input", () => (number.value = slider.value));
    number.addEventListener("input", () => (slider.value = number.value || number.placeholder || slider.min));
  }

  private linkTableFile(): void {
    const file = this.root.querySelector<HTMLInputElement>("[data-table-file]");
    file?.addEventListener("change", () => {
      const chosen = file.files?.[0];
      if (chosen) void chosen.text().then((text) => this.set(text));
    });
  }
}
