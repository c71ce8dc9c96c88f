import { fields } from "./fields";

export const LABEL = fields({ string: "label value" });
