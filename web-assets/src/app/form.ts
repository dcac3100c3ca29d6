import { messageOf } from "@openmo/shared/problems";
import { need } from "../ui/dom";
import { Field } from "./fields";
import type { AppData, Example, Values } from "./types";

/** The inputs of the app, as a form. */
export class Form {
  readonly fields: Field[];
  /** Counts how often the form was filled or reset: an example whose files come too late is not shown. */
  private generation = 0;

  constructor(
    readonly element: HTMLFormElement,
    private readonly data: AppData,
  ) {
    this.fields = data.inputs.map((spec) => new Field(need(element, `[data-field="${spec.id}"]`), spec));
    for (const field of this.fields) {
      const samples = data.examples.flatMap((one) => one.files[field.name] ?? []);
      const known = new Set<string>();
      field.file?.offerSamples(samples.filter((one) => !known.has(one.name) && known.add(one.name)));
    }
    this.fill(data.defaults);
    element.addEventListener("reset", () => {
      this.generation++;
      window.setTimeout(() => this.reset());
    });
  }

  /** The values given; null when one is invalid, which is then shown and has the focus. */
  check(): Values | null {
    let invalid: Field | undefined;
    const values = this.collect((field, message) => {
      field.showError(message);
      invalid ??= field;
    });
    invalid?.focus();
    return invalid ? null : values;
  }

  /** The values that are right so far. */
  values(): Values {
    return this.collect(() => undefined);
  }

  /** Shows the server's errors, each at its input; true when the form has one of those inputs. */
  showErrors(errors: { name: string; message: string }[]): boolean {
    let first: Field | undefined;
    for (const error of errors) {
      const field = this.fields.find((one) => one.name === error.name);
      field?.showError(error.message);
      first ??= field;
    }
    first?.focus();
    return first !== undefined;
  }

  /** Shows these values where the reader gave none yet. */
  offer(values: Record<string, unknown>): void {
    for (const field of this.fields) if (Object.hasOwn(values, field.name) && !field.isEdited) field.set(values[field.name]);
  }

  /** Shows these values; inputs without one keep theirs. */
  fill(values: Record<string, unknown>): void {
    for (const field of this.fields) if (Object.hasOwn(values, field.name)) field.set(values[field.name]);
  }

  /**
   * An example's inputs, and the defaults for those that it does not name; false: the form was filled or reset meanwhile.
   * Rejects when a file of it cannot be loaded.
   */
  async fillExample(example: Example): Promise<boolean> {
    this.element.reset();
    const generation = this.generation;
    await new Promise((resolve) => window.setTimeout(resolve)); // until the controls are back at their defaults
    if (generation !== this.generation) return false;
    this.fill(example.values);
    const taken = this.fields.map((field) => {
      const sample = Object.hasOwn(example.files, field.name) ? example.files[field.name] : undefined;
      return sample && field.file ? field.file.takeSample(sample) : Promise.resolve(true);
    });
    try {
      return (await Promise.all(taken)).every(Boolean) && generation === this.generation;
    } catch (error) {
      if (generation === this.generation) throw error;
      return false;
    }
  }

  private reset(): void {
    for (const field of this.fields) field.reset();
    this.fill(this.data.defaults);
  }

  private collect(invalid: (field: Field, message: string) => void): Values {
    const values: Values = new Map();
    for (const field of this.fields) {
      try {
        const value = field.value();
        if (value !== undefined) values.set(field.name, value);
      } catch (error) {
        invalid(field, messageOf(error));
      }
    }
    return values;
  }
}
