import { IFrame, MainAreaWidget } from "@jupyterlab/apputils";

import { deployIcon } from "../icons";

/** An app's own page in a tab of the main area; `label` names the tab, and the frame to screen readers. */
export function appPage(page: string, label: string): MainAreaWidget<IFrame> {
  const content = new IFrame({
    sandbox: ["allow-same-origin", "allow-scripts", "allow-forms", "allow-downloads", "allow-popups"],
    referrerPolicy: "same-origin",
  });
  content.url = page;
  const frame = content.node.querySelector("iframe");
  if (frame !== null) {
    frame.title = label;
    frame.sandbox.add("allow-popups-to-escape-sandbox"); // a page that is opened from here works like any other
  }
  const widget = new MainAreaWidget({ content });
  widget.id = `openmo-app-${String(Date.now())}`;
  widget.title.label = label;
  widget.title.icon = deployIcon;
  widget.title.closable = true;
  return widget;
}
