import { h } from "@openmo/shared/dom";
import { icon } from "../ui/dom";
import { t } from "../ui/texts";
import type { Problem } from "./types";

/** What went wrong with a call, in words, and when to try again. */
export function renderProblem(problem: Problem, onRetry?: () => void): HTMLElement {
  const { title, text } = explain(problem);
  const words = h("div", {}, h("strong", {}, title), text ? h("p", {}, text) : null);
  const item = h("div", { class: "result-item" }, h("div", { class: "notice bad mb-0" }, icon("warning"), words));
  if (onRetry && canRetry(problem)) words.append(retryButton(onRetry, problem.retryAfter ?? 0));
  if (problem.log) item.append(printed(problem.log));
  if (problem.traceback) item.append(h("details", { class: "mt-2" }, h("summary", {}, t("Traceback")), h("pre", {}, problem.traceback)));
  return item;
}

/** What the code printed, for those who want to see it. */
export function printed(log: string): HTMLElement {
  return h("details", { class: "mt-2" }, h("summary", {}, t("What it printed")), h("pre", {}, log));
}

/** Whether the same call may well succeed later. */
export function canRetry({ status }: Problem): boolean {
  return status === 0 || status === 429 || status === 503 || status === 504;
}

/** A title and a sentence. Titles are ours; the sentence is the app's own where it says more. */
export function explain({ status, code, title, detail, ownWords }: Problem): { title: string; text: string } {
  const sentence = detail ?? "";
  if (ownWords) return { title: title || t("The call failed."), text: sentence };
  if (status === 0) return { title: t("The app cannot be reached."), text: t("Check your connection, then try again.") };
  if (status === 401) return { title: t("Sign in to use this app."), text: "" };
  if (status === 404) return { title: t("This app is not here, or not open to you."), text: "" };
  if (status === 413) return { title: t("That is more than this app takes."), text: t("Choose a smaller file.") };
  if (status === 422) return { title: t("Some inputs are not right."), text: t("Each is marked in the form.") };
  if (status === 429) return { title: t("You called too often."), text: t("This server limits how often one person calls.") };
  if (code === "app_busy") return { title: t("The app is busy."), text: t("More people use it than it can answer at once.") };
  if (status === 503) return { title: t("The app is not available right now."), text: "" };
  if (status === 504) return { title: t("The app took too long and was stopped."), text: t("Try smaller inputs.") };
  if (code === "handler_failed") return { title: t("The app reports an error."), text: sentence };
  if (code === "app_not_starting") return { title: t("The app does not start."), text: sentence };
  if (code === "worker_lost") return { title: t("The app crashed during this call."), text: sentence };
  if (code === "call_gone") return { title: t("The answer is lost."), text: t("The server was restarted. Run it again.") };
  return { title: title || t("The call failed."), text: sentence };
}

function retryButton(onRetry: () => void, seconds: number): HTMLElement {
  const label = h("span");
  const button = h("button", { type: "button", class: "btn btn-plain btn-sm mt-2" }, icon("restart"), label);
  const until = Date.now() + seconds * 1000;
  const tick = (): void => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.disabled = left > 0;
    label.textContent = left > 0 ? t("Try again in {seconds} s", { seconds: left }) : t("Try again");
    if (left > 0) setTimeout(tick, 250);
  };
  tick();
  button.addEventListener("click", onRetry);
  return button;
}
