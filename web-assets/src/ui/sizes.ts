import { sizeText as sizeIn } from "@openmo/shared/sizes";
import { language } from "./texts";

/** Bytes in the page's language. */
export const sizeText = (bytes: number): string => sizeIn(bytes, language());
