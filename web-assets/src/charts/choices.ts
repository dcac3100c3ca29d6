/** How charts are drawn; kept in this browser. */
export interface Choices {
  axis: "auto" | "time" | "elapsed";
  /** Weight of the moving average, 0 to 0.99. */
  smoothing: number;
  log: boolean;
  /** Whether zooming one chart zooms all with the same axis. */
  together: boolean;
}

const KEY = "openmo-charts";
const DEFAULTS: Choices = { axis: "auto", smoothing: 0, log: false, together: false };

/** The choices kept in this browser; defaults for whatever is missing or not valid. */
export function loadChoices(): Choices {
  let found: Partial<Record<keyof Choices, unknown>> = {};
  try {
    found = Object(JSON.parse(localStorage.getItem(KEY) ?? "{}")) as typeof found;
  } catch {
    // Storage may be switched off, or hold what another program wrote.
  }
  const { axis, smoothing, log, together } = found;
  return {
    axis: axis === "time" || axis === "elapsed" ? axis : "auto",
    smoothing: typeof smoothing === "number" && smoothing >= 0 && smoothing <= 0.99 ? smoothing : DEFAULTS.smoothing,
    log: log === true,
    together: together === true,
  };
}

export function saveChoices(choices: Choices): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(choices));
  } catch {
    // Without storage the choice holds until the page is left.
  }
}
