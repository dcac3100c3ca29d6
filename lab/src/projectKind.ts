import { PageConfig } from "@jupyterlab/coreutils";

/** Whether the project makes a module, and no app: our server half says so on the page. */
export function makesModule(): boolean {
  return PageConfig.getOption("openmoProjectKind") === "module";
}
