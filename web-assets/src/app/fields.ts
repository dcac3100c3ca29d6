import { need } from "../ui/dom";
import { isEdited } from "../ui/early";
import { t } from "../ui/texts";
import { readList, readNumber, writeList } from "./checks";
import { FileField } from "./file-field";
import { Grid } from "./grid";
import { tableOf } from "./table";
import type { InputSpec, Value } from "./types";

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** One input of the form: reads its value, sets it, shows what is wrong with it. */
export class Field {
  readonly name: string;
  private readonly control: string;
  private readonly error: HTMLElement;
  readonly file: FileField | null;
  private readonly grid: Grid | null;

  constructor(
    private readonly root: HTMLElement,
    readonly spec: InputSpec,
  ) {
    this.name = spec.name;
    this.control = root.dataset.control ?? "text";
    this.error = need(root, "[data-error]");
    this.file = this.control === "file" ? new FileField(root, (message) => this.showError(message)) : null;
    this.grid = this.control === "table" ? new Grid(need(root, "[data-grid]")) : null;
    root.addEventListener("input", () => {
      this.showError("");
      this.showDefault();
    });
    root.closest("form")?.addEventListener("reset", () => setTimeout(() => this.showDefault()));
    this.showDefault();
  }

  /** The value to send; undefined when nothing was given. Throws an Error that says what is wrong. */
  value(): Value | undefined {
    if (this.file) return this.checkRequired(this.file.value());
    if (this.grid) return this.checkRequired(this.grid.value());
    if (this.control === "checks") return this.checkedValues();
    const input = this.input();
    if (this.control === "switch") return (input as HTMLInputElement).checked;
    if (this.control === "select") return this.selectedValue(input as HTMLSelectElement);
    if (this.spec.type === "str") return input.value === "" && !this.spec.required ? undefined : input.value; // an empty text is a text
    // A browser gives no text at all for what is no number or no date.
    if (input.value === "" && input.validity.badInput) throw new Error(this.control === "number" ? t("This must be a number.") : t("This is no whole date."));
    const text = input.value.trim();
    if (text === "") return this.checkRequired(undefined);
    if (this.control === "number") return readNumber(text, this.spec);
    return this.control === "list" ? readList(text, this.spec) : input.value;
  }

  /** Shows a value that an example or a link holds; what does not fit the control is left out. */
  set(value: unknown): void {
    if (this.file) return;
    if (this.grid) this.grid.set(tableOf(value));
    else if (this.control === "checks") this.setChecked(Array.isArray(value) ? value : []);
    else {
      const input = this.input();
      if (this.control === "switch") (input as HTMLInputElement).checked = value === true;
      else if (this.control === "select") input.value = String(this.choiceIndex(value));
      else input.value = Array.isArray(value) ? writeList(value, this.spec) : String(value ?? "");
    }
    this.controls().at(0)?.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Whether the reader gave it a value already. */
  get isEdited(): boolean {
    return this.controls().some(isEdited);
  }

  /** Shows the message under the field; an empty one removes it. */
  showError(message: string): void {
    this.error.replaceChildren(message);
    this.error.hidden = message === "";
    for (const input of this.controls()) {
      input.classList.toggle("is-invalid", message !== "");
      if (message) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  }

  /** Says what an empty field stands for. */
  private showDefault(): void {
    const note = this.root.querySelector<HTMLElement>("[data-default]");
    if (!note) return;
    const input = this.input();
    note.hidden = input.value.trim() !== "" || input.validity.badInput;
  }

  focus(): void {
    this.controls().at(0)?.focus();
    this.root.scrollIntoView({ block: "nearest" });
  }

  reset(): void {
    this.showError("");
    this.file?.clear();
    this.grid?.set(null);
  }

  private controls(): Control[] {
    return [...this.root.querySelectorAll<Control>("[data-value]")];
  }

  private input(): Control {
    return need(this.root, "[data-value]");
  }

  private checkRequired(value: Value | undefined): Value | undefined {
    if (value === undefined && this.spec.required) throw new Error(t("This input is required."));
    return value;
  }

  private selectedValue(input: HTMLSelectElement): Value | undefined {
    return input.value === "" ? this.checkRequired(undefined) : (this.spec.choices?.[Number(input.value)] as Value);
  }

  private choiceIndex(value: unknown): number | "" {
    const at = (this.spec.choices ?? []).findIndex((one) => one === value);
    return at < 0 ? "" : at;
  }

  private checkedValues(): unknown[] {
    const choices = this.spec.choices ?? [];
    return this.controls().flatMap((box) => ((box as HTMLInputElement).checked ? [choices[Number(box.value)]] : []));
  }

  private setChecked(values: unknown[]): void {
    const choices = this.spec.choices ?? [];
    for (const box of this.controls()) (box as HTMLInputElement).checked = values.includes(choices[Number(box.value)]);
  }
}
