import type { ComparedSeries as AnySeries } from "@openmo/shared/rest-api";
import type { WithKind } from "../charts/series";

/** One metric of the compared jobs. */
export type ComparedSeries = WithKind<AnySeries>;

const HIGHER = /(^|[^a-z])(acc|accuracy|auc|f1|precision|recall|score|iou|miou|bleu|rouge|r2|psnr|ssim|dice|map|reward|return)([^a-z]|$)/i;

/** Whether more of that metric is better, as far as its name says; the table says which it took. */
export const moreIsBetter = (name: string): boolean => HIGHER.test(name.replace(/_/g, " "));
