import { CompareBoard } from "./compare/board";

const root = document.querySelector<HTMLElement>("[data-compare]");
if (root) new CompareBoard(root, root.dataset.compare ?? "", root.dataset.numbers ?? "").start();
